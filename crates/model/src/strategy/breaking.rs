//! Bodies that break one clause and no other.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::Value;

use super::json::{any_json, number, text};
use super::value::{self, Wanted, is_of};
use super::{RawBody, object, spelling, that_finds};
use crate::clause::Clause;
use crate::contract::{Body, Contract};
use crate::rules::{Kind, ObjectRules, ValueRules};
use crate::violation::Violations;

/// Bodies that break `clause` and no other clause, or `None` if no body can do that.
///
/// So it is for the clauses that are not about a body (paths, content types, statuses, uniqueness), for a limit that no
/// value exceeds (`minLength: 0`), for one of more than 5 000 characters or items, which are not generated, and for one that
/// cannot be broken without breaking another.
#[must_use]
pub fn breaking(contract: &Contract, clause: &Clause) -> Option<BoxedStrategy<RawBody>> {
    let body = Body::ALL.into_iter().find(|body| clause.id().split('.').next() == Some(body.name()))?;
    let candidates = candidates(contract, body, clause)?;
    let (reader, id) = (contract.clone(), clause.id().to_owned());
    let strategy = candidates
        .prop_filter("only the one clause is broken", move |candidate| {
            violations(&reader, body, candidate.as_bytes())
                .is_some_and(|violations| violations.iter().all(|violation| violation.clause().id() == id))
        })
        .boxed();
    that_finds(strategy)
}

fn violations(contract: &Contract, body: Body, bytes: &[u8]) -> Option<Violations> {
    match body {
        Body::Request => contract.request(bytes).err(),
        Body::Response => contract.response(bytes).err(),
        Body::Error => contract.error(bytes).err(),
    }
}

/// Bodies most of which break the clause and no other.
fn candidates(contract: &Contract, body: Body, clause: &Clause) -> Option<BoxedStrategy<RawBody>> {
    let rules = contract.rules(body);
    let object = &rules.object;
    let is = |own: &Arc<Clause>| own.id() == clause.id();
    if is(&rules.json) {
        return Some(not_json(object));
    }
    if clause.id() == "request.required" {
        return Some(Just(RawBody(Vec::new())).boxed());
    }
    let values = if is(&object.object) {
        any_json().prop_filter("not an object", |value| !value.is_object()).boxed()
    } else if object.any_of.as_ref().is_some_and(|any_of| is(&any_of.clause)) {
        object::loose(object)
    } else if object.closed.as_ref().is_some_and(is) {
        put(object, text(1..=6), any_json())
    } else {
        let mut strategies = Vec::new();
        for field in &object.fields {
            if field.required.as_ref().is_some_and(is) {
                strategies.push(without(object, &field.name));
            }
            for broken in broken_values(&field.value, &Wanted::of(&field.value), &is) {
                strategies.push(put(object, Just(field.name.clone()).boxed(), broken));
            }
        }
        if strategies.is_empty() {
            return None;
        }
        Union::new(strategies).boxed()
    };
    Some(spelling::spelled(values))
}

/// Values that break the clause: the value itself, or one of its items.
fn broken_values(
    rules: &ValueRules,
    wanted: &Wanted,
    is: &dyn Fn(&Arc<Clause>) -> bool,
) -> Vec<BoxedStrategy<Value>> {
    let mut found = Vec::new();
    if rules.kind_clause.as_ref().is_some_and(is) {
        found.push(of_another_type(rules.kind));
    }
    for (index, limit) in rules.limits.iter().enumerate() {
        if is(&limit.clause) {
            found.extend(value::breaking(wanted, index));
        }
    }
    if let (Some(rules), Some(items)) = (&rules.items, &wanted.items) {
        let bad = broken_values(rules, items, is);
        found.extend(bad.into_iter().map(|bad| with_item(wanted, items, bad)));
    }
    found
}

/// Values of the other types, each type as often as the next.
fn of_another_type(kind: Kind) -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(Value::Number),
        text(0..=6).prop_map(Value::String),
        vec(any_json(), 0..3).prop_map(Value::Array),
        vec((text(0..=6), any_json()), 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
    ]
    .prop_filter("another type", move |value| !is_of(kind, value))
    .boxed()
}

/// Lists of a size that is wanted, with one item that is not.
fn with_item(list: &Wanted, items: &Wanted, bad: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let sizes = list.sizes();
    let sizes = sizes.start().saturating_sub(1)..=sizes.end().saturating_sub(1);
    let items = items.valid();
    let right = value::sized(sizes, |sizes| vec(items.clone(), sizes).boxed());
    (right, bad, any::<prop::sample::Index>())
        .prop_map(|(mut values, bad, place)| {
            values.insert(place.index(values.len() + 1), bad);
            Value::Array(values)
        })
        .boxed()
}

/// Valid objects with one member set.
fn put(
    rules: &ObjectRules,
    name: BoxedStrategy<String>,
    value: BoxedStrategy<Value>,
) -> BoxedStrategy<Value> {
    (object::valid(rules), name, value)
        .prop_map(|(mut object, name, value)| {
            if let Value::Object(members) = &mut object {
                members.insert(name, value);
            }
            object
        })
        .boxed()
}

/// Valid objects with one member taken out.
fn without(rules: &ObjectRules, name: &str) -> BoxedStrategy<Value> {
    let name = name.to_owned();
    object::valid(rules)
        .prop_map(move |mut object| {
            if let Value::Object(members) = &mut object {
                members.remove(&name);
            }
            object
        })
        .boxed()
}

/// Bytes that are nearly JSON: cut off, prolonged, not UTF-8, nested too deeply, quoted as another language does.
fn not_json(rules: &ObjectRules) -> BoxedStrategy<RawBody> {
    let valid = spelling::spelled(object::valid(rules)).prop_map(RawBody::into_bytes).boxed();
    let cut = (valid.clone(), any::<prop::sample::Index>()).prop_map(|(mut body, place)| {
        body.truncate(place.index(body.len()));
        body
    });
    let damaged =
        (valid.clone(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut body, place, byte)| {
            let place = place.index(body.len());
            body[place] = byte;
            body
        });
    let prolonged = (valid.clone(), prop::sample::select(vec!["}", ",", "{}", "\0", "x"]))
        .prop_map(|(body, more)| [body, more.into()].concat());
    let with_mark = valid.clone().prop_map(|body| [b"\xef\xbb\xbf".to_vec(), body].concat());
    let deep = (128_usize..2000).prop_map(|depth| "[".repeat(depth).into_bytes());
    let deep_and_closed =
        (128_usize..2000).prop_map(|depth| ("[".repeat(depth) + &"]".repeat(depth)).into_bytes());
    let with_member = (
        valid,
        prop::sample::select(vec![
            br#""x":"\ud800""#.to_vec(),
            br#""x":1e999"#.to_vec(),
            br#""x":01"#.to_vec(),
            br#""x":NaN"#.to_vec(),
            br#""x":'y'"#.to_vec(),
            br#""x":1,"#.to_vec(),
            b"\"x\":\"\xff\"".to_vec(),
            b"\"x\":\"\n\"".to_vec(),
            br"x:1".to_vec(),
            br#""x":1 // y"#.to_vec(),
        ]),
    )
        .prop_map(|(body, member)| {
            let start = body.iter().position(|byte| *byte == b'{').unwrap_or_default();
            [&body[..=start], &member, b",", &body[start + 1..]].concat()
        });
    prop_oneof![
        Just(b" ".to_vec()),
        cut,
        damaged,
        prolonged,
        with_mark,
        deep,
        deep_and_closed,
        with_member,
        text(1..=12).prop_map(String::into_bytes),
        vec(any::<u8>(), 1..12),
    ]
    .prop_map(RawBody)
    .boxed()
}

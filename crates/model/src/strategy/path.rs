//! Paths of calls: those that keep the contract in other letters, and those that break one clause.

use proptest::prelude::*;
use serde_json::Value;

use super::that_finds;
use super::value::{self, Wanted};
use crate::clause::Clause;
use crate::contract::Contract;
use crate::ids::{ApiToken, InstanceId};
use crate::route::{INSTANCE, TOKEN};
use crate::rules::ValueRules;

/// The path of a call with the words in other cases that are matched without regard to case.
pub fn path(contract: &Contract, instance: InstanceId, token: &ApiToken) -> BoxedStrategy<String> {
    let route = contract.route();
    let plain = route.path(instance, token);
    let capital = route.path_with(&instance.to_string(), token.expose(), &|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| [first.to_ascii_uppercase()].into_iter().chain(letters).collect())
            .unwrap_or_default()
    });
    let upper = route.path_with(&instance.to_string(), token.expose(), &str::to_ascii_uppercase);
    let lower = route.path_with(&instance.to_string(), token.expose(), &str::to_ascii_lowercase);
    prop::sample::select(vec![plain, capital, upper, lower]).boxed()
}

/// Paths that break `clause`, which is one about the path, and no other; `None` if the clause is about something else.
#[must_use]
pub fn breaking_path(
    contract: &Contract,
    clause: &Clause,
    instance: InstanceId,
    token: &ApiToken,
) -> Option<BoxedStrategy<String>> {
    let route = contract.route();
    let same = str::to_owned;
    let candidates = if clause.id() == route.clause.id() {
        elsewhere(&route.path(instance, token))
    } else if let Some(segments) = breaking_segment(&route.instance, INSTANCE, clause) {
        let (contract, token) = (contract.clone(), token.clone());
        segments.prop_map(move |segment| contract.route().path_with(&segment, token.expose(), &same)).boxed()
    } else {
        let contract = contract.clone();
        breaking_segment(&route.token, TOKEN, clause)?
            .prop_map(move |segment| contract.route().path_with(&instance.to_string(), &segment, &same))
            .boxed()
    };
    let (reader, id) = (contract.clone(), clause.id().to_owned());
    let strategy = candidates
        .prop_filter("only the one clause is broken", move |path| {
            reader.address(path).is_err_and(|violation| violation.clause().id() == id)
        })
        .boxed();
    that_finds(strategy)
}

/// Paths of something else: cut off, prolonged, with a letter changed.
fn elsewhere(path: &str) -> BoxedStrategy<String> {
    let cut = prop::sample::select(
        path.match_indices('/').map(|(place, _)| path[..place.max(1)].to_owned()).collect::<Vec<_>>(),
    );
    let letters: Vec<usize> =
        path.char_indices().filter(|(_, one)| one.is_ascii_alphabetic()).map(|(at, _)| at).collect();
    let longer = prop::sample::select(vec![format!("{path}/"), format!("{path}/x"), format!("/x{path}")]);
    if letters.is_empty() {
        return prop_oneof![cut, longer].boxed();
    }
    let changed = (prop::sample::select(letters), prop::char::range('a', 'z')).prop_map({
        let path = path.to_owned();
        move |(place, letter)| {
            let mut path = path.clone();
            path.replace_range(place..=place, letter.encode_utf8(&mut [0; 4]));
            path
        }
    });
    prop_oneof![cut, changed, longer].boxed()
}

/// Texts in the place of a parameter that break a clause about it.
fn breaking_segment(rules: &ValueRules, name: &str, clause: &Clause) -> Option<BoxedStrategy<String>> {
    if !clause.id().starts_with(&format!("path.{name}.")) {
        return None;
    }
    if rules.kind_clause.as_ref().is_some_and(|own| own.id() == clause.id()) {
        let other =
            prop::sample::select(vec!["", "x", "-1", "+1", "01", "1.0", "1e3", "0x1", "1%20", "null"]);
        return Some(prop_oneof![other.prop_map(str::to_owned), "[0-9]{0,3}[a-z]{1,3}[0-9]{0,3}"].boxed());
    }
    let index = rules.limits.iter().position(|limit| limit.clause.id() == clause.id())?;
    let unreserved = |one: char| if one.is_ascii_alphanumeric() { one } else { 'x' };
    let segment = move |value: Value| match value {
        Value::String(text) => text.chars().map(unreserved).collect(),
        other => other.to_string(),
    };
    Some(value::breaking(&Wanted::of(rules), index)?.prop_map(segment).boxed())
}

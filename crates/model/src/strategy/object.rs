//! Objects: members that keep their rules, the branches of `anyOf`, and members that nobody named.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::json::{any_json, number, text};
use super::value::Wanted;
use crate::rules::{BranchRule, ObjectRules};

/// Objects that keep all the rules.
pub(super) fn valid(rules: &ObjectRules) -> BoxedStrategy<Value> {
    match &rules.any_of {
        None => with_branch(rules, &[]),
        Some(any_of) => {
            // The first branch is the usual one, and the one to shrink to.
            let branches: Vec<_> = any_of.branches.iter().map(|branch| with_branch(rules, branch)).collect();
            let weight = |index: usize| if index == 0 { 2 } else { 1 };
            proptest::strategy::Union::new_weighted(
                branches.into_iter().enumerate().map(|(index, branch)| (weight(index), branch)).collect(),
            )
            .boxed()
        }
    }
}

fn with_branch(rules: &ObjectRules, branch: &[BranchRule]) -> BoxedStrategy<Value> {
    let members = rules.fields.iter().enumerate().map(|(index, field)| {
        let mut wanted = Wanted::of(&field.value);
        let mut given = field.required.is_some();
        for rule in branch {
            match rule {
                BranchRule::Given { field } if *field == index => given = true,
                BranchRule::Limit { field, check } if *field == index => wanted.checks.push(check.clone()),
                _ => {}
            }
        }
        let value = wanted.valid();
        if given { value.prop_map(Some).boxed() } else { prop::option::of(value).boxed() }
    });
    object(rules, members.collect(), rules.closed.is_none())
}

/// Objects whose members keep their rules, each present or not; the branches of `anyOf` are not looked at.
pub(super) fn loose(rules: &ObjectRules) -> BoxedStrategy<Value> {
    let members = rules.fields.iter().map(|field| {
        let value = Wanted::of(&field.value).valid();
        if field.required.is_some() { value.prop_map(Some).boxed() } else { prop::option::of(value).boxed() }
    });
    object(rules, members.collect(), rules.closed.is_none())
}

/// Objects with the right names, and values that are right, wrong in their items, or anything.
pub(super) fn near(rules: &ObjectRules) -> BoxedStrategy<Value> {
    let members = rules.fields.iter().map(|field| {
        let wanted = Wanted::of(&field.value);
        let items = wanted.items.as_ref().map_or_else(any_json, |items| {
            // Numbers are what readers differ on most, so they come oftener than other values do.
            let item =
                prop_oneof![3 => items.valid(), 1 => number().prop_map(Value::Number), 1 => any_json()];
            vec(item, 0..4).prop_map(Value::Array).boxed()
        });
        let free = Wanted { checks: Vec::new(), ..wanted.clone() }.valid();
        prop_oneof![
            1 => Just(None),
            4 => wanted.valid().prop_map(Some),
            1 => free.prop_map(Some),
            2 => items.prop_map(Some),
            1 => any_json().prop_map(Some),
        ]
        .boxed()
    });
    object(rules, members.collect(), true)
}

/// Puts members together, with some that the rules do not name if that is wanted.
fn object(
    rules: &ObjectRules,
    members: Vec<BoxedStrategy<Option<Value>>>,
    with_others: bool,
) -> BoxedStrategy<Value> {
    let names: Vec<String> = rules.fields.iter().map(|field| field.name.clone()).collect();
    let most = if with_others { 2 } else { 0 };
    let others = prop_oneof![3 => Just(Vec::new()), 1 => vec((text(0..=6), any_json()), 0..=most)];
    (members, others)
        .prop_map(move |(values, others)| {
            let mut object: Map<String, Value> =
                others.into_iter().filter(|(name, _)| !names.contains(name)).collect();
            object.extend(names.iter().zip(values).filter_map(|(name, value)| Some((name.clone(), value?))));
            Value::Object(object)
        })
        .boxed()
}

//! Values that keep the rules for one value.

use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::string::string_regex;
use regex::Regex;
use serde_json::{Number, Value};

use super::json::{number, text};
use crate::rules::{self, Check, Kind, Literal, Seen, ValueRules};

/// How many more characters or items than the least there are, where the contract names no most.
const MORE: u64 = 12;
/// How many characters or items there are at most. Where a limit is larger than this, its edge is not approached: values
/// of any size would take any time and any memory.
const MOST: u64 = 5_000;

/// What a value has to be. Unlike the rules it names no clauses, so limits can be added.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) kind: Kind,
    pub(super) checks: Vec<Check>,
    pub(super) items: Option<Box<Wanted>>,
}

impl Wanted {
    pub(super) fn of(rules: &ValueRules) -> Self {
        Self {
            kind: rules.kind,
            checks: rules.limits.iter().map(|limit| limit.check.clone()).collect(),
            items: rules.items.as_deref().map(|items| Box::new(Self::of(items))),
        }
    }

    /// Values that keep all the checks, many of them at the edge of one.
    pub(super) fn valid(&self) -> BoxedStrategy<Value> {
        let checks = self.checks.clone();
        self.roughly().prop_filter("the value keeps the limits", move |value| keeps(&checks, value)).boxed()
    }

    /// Values of the right type that keep the checks as far as they can be kept by construction.
    fn roughly(&self) -> BoxedStrategy<Value> {
        let literals = self.checks.iter().find_map(|check| match check {
            Check::OneOf(literals) => Some(literals.iter().filter_map(literal).collect::<Vec<_>>()),
            _ => None,
        });
        if let Some(literals) = literals {
            return among(literals);
        }
        match self.kind {
            Kind::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
            Kind::Integer => integer(self.range()).prop_map(Value::Number).boxed(),
            Kind::List => match &self.items {
                Some(items) => {
                    let items = items.valid();
                    sized(self.sizes(), |sizes| vec(items.clone(), sizes).prop_map(Value::Array).boxed())
                }
                None => Just(Value::Array(Vec::new())).boxed(),
            },
            Kind::Text => self.text().prop_map(Value::String).boxed(),
        }
    }

    fn text(&self) -> BoxedStrategy<String> {
        let pattern = self.checks.iter().find_map(|check| match check {
            Check::Pattern(pattern) => Some(pattern),
            _ => None,
        });
        match pattern {
            Some(pattern) => matching(pattern),
            None => sized(self.sizes(), text),
        }
    }

    /// How many characters or items are wanted.
    pub(super) fn sizes(&self) -> RangeInclusive<u64> {
        let (mut least, mut most) = (0, None);
        for check in &self.checks {
            match check {
                Check::MinLength(count) | Check::MinItems(count) => least = least.max(*count),
                Check::MaxLength(count) | Check::MaxItems(count) => {
                    most = Some(most.map_or(*count, |most: u64| most.min(*count)));
                }
                _ => {}
            }
        }
        least..=most.unwrap_or(least.saturating_add(MORE)).max(least)
    }

    /// Which integers are wanted, within what JSON's readers hold exactly.
    pub(super) fn range(&self) -> RangeInclusive<i128> {
        let (mut least, mut most) = (i128::from(i64::MIN), i128::from(u64::MAX));
        for check in &self.checks {
            match check {
                Check::Minimum(bound) => least = least.max(*bound),
                Check::Maximum(bound) => most = most.min(*bound),
                _ => {}
            }
        }
        least..=most.max(least)
    }
}

/// Values of these sizes, with a liking for both ends. They shrink to the smallest size.
pub(super) fn sized<T: std::fmt::Debug + 'static>(
    range: RangeInclusive<u64>,
    of: impl Fn(RangeInclusive<usize>) -> BoxedStrategy<T>,
) -> BoxedStrategy<T> {
    if *range.start() > MOST {
        return of(0..=0).prop_filter("no value of that size is generated", |_| false).boxed();
    }
    let size = |size: u64| usize::try_from(size.min(MOST)).unwrap_or(usize::MAX);
    let (least, most) = (size(*range.start()), size(*range.end()));
    prop_oneof![3 => of(least..=most), 1 => of(least..=least), 1 => of(most..=most)].boxed()
}

/// Integers with a liking for both ends, and for those of a phone's size.
pub(super) fn integer(range: RangeInclusive<i128>) -> BoxedStrategy<Number> {
    let (least, most) = (*range.start(), *range.end());
    let short = most.min(least.saturating_add(100_000_000_000));
    prop_oneof![2 => least..=short, 1 => least..=most, 1 => Just(least), 1 => Just(most)]
        .prop_filter_map("fits", Number::from_i128)
        .boxed()
}

/// Texts in which the pattern is found. It is searched for, so what it does not anchor may be surrounded by anything.
pub(super) fn matching(pattern: &Regex) -> BoxedStrategy<String> {
    let full = pattern.as_str();
    let core = full.strip_prefix('^').unwrap_or(full);
    let (core, open_end) = match core.strip_suffix('$') {
        Some(core) if !core.ends_with('\\') => (core, false),
        _ => (core, true),
    };
    let around = |open: bool| if open { text(0..=4) } else { Just(String::new()).boxed() };
    let pattern = pattern.clone();
    match string_regex(core) {
        Ok(inner) => (around(!full.starts_with('^')), inner, around(open_end))
            .prop_map(|(before, inner, after)| before + &inner + &after)
            .prop_filter("the pattern is found", move |text| pattern.is_match(text))
            .boxed(),
        // An anchor in the middle: rare enough for a search among any texts.
        Err(_) => {
            text(0..=12).prop_filter("the pattern is found", move |text| pattern.is_match(text)).boxed()
        }
    }
}

/// One of the values; a strategy that finds nothing if there are none, as where no number of JSON is the one that is wanted.
fn among(values: Vec<Value>) -> BoxedStrategy<Value> {
    if values.is_empty() {
        return Just(Value::Null).prop_filter("there is no such value", |_| false).boxed();
    }
    prop::sample::select(values).boxed()
}

pub(super) fn literal(literal: &Literal) -> Option<Value> {
    Some(match literal {
        Literal::Text(text) => Value::String(text.clone()),
        Literal::Boolean(value) => Value::Bool(*value),
        Literal::Integer(number) => Value::Number(Number::from_i128(*number)?),
    })
}

pub(super) fn keeps(checks: &[Check], value: &Value) -> bool {
    let Some(seen) = seen(value) else { return true };
    checks.iter().all(|check| check.is_kept_by(seen))
}

/// The value as the checks see it; `None` for what no check is about.
pub(super) fn seen(value: &Value) -> Option<Seen<'_>> {
    Some(match value {
        Value::String(text) => Seen::Text(text),
        Value::Bool(value) => Seen::Boolean(*value),
        Value::Number(number) => Seen::Integer(rules::integer_of(number)?),
        Value::Array(items) => Seen::List(items.len()),
        Value::Null | Value::Object(_) => return None,
    })
}

/// Whether JSON Schema counts the value as of this type.
pub(super) fn is_of(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Text, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) | (Kind::List, Value::Array(_)) => {
            true
        }
        (Kind::Integer, Value::Number(number)) => rules::integer_of(number).is_some(),
        _ => false,
    }
}

/// Values that break one check and keep the type; `None` if there are none.
pub(super) fn breaking(wanted: &Wanted, broken: usize) -> Option<BoxedStrategy<Value>> {
    let others: Vec<Check> = wanted
        .checks
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != broken)
        .map(|(_, check)| check.clone())
        .collect();
    let of_sizes = |sizes: RangeInclusive<u64>| -> BoxedStrategy<Value> {
        let limits = match wanted.kind {
            Kind::List => [Check::MinItems(*sizes.start()), Check::MaxItems(*sizes.end())],
            _ => [Check::MinLength(*sizes.start()), Check::MaxLength(*sizes.end())],
        };
        Wanted { checks: limits.into(), ..wanted.clone() }.valid()
    };
    let within = |range: RangeInclusive<i128>| integer(range).prop_map(Value::Number).boxed();
    let candidates = match &wanted.checks[broken] {
        Check::MinLength(0) | Check::MinItems(0) => return None,
        Check::MinLength(least) | Check::MinItems(least) => of_sizes(0..=least - 1),
        Check::MaxLength(most) | Check::MaxItems(most) => {
            of_sizes(most.checked_add(1)?..=most.saturating_add(MORE))
        }
        Check::Minimum(least) => {
            let lowest = i128::from(i64::MIN);
            if *least <= lowest {
                return None;
            }
            within(lowest.max(least - 1_000_000)..=least - 1)
        }
        Check::Maximum(most) if *most < i128::from(u64::MAX) => {
            within(most + 1..=i128::from(u64::MAX).min(most + 1_000_000))
        }
        Check::Maximum(_) => Just(Value::from(1e25)).boxed(),
        Check::Pattern(pattern) => {
            let pattern = pattern.clone();
            prop_oneof![3 => mutated(matching(&pattern)), 1 => text(0..=12)]
                .prop_filter("the pattern is not found", move |text| !pattern.is_match(text))
                .prop_map(Value::String)
                .boxed()
        }
        Check::OneOf(literals) => {
            let literals: Vec<Value> = literals.iter().filter_map(literal).collect();
            let free = Wanted { checks: others.clone(), ..wanted.clone() }.valid();
            let number = number().prop_map(Value::Number);
            let candidates = if wanted.kind == Kind::Integer { number.boxed() } else { free };
            let kind = wanted.kind;
            candidates
                .prop_filter("another value", move |value| is_of(kind, value) && !literals.contains(value))
                .boxed()
        }
    };
    Some(candidates.prop_filter("the other limits are kept", move |value| keeps(&others, value)).boxed())
}

/// Texts with one character taken out, put in, or changed.
fn mutated(texts: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (texts, any::<prop::sample::Index>(), prop::option::of(text(1..=1)), any::<bool>())
        .prop_map(|(text, place, new, insert)| {
            let mut characters: Vec<char> = text.chars().collect();
            let place = place.index(characters.len() + 1);
            if !insert && place < characters.len() {
                characters.remove(place);
            }
            if let Some(new) = new {
                characters.splice(place..place, new.chars());
            }
            characters.into_iter().collect()
        })
        .boxed()
}

//! Which way a limit moved, decided by its keyword.

use std::cmp::Ordering;

use serde_json::Value;

/// What became of the set of values that keep a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// It is the same set.
    Same,
    /// It got smaller.
    Tighter,
    /// It got larger.
    Looser,
    /// Some values went and others came, or nobody can tell.
    Either,
}

impl Direction {
    /// The direction from one value of a keyword to another.
    pub(super) fn between(keyword: &str, old: &Value, new: &Value) -> Self {
        match (is_within(keyword, new, old), is_within(keyword, old, new)) {
            (true, true) => Self::Same,
            (true, false) => Self::Tighter,
            (false, true) => Self::Looser,
            (false, false) => Self::Either,
        }
    }

    /// The direction of the way back.
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Tighter => Self::Looser,
            Self::Looser => Self::Tighter,
            Self::Same | Self::Either => self,
        }
    }
}

/// Whether all that keeps `inner` is known to keep `outer` too.
fn is_within(keyword: &str, inner: &Value, outer: &Value) -> bool {
    match keyword {
        "minimum" | "minLength" | "minItems" => {
            order(inner, outer, f64::ceil).is_some_and(|order| order != Ordering::Less)
        }
        "maximum" | "maxLength" | "maxItems" => {
            order(inner, outer, f64::floor).is_some_and(|order| order != Ordering::Greater)
        }
        // More words to match without regard to case are more paths that are taken.
        "const" | "enum" | "ignore-case" => {
            let outer = values(outer);
            values(inner).iter().all(|value| outer.contains(value))
        }
        "anyOf" => {
            let outer: Vec<_> = values(outer).iter().map(atoms).collect();
            let mut inner = values(inner).iter().map(atoms);
            inner.all(|branch| outer.iter().any(|wider| is_branch_within(&branch, wider)))
        }
        _ => inner == outer,
    }
}

/// The order of two bounds. One with a fraction is rounded, as only integers are compared with it.
fn order(left: &Value, right: &Value, round: fn(f64) -> f64) -> Option<Ordering> {
    let (left, right) = (left.as_number()?, right.as_number()?);
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => round(left.as_f64()?).partial_cmp(&round(right.as_f64()?)),
    }
}

/// The values of a list, or the one value that is none.
fn values(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// One demand of a branch: the member, the keyword, and its value.
type Atom<'v> = (&'v str, &'v str, &'v Value);

fn atoms(branch: &Value) -> Vec<Atom<'_>> {
    let required = branch["required"].as_array().into_iter().flatten();
    let required = required.filter_map(|name| Some((name.as_str()?, "required", &Value::Null)));
    let properties = branch["properties"].as_object().into_iter().flatten();
    let limits = properties.flat_map(|(name, limits)| {
        let limits = limits.as_object().into_iter().flatten();
        limits.map(move |(keyword, value)| (name.as_str(), keyword.as_str(), value))
    });
    required.chain(limits).collect()
}

/// Whether each demand of the wider branch follows from one of the narrower.
fn is_branch_within(narrow: &[Atom<'_>], wide: &[Atom<'_>]) -> bool {
    wide.iter().all(|(member, keyword, outer)| {
        narrow
            .iter()
            .any(|(name, own, inner)| name == member && own == keyword && is_within(keyword, inner, outer))
    })
}

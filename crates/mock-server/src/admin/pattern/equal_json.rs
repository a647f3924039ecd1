//! Whether two values of JSON are the same, with two liberties.

use serde_json::Value;

use crate::admin::fields::{self, Item};
use crate::admin::reply::Refusal;
use crate::verify::same_json::same;

/// With both liberties, an array of the pattern has at most so many items: each is then compared with each.
const MOST_ITEMS: usize = 100;

/// A value that a body has to have.
pub(super) struct EqualJson {
    value: Value,
    ignores_order: bool,
    /// Further members of objects, and further items of arrays: behind the others if their order matters.
    ignores_more: bool,
}

impl EqualJson {
    /// The value stands there as it is, or as the text of it.
    pub(super) fn read(item: &Item<'_>, ignores_order: bool, ignores_more: bool) -> Result<Self, Refusal> {
        let value = match item.value {
            Value::String(text) => {
                fields::parse(text.as_bytes()).map_err(|_| item.refuse("the text is not JSON"))?
            }
            value => value.clone(),
        };
        if placeholder(&value) {
            return Err(item.refuse("placeholders such as `${json-unit.ignore}` are not supported here"));
        }
        if ignores_order && ignores_more && longest(&value) > MOST_ITEMS {
            return Err(item.refuse(format!("with both liberties, an array has at most {MOST_ITEMS} items")));
        }
        Ok(Self {
            value: if ignores_order && !ignores_more { sorted(value) } else { value },
            ignores_order,
            ignores_more,
        })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let Ok(other) = serde_json::from_str::<Value>(text) else { return false };
        match (self.ignores_order, self.ignores_more) {
            (true, false) => same(&self.value, &sorted(other)),
            (false, false) => same(&self.value, &other),
            (ignores_order, true) => within(&self.value, &other, ignores_order),
        }
    }
}

/// Whether all of `wanted` is in `found`.
fn within(wanted: &Value, found: &Value, ignores_order: bool) -> bool {
    match (wanted, found) {
        (Value::Array(wanted), Value::Array(found)) if ignores_order => each_has_its_own(wanted, found),
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() <= found.len()
                && wanted.iter().zip(found).all(|(wanted, found)| within(wanted, found, false))
        }
        (Value::Object(wanted), Value::Object(found)) => wanted
            .iter()
            .all(|(name, wanted)| found.get(name).is_some_and(|found| within(wanted, found, ignores_order))),
        _ => same(wanted, found),
    }
}

/// Whether each wanted item can be given a found one of its own: a matching in a bipartite graph, by Kuhn.
fn each_has_its_own(wanted: &[Value], found: &[Value]) -> bool {
    fn give(index: usize, fits: &[Vec<usize>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
        for &candidate in &fits[index] {
            if std::mem::replace(&mut seen[candidate], true) {
                continue;
            }
            let free = match taken[candidate] {
                None => true,
                Some(owner) => give(owner, fits, taken, seen),
            };
            if free {
                taken[candidate] = Some(index);
                return true;
            }
        }
        false
    }
    if wanted.len() > found.len() {
        return false;
    }
    let fits = wanted.iter().map(|wanted| {
        let fitting = found.iter().enumerate().filter(|(_, found)| within(wanted, found, true));
        fitting.map(|(index, _)| index).collect()
    });
    let fits: Vec<Vec<usize>> = fits.collect();
    let mut taken = vec![None; found.len()];
    (0..wanted.len()).all(|index| give(index, &fits, &mut taken, &mut vec![false; found.len()]))
}

/// The value with the items of its arrays in an order that depends on them alone.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_cached_key(spelled);
            Value::Array(items)
        }
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        other => other,
    }
}

/// A text that is the same for values that are the same.
fn spelled(value: &Value) -> String {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or_default().to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(spelled).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, value)| format!("{name:?}:{}", spelled(value))).collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

fn placeholder(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("${json-unit."),
        Value::Array(items) => items.iter().any(placeholder),
        Value::Object(members) => members.values().any(placeholder),
        _ => false,
    }
}

fn longest(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(longest).max().unwrap_or_default().max(items.len()),
        Value::Object(members) => members.values().map(longest).max().unwrap_or_default(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_liberties_are_these() {
        // Exactly, in any order, with more, with both.
        let check = |wanted: &str, found: &str, expected: [bool; 4]| {
            let wanted = json!(wanted);
            let matches =
                [(false, false), (true, false), (false, true), (true, true)].map(|(order, more)| {
                    EqualJson::read(&Item::whole(&wanted), order, more).unwrap().matches(found)
                });
            assert_eq!(matches, expected, "{wanted} {found}");
        };
        check(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, [true; 4]);
        check("[1,2]", "[1,2]", [true; 4]);
        check("[1,2]", "[2,1]", [false, true, false, true]);
        check("[1,2]", "[1,2,3]", [false, false, true, true]);
        check("[1,2]", "[3,2,1]", [false, false, false, true]);
        check("[1,1]", "[1,2]", [false; 4]);
        check(r#"{"a":1}"#, r#"{"a":1,"b":2}"#, [false, false, true, true]);
        check(r#"[{"a":1},{"b":2}]"#, r#"[{"b":2},{"a":1}]"#, [false, true, false, true]);
        check(r#"[{"a":[1,2]},[3]]"#, r#"[[3],{"a":[2,1]}]"#, [false, true, false, true]);
        // The first wanted item fits both, the second one only one.
        check(r#"[{"a":1},{"a":1,"b":1}]"#, r#"[{"a":1,"b":1},{"a":1,"c":1}]"#, [false, false, false, true]);
        check("79001234567", "7.9001234567e10", [true; 4]);
        check("[1.0,2]", "[2,1]", [false, true, false, true]);
        check("1", "\"1\"", [false; 4]);
        check("1", "not JSON", [false; 4]);
        check("null", "null", [true; 4]);
    }

    #[test]
    fn what_would_take_long_or_mean_something_else_is_refused() {
        let long = json!(vec![1; MOST_ITEMS + 1]);
        assert!(EqualJson::read(&Item::whole(&long), true, true).is_err());
        assert!(EqualJson::read(&Item::whole(&long), true, false).is_ok());
        for text in ["{", "{\"a\":\"${json-unit.ignore}\"}"] {
            assert!(EqualJson::read(&Item::whole(&json!(text)), false, false).is_err(), "{text}");
        }
    }
}

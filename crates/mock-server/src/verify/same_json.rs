//! Whether two values of JSON are the same.

use serde_json::{Number, Value};

/// The same value: `1` and `1.0` are one number, and two integers that a double cannot tell from each other are two.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => same_number(one, other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    if one.is_f64() || other.is_f64() { one.as_f64() == other.as_f64() } else { one == other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value() {
        let check = |one: &str, other: &str, expected: bool| {
            let read = |text| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(same(&read(one), &read(other)), expected, "{one} {other}");
        };
        check("79001234567", "79001234567.0", true);
        check("[7.9e10]", "[79000000000]", true);
        check("9007199254740992", "9007199254740993", false);
        check("{\"a\":1,\"b\":[1]}", "{\"b\":[1.0],\"a\":1}", true);
        check("{\"a\":1}", "{\"a\":1,\"b\":1}", false);
        check("\"1\"", "1", false);
        check("[1,2]", "[2,1]", false);
    }
}

//! Smaller bodies than one, for the smallest that still shows a broken clause.

use serde_json::{Map, Value};

/// Bodies that are smaller or plainer, the boldest first. It ends, as each is shorter than the body or simpler.
pub(crate) fn smaller(body: &[u8]) -> Vec<Vec<u8>> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return shorter(body) };
    let plain = value.to_string().into_bytes();
    let mut found = Vec::new();
    if plain != body {
        found.push(plain);
    }
    found.extend(values(&value).into_iter().map(|value| value.to_string().into_bytes()));
    // Where how it is written matters, it is only cut.
    found.extend(shorter(body));
    found
}

/// The bytes without a half, a quarter, and so on, down to single ones where they are few.
fn shorter(body: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut size = body.len().div_ceil(2);
    while size > 0 && found.len() < 200 {
        for start in (0..body.len()).step_by(size) {
            let end = body.len().min(start + size);
            found.push([&body[..start], &body[end..]].concat());
        }
        size /= 2;
    }
    found
}

/// Simpler values of any kind.
fn values(value: &Value) -> Vec<Value> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec![Value::Bool(false)],
        Value::Number(_) => numbers(value),
        Value::String(text) => texts(text).into_iter().map(Value::String).collect(),
        Value::Array(items) => lists(items).into_iter().map(Value::Array).collect(),
        Value::Object(members) => objects(members).into_iter().map(Value::Object).collect(),
    }
}

fn numbers(value: &Value) -> Vec<Value> {
    let Some(number) = value.as_i64() else {
        let size = value.as_f64().unwrap_or_default().abs();
        return [0.5, 1.5].into_iter().filter(|small| *small < size).map(Value::from).collect();
    };
    let mut found: Vec<i64> =
        [0_i64, 1, -1].into_iter().filter(|small| small.unsigned_abs() < number.unsigned_abs()).collect();
    let mut step = number / 2;
    while step != 0 {
        found.push(number - step);
        step /= 2;
    }
    found.into_iter().map(Value::from).collect()
}

fn texts(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len();
    let mut found: Vec<String> = Vec::new();
    if length > 0 {
        found.push(String::new());
    }
    let mut size = length / 2;
    while size > 0 {
        found.push(characters[..length - size].iter().collect());
        found.push(characters[size..].iter().collect());
        size /= 2;
    }
    // A letter that everybody can read, where it need not be another one.
    if length <= 64 {
        for (index, one) in characters.iter().enumerate().filter(|(_, one)| **one != 'x') {
            let place = |(at, own): (usize, &char)| if at == index { 'x' } else { *own };
            // It is no smaller, so only what is stranger than a letter is replaced.
            if !one.is_ascii_alphanumeric() {
                found.push(characters.iter().enumerate().map(place).collect());
            }
        }
    } else {
        let plain: String = characters.iter().map(|_| 'x').collect();
        if plain != text {
            found.push(plain);
        }
    }
    found
}

fn lists(items: &[Value]) -> Vec<Vec<Value>> {
    let mut found = Vec::new();
    let mut size = items.len();
    while size > 0 && found.len() < 200 {
        for start in (0..items.len()).step_by(size) {
            let end = items.len().min(start + size);
            found.push([&items[..start], &items[end..]].concat());
        }
        size /= 2;
    }
    for (index, item) in items.iter().enumerate().take(16) {
        for simpler in values(item) {
            let mut items = items.to_vec();
            items[index] = simpler;
            found.push(items);
        }
    }
    found
}

fn objects(members: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut found = Vec::new();
    if members.len() > 2 {
        // Half of many at once.
        for half in [0, 1] {
            let kept = members.iter().enumerate().filter(|(index, _)| index % 2 == half);
            found.push(kept.map(|(_, (name, value))| (name.clone(), value.clone())).collect());
        }
    }
    for name in members.keys() {
        let mut members = members.clone();
        members.remove(name);
        found.push(members);
    }
    for (name, value) in members {
        for simpler in values(value) {
            let mut members = members.clone();
            members.insert(name.clone(), simpler);
            found.push(members);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The smallest body for which this holds.
    fn smallest(body: &str, holds: impl Fn(&[u8]) -> bool) -> String {
        let mut body = body.as_bytes().to_vec();
        while let Some(next) = smaller(&body).into_iter().find(|next| holds(next)) {
            body = next;
        }
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn a_body_gets_as_small_as_it_can() {
        let body = r#" {"a": "группа 1", "b": [79001234567, 5], "c": {"d": [null]}, "e": 1.25}"#;
        let member = |body: &[u8], name: &str| serde_json::from_slice::<Value>(body).ok()?.get(name).cloned();
        assert_eq!(smallest(body, |body| member(body, "a").is_some()), r#"{"a":""}"#);
        assert_eq!(
            smallest(body, |body| member(body, "a").is_some_and(|a| !a.as_str().unwrap().is_ascii()))
                .chars()
                .count(),
            9
        );
        assert_eq!(
            smallest(body, |body| member(body, "b").is_some_and(|b| b[0].as_i64() > Some(10))),
            r#"{"b":[11]}"#
        );
        assert_eq!(
            smallest(body, |body| member(body, "c").is_some_and(|c| c["d"] != Value::Null)),
            r#"{"c":{"d":[]}}"#
        );
        // How it is written is kept where it matters.
        assert_eq!(smallest(body, |body| body.starts_with(b" ")), " ");
    }

    proptest! {
        #[test]
        fn it_ends(value in greenapi_model::strategy::any_json()) {
            let (mut body, mut steps) = (value.to_string().into_bytes(), 0);
            while let Some(next) = smaller(&body).into_iter().next() {
                body = next;
                steps += 1;
                prop_assert!(steps < 10_000);
            }
        }
    }
}

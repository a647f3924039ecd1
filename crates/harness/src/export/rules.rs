//! Matching rules of a Pact file, made from the schemas of the contract.

use greenapi_model::{Body, Contract};
use serde_json::{Map, Value, json};

/// The schema of a body.
pub(super) fn schema(contract: &Contract, body: Body) -> Value {
    // The contract wrote it itself.
    serde_json::from_str(&contract.json_schema(body)).unwrap_or_default()
}

pub(super) fn is_required(schema: &Value, member: &str) -> bool {
    schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == member))
}

/// The rules for some members of a body, by their paths.
pub(super) fn of_members<'m>(schema: &Value, members: impl Iterator<Item = &'m String>) -> Value {
    let mut rules = Map::new();
    for name in members {
        let is_plain = name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
        let path = if is_plain { format!("$.{name}") } else { format!("$['{name}']") };
        let schema = &schema["properties"][name.as_str()];
        if let Some(rule) = of_value(schema) {
            rules.insert(path.clone(), matching(&rule));
        }
        if let Some(rule) = of_value(&schema["items"]) {
            rules.insert(format!("{path}[*]"), matching(&rule));
        }
    }
    rules.into()
}

/// A rule in the form in which a Pact file has it.
pub(super) fn matching(rule: &Value) -> Value {
    json!({ "combine": "AND", "matchers": [rule] })
}

/// A media type with any parameters, as the contract takes it.
pub(super) fn media_type(essence: &str) -> Value {
    regex(&format!("^{}(;.*)?$", escaped(essence)))
}

/// None where the schema allows one value alone, which then stands in the answer, or says nothing.
fn of_value(schema: &Value) -> Option<Value> {
    if let Some(pattern) = schema["pattern"].as_str() {
        return Some(regex(&of_whole_text(pattern)));
    }
    match schema["type"].as_str()? {
        _ if schema.get("const").is_some() => None,
        "integer" => Some(json!({ "match": "integer" })),
        "array" => {
            let mut rule = json!({ "match": "type" });
            if let Some(least) = schema.get("minItems") {
                rule["min"] = least.clone();
            }
            Some(rule)
        }
        "string" if schema["enum"].is_array() => {
            let texts = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
            Some(regex(&format!("^({})$", texts.map(escaped).collect::<Vec<_>>().join("|"))))
        }
        _ => Some(json!({ "match": "type" })),
    }
}

fn regex(pattern: &str) -> Value {
    json!({ "match": "regex", "regex": pattern })
}

/// The pattern for who compares it with the whole text, as verifiers on the JVM do; JSON Schema looks for it in the text.
fn of_whole_text(pattern: &str) -> String {
    if has_alternatives(pattern) {
        return format!("^.*({pattern}).*$");
    }
    let start = if pattern.starts_with('^') { "" } else { "^.*" };
    let end = if pattern.ends_with('$') && !pattern.ends_with("\\$") { "" } else { ".*$" };
    format!("{start}{pattern}{end}")
}

/// Whether there is a `|` outside of all groups and classes.
fn has_alternatives(pattern: &str) -> bool {
    let (mut depth, mut in_class) = (0_usize, false);
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// A text as a pattern that it alone matches.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\^$.|?*+()[]{}".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

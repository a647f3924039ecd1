use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::document::Document;

/// The JSON Schema 2020-12 of a configuration file, for editors and for those who write one by a program.
///
/// It says what may stand where. Whether there is such a state or fault, and whether a text is an address, is for
/// [`Config`](crate::Config) to say.
#[must_use]
pub fn config_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Document>().to_value();
    if let Value::Object(members) = &mut schema {
        members.insert("title".to_owned(), "greenapi-mock".into());
    }
    tidy(&mut schema);
    schema
}

/// A key that is optional is absent or has a value: TOML has no null. Formats such as `uint64` are schemars' own.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, value| !(name == "format" && value.is_string()));
            for choice in ["type", "anyOf", "enum"] {
                without_null(members, choice);
            }
            // The docs are wrapped for those who read the source.
            if let Some(Value::String(description)) = members.get_mut("description") {
                *description = description.replace('\n', " ");
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn without_null(members: &mut Map<String, Value>, choice: &str) {
    let Some(Value::Array(choices)) = members.get_mut(choice) else { return };
    choices.retain(|choice| {
        *choice != "null" && !choice.is_null() && choice.get("type").is_none_or(|kind| kind != "null")
    });
    if choices.len() > 1 || choice == "enum" {
        return;
    }
    match choices.pop() {
        Some(only) if choice == "type" => {
            members.insert(choice.to_owned(), only);
        }
        Some(Value::Object(only)) => {
            members.remove(choice);
            for (name, value) in only {
                members.entry(name).or_insert(value);
            }
        }
        _ => {}
    }
}

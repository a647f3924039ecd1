//! The schema that schemars derives from the types and the one that the spec gives agree on structure: names, types, and
//! what is required. Limits belong to the contract alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use greenapi_model::{ApiError, Body, Contract, CreateGroup, Edition, Group};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};

/// What is left of a schema without titles, limits, formats and the choice of `anyOf`.
fn structure(schema: &Value) -> Value {
    let mut kept = Map::new();
    for name in ["type", "items", "properties", "required"] {
        let Some(value) = schema.get(name) else { continue };
        let value = match name {
            "items" => structure(value),
            "properties" => {
                let properties = value.as_object().unwrap();
                properties.iter().map(|(name, schema)| (name.clone(), structure(schema))).collect()
            }
            "required" => {
                let mut names = value.as_array().unwrap().clone();
                names.sort_by_key(Value::to_string);
                Value::Array(names)
            }
            _ => value.clone(),
        };
        kept.insert(name.to_owned(), value);
    }
    Value::Object(kept)
}

fn check<T: JsonSchema>(body: Body) {
    let mut generator = SchemaGenerator::new(
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true),
    );
    let derived = serde_json::to_value(generator.root_schema_for::<T>()).unwrap();
    for edition in Edition::all() {
        let spec: Value = serde_json::from_str(&Contract::of(edition).json_schema(body)).unwrap();
        assert_eq!(structure(&derived), structure(&spec), "{edition}, {}", body.name());
        assert_eq!(structure(&spec)["type"], "object", "the comparison sees the schema");
    }
}

#[test]
fn the_types_have_the_structure_of_the_spec() {
    check::<CreateGroup>(Body::Request);
    check::<Group>(Body::Response);
    check::<ApiError>(Body::Error);
}

//! Two readers agree on every body: the JSON Schema that the contract gives to other tools, judged by a validator that
//! shares no code with this crate, and the contract's own reader.
//!
//! 10 000 bodies of each kind in the normal run. More of them on demand:
//! `PROPTEST_CASES=10000000 cargo test --release -p greenapi-model --features proptest --test agreement`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::cell::Cell;

use greenapi_model::{Body, Contract, Edition, strategy};
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000);
    // A filter of a generator may reject as often as there are cases.
    ProptestConfig {
        cases,
        max_local_rejects: u32::MAX,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn validator(contract: &Contract, body: Body) -> Validator {
    let schema = serde_json::from_str(&contract.json_schema(body)).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn reads(contract: &Contract, body: Body, bytes: &[u8]) -> Result<(), String> {
    match body {
        Body::Request => contract.request(bytes).map(drop),
        Body::Response => contract.response(bytes).map(drop),
        Body::Error => contract.error(bytes).map(drop),
    }
    .map_err(|violations| violations.to_string())
}

/// Both readers give the same verdict on each body, and both verdicts come up often enough to mean something.
fn agree(contract: &Contract, body: Body) {
    let validator = validator(contract, body);
    let verdicts = Cell::new((0, 0));
    TestRunner::new(config())
        .run(&strategy::any(contract, body), |raw| {
            let schema = serde_json::from_slice(raw.as_bytes()).is_ok_and(|value| validator.is_valid(&value));
            let model = reads(contract, body, raw.as_bytes());
            prop_assert_eq!(model.is_ok(), schema, "the model says {:?}", model);
            verdicts.set((verdicts.get().0 + u32::from(schema), verdicts.get().1 + 1));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{} {}: {failure}", contract.edition(), body.name()));
    let (valid, all) = verdicts.get();
    assert!(valid * 10 > all && valid * 10 < all * 9, "{valid} of {all} bodies are valid");
}

#[test]
fn schema_and_reader_agree_on_every_request() {
    Edition::all().for_each(|edition| agree(&Contract::of(edition), Body::Request));
}

#[test]
fn schema_and_reader_agree_on_every_response() {
    Edition::all().for_each(|edition| agree(&Contract::of(edition), Body::Response));
}

#[test]
fn schema_and_reader_agree_on_every_error() {
    Edition::all().for_each(|edition| agree(&Contract::of(edition), Body::Error));
}

/// The embedded contract with some values of its document set; each place is below the schema of a request.
fn changed(changes: &[(&str, Value)]) -> Contract {
    let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let schema = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post/requestBody/content\
                  /application~1json/schema";
    for (place, value) in changes {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(&format!("{schema}{parent}")).unwrap();
        parent[name] = value.clone();
    }
    Contract::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn they_agree_whatever_the_limits_are() {
    let assumed = |mut schema: Value| {
        schema["x-evidence"] = json!("assumed");
        schema
    };
    let text = |mut schema: Value| {
        schema["type"] = json!("string");
        assumed(schema)
    };
    let phone = |minimum: Value, maximum: Value| {
        assumed(json!({"type": "integer", "minimum": minimum, "maximum": maximum}))
    };
    for (place, value) in [
        ("/properties/groupName", text(json!({"minLength": 2, "maxLength": 25}))),
        ("/properties/groupName", text(json!({"minLength": 0}))),
        ("/properties/groupName", text(json!({"pattern": "^[^0-9]+( |$)"}))),
        ("/properties/groupName", text(json!({"enum": ["a", "From API Group created"]}))),
        ("/properties/phones/items", phone(json!(0.5), json!(79_001_234_569.5))),
        ("/properties/phones/items", phone(json!(0), json!(u64::MAX))),
        ("/anyOf/0/properties/chatIds", json!({"minItems": 1, "maxItems": 2})),
        // Members that the types do not hold are judged all the same.
        ("/properties/size", assumed(json!({"type": "integer", "const": 3}))),
        ("/properties/size", assumed(json!({"type": "integer"}))),
        (
            "/properties/flags",
            assumed(json!({"type": "array", "maxItems": 1, "items": assumed(json!({"type": "boolean"}))})),
        ),
    ] {
        agree(&changed(&[(place, value)]), Body::Request);
    }
    let closed = changed(&[("/additionalProperties", json!(false)), ("/x-evidence", json!("assumed"))]);
    agree(&closed, Body::Request);
}

#[test]
fn a_limit_that_is_added_brings_its_clause_and_what_breaks_it() {
    let limited = json!({"type": "string", "minLength": 1, "maxLength": 25, "x-evidence": "assumed"});
    let unlimited = json!({"type": "string", "minLength": 1, "x-evidence": "assumed"});
    let contract = changed(&[("/properties/groupName", limited)]);
    let without = changed(&[("/properties/groupName", unlimited)]);
    let named = |length| json!({"groupName": "я".repeat(length), "phones": [1]}).to_string();
    assert!(contract.request(named(25).as_bytes()).is_ok());
    let violations = contract.request(named(26).as_bytes()).unwrap_err();
    assert_eq!(
        violations.to_string(),
        "/groupName has 26 characters, but `groupName` has at most 25 characters (request.groupName.maxLength, assumed)"
    );
    assert!(without.request(named(26).as_bytes()).is_ok());
    let clause = contract.clause("request.groupName.maxLength").unwrap();
    TestRunner::new(ProptestConfig { cases: 200, ..config() })
        .run(&strategy::breaking(&contract, clause).unwrap(), |raw| {
            prop_assert!(contract.request(raw.as_bytes()).is_err());
            prop_assert!(without.request(raw.as_bytes()).is_ok());
            Ok(())
        })
        .unwrap();
}

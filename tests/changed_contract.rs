//! A limit that is changed in the contract is changed in schema, model, mock and harness, without a line of Rust.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use e2e::{Endpoint, Unchanged};
use greenapi_harness::Verdict;
use greenapi_model::{Body, Contract};
use serde_json::{Value, json};

/// The contract with names as this schema has them, whatever the edition says of them.
fn with_names(mut schema: Value) -> Contract {
    schema["x-evidence"] = json!("assumed");
    let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let name = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post/requestBody/content\
                /application~1json/schema/properties/groupName";
    *document.pointer_mut(name).unwrap() = schema;
    Contract::from_json(&document.to_string()).unwrap()
}

/// Names of at most 25 characters, as the vendor had it before 2024.
fn limited() -> Contract {
    with_names(json!({"type": "string", "minLength": 1, "maxLength": 25}))
}

fn unlimited() -> Contract {
    with_names(json!({"type": "string", "minLength": 1}))
}

#[test]
fn the_harness_tests_a_limit_that_was_added() {
    let contract = limited();
    assert!(contract.json_schema(Body::Request).contains(r#""maxLength": 25"#));
    let report = Endpoint::start(&contract, Unchanged).report(&contract);
    assert!(report.is_kept() && report.is_complete(), "{report}");
    let result = report.result("request.groupName.maxLength").unwrap();
    assert!(matches!(result.verdict, Verdict::Kept) && result.checks > 0, "{report}");
}

#[test]
fn an_endpoint_without_the_limit_breaks_it_at_26_characters() {
    let endpoint = Endpoint::start(&unlimited(), Unchanged);
    let report = endpoint.report(&limited());
    assert_eq!(report.broken().collect::<Vec<_>>(), ["request.groupName.maxLength"], "{report}");
    let Verdict::Broken(counterexample) = &report.result("request.groupName.maxLength").unwrap().verdict
    else {
        panic!("{report}");
    };
    let body: Value = serde_json::from_str(counterexample.request.split_once("\n\n").unwrap().1).unwrap();
    assert_eq!(body["groupName"].as_str().unwrap().chars().count(), 26, "{report}");
}

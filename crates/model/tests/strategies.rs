//! The generators do what they promise: they are part of the product.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use greenapi_model::{Body, Contract, Edition, Part, strategy};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() })
}

fn broken(contract: &Contract, body: Body, bytes: &[u8]) -> Vec<String> {
    match body {
        Body::Request => contract.request(bytes).err(),
        Body::Response => contract.response(bytes).err(),
        Body::Error => contract.error(bytes).err(),
    }
    .iter()
    .flat_map(|violations| violations.iter())
    .map(|violation| violation.clause().id().to_owned())
    .collect()
}

#[test]
fn valid_bodies_break_nothing() {
    for contract in Edition::all().map(Contract::of) {
        for body in Body::ALL {
            runner(1000)
                .run(&strategy::valid(&contract, body), |raw| {
                    prop_assert_eq!(broken(&contract, body, raw.as_bytes()), Vec::<String>::new());
                    Ok(())
                })
                .unwrap_or_else(|failure| panic!("{}: {failure}", body.name()));
        }
    }
}

#[test]
fn breaking_bodies_break_their_clause_alone() {
    for contract in Edition::all().map(Contract::of) {
        let mut without = Vec::new();
        for clause in contract.clauses() {
            let Some(bodies) = strategy::breaking(&contract, clause) else {
                without.push(clause.id());
                continue;
            };
            let body = match clause.part() {
                Part::Request => Body::Request,
                Part::Response => Body::Response,
                _ => Body::Error,
            };
            runner(300)
                .run(&bodies, |raw| {
                    let mut broken = broken(&contract, body, raw.as_bytes());
                    broken.dedup();
                    prop_assert_eq!(broken, vec![clause.id().to_owned()]);
                    Ok(())
                })
                .unwrap_or_else(|failure| panic!("{clause}: {failure}"));
        }
        // What is left is about no body: paths, content types, statuses, and what holds between answers.
        let about_bodies: Vec<_> = without
            .iter()
            .filter(|id| !id.starts_with("path"))
            .filter(|id| !id.ends_with(".content-type") && !id.ends_with(".unique"))
            .filter(|id| contract.error_case(id.trim_start_matches("error.")).is_none())
            .collect();
        assert_eq!(about_bodies, [&"response.200", &"options.204"], "edition {}", contract.edition());
    }
}

#[test]
fn what_is_built_is_read_back() {
    let contract = Contract::default();
    runner(2000)
        .run(&(strategy::request(&contract), strategy::response(&contract)), |(request, response)| {
            let bytes = serde_json::to_vec(&request).unwrap();
            prop_assert_eq!(contract.request(&bytes), Ok(request));
            let bytes = serde_json::to_vec(&response).unwrap();
            prop_assert_eq!(contract.response(&bytes), Ok(response));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    runner(2000)
        .run(&strategy::valid(&contract, Body::Error), |raw| {
            let error = contract.error(raw.as_bytes()).unwrap();
            let bytes = serde_json::to_vec(&error).unwrap();
            prop_assert_eq!(contract.error(&bytes), Ok(error));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// The embedded contract with one more member of a request.
fn with_size(schema: &Value) -> Contract {
    let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let properties = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post/requestBody/content\
                      /application~1json/schema/properties";
    document.pointer_mut(properties).unwrap()["size"] = schema.clone();
    Contract::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn limits_without_measure_are_not_approached() {
    let text = |keyword: &str, value: u64| json!({"type": "string", keyword: value, "x-evidence": "assumed"});
    for schema in [
        text("minLength", u64::MAX),
        text("maxLength", u64::MAX),
        text("maxLength", u64::MAX - 5),
        text("maxLength", 1_000_000_000),
        json!({"type": "integer", "const": 1e25, "x-evidence": "assumed"}),
        json!({"type": "integer", "minimum": 1e30, "x-evidence": "assumed"}),
        json!({"type": "integer", "minimum": -1e38, "maximum": 1e38, "x-evidence": "assumed"}),
    ] {
        let contract = with_size(&schema);
        let mut runner = runner(1);
        for bodies in [strategy::valid(&contract, Body::Request), strategy::any(&contract, Body::Request)] {
            // Where the member cannot be generated, a body without it can.
            let found = (0..20).find_map(|_| bodies.new_tree(&mut runner).ok()).unwrap();
            assert!(found.current().as_bytes().len() < 100_000, "{schema}");
        }
        for clause in contract.clauses().iter().filter(|clause| clause.id().starts_with("request.size.")) {
            let _ = strategy::breaking(&contract, clause);
        }
    }
}

//! The Pact file: its structure is that of Pact's specification, and all in it is the contract's.

#![allow(clippy::unwrap_used, clippy::panic)] // A test fails by a panic.

use greenapi_harness::pact;
use greenapi_model::{ApiToken, Body, Condition, Contract, InstanceId};
use serde_json::{Value, json};

const PATH: &str = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}";
const TOO_LARGE: &str =
    "/post/responses/500/content/application~1json/examples/request-too-large/x-when/request-bytes-above";

fn instance() -> InstanceId {
    1_101_000_001.into()
}

fn token() -> ApiToken {
    "a-placeholder".parse().unwrap()
}

fn file_of(contract: &Contract) -> Value {
    pact(contract, "any-client", "any-provider", instance(), &token())
}

fn interactions(file: &Value) -> &Vec<Value> {
    file["interactions"].as_array().unwrap()
}

/// The embedded contract with one value of its document set.
fn changed(place: &str, value: Value) -> Contract {
    let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    *document.pointer_mut(&format!("{PATH}{place}")).unwrap() = value;
    Contract::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

fn contracts() -> [Contract; 5] {
    let text = Contract::default().document();
    let other = text
        .replace("/waInstance{idInstance}/createGroup/", "/v2/{idInstance}/groups/")
        .replace("\"createGroup\"\n", "\"groups\"\n")
        .replace("\"post\"", "\"put\"")
        .replace("\"200\"", "\"201\"")
        .replace("bad request data", "no good");
    [
        Contract::default(),
        Contract::from_json(&other).unwrap_or_else(|error| panic!("{error}")),
        changed(TOO_LARGE, json!(200)),
        changed(TOO_LARGE, json!(u64::MAX)),
        // A pattern that is looked for in the text.
        changed(
            "/post/responses/200/content/application~1json/schema/properties/groupInviteLink/pattern",
            json!("^$|whatsapp"),
        ),
    ]
}

/// The structure of a Pact file of version 3, as Pact's specification has it.
fn structure() -> jsonschema::Validator {
    let object = |required: Value, properties: Value| json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
    let name = object(json!(["name"]), json!({ "name": { "type": "string" } }));
    let state =
        object(json!(["name"]), json!({ "name": { "type": "string" }, "params": { "type": "object" } }));
    let matcher = json!({ "type": "object", "required": ["match"], "properties": {
        "match": { "enum": ["equality", "regex", "type", "include", "integer", "decimal", "number", "null"] },
        "regex": { "type": "string", "format": "regex" },
        "min": { "type": "integer" },
    }, "additionalProperties": false });
    let rule = object(
        json!(["matchers"]),
        json!({ "combine": { "enum": ["AND", "OR"] }, "matchers": { "type": "array", "minItems": 1, "items": matcher } }),
    );
    let rules = json!({ "type": "object", "additionalProperties": rule });
    let body_rules =
        json!({ "type": "object", "propertyNames": { "pattern": "^[$]" }, "additionalProperties": rule });
    let headers = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let matching = object(json!([]), json!({ "header": rules, "body": body_rules }));
    let request = object(
        json!(["method", "path"]),
        json!({ "method": { "pattern": "^[A-Z]+$" }, "path": { "pattern": "^/" }, "headers": headers, "body": true }),
    );
    let response = object(
        json!(["status"]),
        json!({ "status": { "type": "integer" }, "headers": headers, "body": true, "matchingRules": matching }),
    );
    let interaction = object(
        json!(["description", "request", "response"]),
        json!({
            "description": { "type": "string" },
            "providerStates": { "type": "array", "items": state },
            "request": request,
            "response": response,
        }),
    );
    let metadata = json!({ "type": "object", "properties": { "pactSpecification": { "const": { "version": "3.0.0" } } } });
    let file = object(
        json!(["consumer", "provider", "interactions", "metadata"]),
        json!({
            "consumer": name,
            "provider": name,
            "interactions": { "type": "array", "minItems": 1, "items": interaction },
            "metadata": metadata,
        }),
    );
    jsonschema::draft202012::new(&file).unwrap()
}

#[test]
fn a_file_has_the_structure_of_the_specification() {
    let structure = structure();
    for contract in contracts() {
        let file = file_of(&contract);
        if let Err(error) = structure.validate(&file) {
            panic!("{error} at {}", error.instance_path());
        }
        let mut names: Vec<_> =
            interactions(&file).iter().map(|found| found["description"].as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), interactions(&file).len(), "descriptions tell interactions from one another");
    }
}

#[test]
fn a_request_that_is_to_succeed_is_one_by_the_contract() {
    for contract in contracts() {
        let (success, _) = contract.success();
        let file = file_of(&contract);
        let valid = interactions(&file).iter().filter(|found| found["response"]["status"] == success);
        let mut count = 0;
        for found in valid {
            let request = &found["request"];
            contract.request(request["body"].to_string().as_bytes()).unwrap();
            let response = found["response"]["body"].to_string();
            contract.response(response.as_bytes()).unwrap();
            let address = contract.address(request["path"].as_str().unwrap()).unwrap();
            assert_eq!((address.instance(), address.expose_token()), (instance(), token().expose()));
            assert_eq!(request["method"], contract.method());
            count += 1;
        }
        assert_eq!(count, contract.examples(Body::Request).len());
    }
}

#[test]
fn an_expected_error_is_the_one_of_the_contract() {
    for contract in contracts() {
        let file = file_of(&contract);
        for case in contract.errors() {
            let description = format!("a call that ends with {}", case.slug());
            let found = interactions(&file).iter().find(|found| found["description"] == description);
            let expected = match case.condition() {
                Condition::OtherToken => false,
                Condition::BodyAbove(most) => *most < u64::MAX,
                _ => true,
            };
            assert_eq!(found.is_some(), expected, "{description}");
            let Some(found) = found else { continue };
            let (request, response) = (&found["request"], &found["response"]);
            assert_eq!(response["status"], case.status(), "{description}");
            let path = request["path"].as_str().unwrap();
            if case.identifier().is_some() {
                let error = contract.error(response["body"].to_string().as_bytes()).unwrap();
                assert!(case.is_for(&error, request["method"].as_str().unwrap(), path), "{found}");
            } else {
                assert_eq!(response["body"], "", "{description}");
            }
            let body = request["body"].to_string();
            match case.condition() {
                Condition::InvalidRequest => assert!(contract.request(body.as_bytes()).is_err()),
                Condition::BodyAbove(most) => assert!(body.len() as u64 > *most),
                Condition::OtherPath => assert!(contract.address(path).is_err()),
                Condition::OtherMethod => assert_ne!(request["method"], contract.method()),
                Condition::Instance(_) => assert!(contract.request(body.as_bytes()).is_ok()),
                _ => {}
            }
        }
    }
}

#[test]
fn a_provider_state_names_the_instance_and_its_state() {
    let file = file_of(&Contract::default());
    let states = |slug: &str| {
        let found =
            interactions(&file).iter().find(|found| found["description"].as_str().unwrap().ends_with(slug));
        found.unwrap()["providerStates"].clone()
    };
    let state = |name: &str| json!([{ "name": name, "params": { "idInstance": 1_101_000_001 } }]);
    for (slug, expected) in [
        ("two-phones", state("the instance is authorized")),
        ("instance-starting", state("the instance is starting")),
        ("instance-not-authorized", state("the instance is not authorized")),
        ("bad-request-data", state("the instance is authorized")),
        ("wrong-path", json!([])),
    ] {
        assert_eq!(states(slug), expected, "{slug}");
    }
    assert!(Contract::default().path_template().contains("{idInstance}"));
}

#[test]
fn a_rule_matches_the_answer_that_it_stands_beside_as_a_whole() {
    let mut count = 0;
    for contract in contracts() {
        for found in interactions(&file_of(&contract)) {
            let response = &found["response"];
            for (part, root) in [("body", "$."), ("header", "")] {
                let rules = response["matchingRules"][part].as_object();
                let values = &response[if part == "body" { "body" } else { "headers" }];
                for (place, rule) in rules.into_iter().flatten() {
                    let value = &values[place.strip_prefix(root).unwrap()];
                    let matcher = &rule["matchers"][0];
                    assert!(!value.is_null(), "{place}");
                    if let Some(pattern) = matcher["regex"].as_str() {
                        let whole = json!({ "pattern": format!("^(?:{pattern})$") });
                        assert!(jsonschema::is_valid(&whole, value), "{pattern}: {value}");
                        count += 1;
                    }
                }
            }
        }
    }
    assert!(count > 50);
}

#[test]
fn what_is_the_same_each_time_has_no_rule() {
    let file = file_of(&Contract::default());
    for (description, expected) in [
        ("a valid request: two-phones", vec!["$.chatId", "$.created", "$.groupInviteLink"]),
        ("a call that ends with bad-request-data", vec!["$.path", "$.timestamp"]),
        ("a call that ends with wrong-method", vec!["$.path", "$.timestamp"]),
    ] {
        let found = interactions(&file).iter().find(|found| found["description"] == description).unwrap();
        let rules = found["response"]["matchingRules"]["body"].as_object().unwrap();
        assert_eq!(rules.keys().collect::<Vec<_>>(), expected, "{description}");
    }
}

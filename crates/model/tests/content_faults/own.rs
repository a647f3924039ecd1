//! Faults of a contract that somebody else wrote.

use greenapi_model::{AnswerKind, AnswerParts, Body, Contract, RequestParts};
use serde_json::{Value, json};

use super::PATH;

/// The embedded contract with members of its own in a request and in a response, both of which are closed.
fn own() -> Contract {
    let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let call = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post";
    for body in ["requestBody", "responses/200"] {
        let media = document.pointer_mut(&format!("{call}/{body}/content/application~1json")).unwrap();
        let schema = &mut media["schema"];
        schema["additionalProperties"] = json!(false);
        schema["x-evidence"]["additionalProperties"] = json!("assumed");
        schema["properties"]["mood"] =
            json!({"type": "string", "enum": ["good", "bad"], "x-evidence": "assumed"});
        schema["properties"]["sizes"] = json!({
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "x-evidence": "assumed",
            "items": {"type": "integer", "enum": [1, 2, 3], "x-evidence": "assumed"},
        });
        schema["properties"]["note"] =
            json!({"type": "string", "minLength": 0, "maxLength": 3, "x-evidence": "assumed"});
        for example in media["examples"].as_object_mut().unwrap().values_mut() {
            example.as_object_mut().unwrap().remove("x-body");
            example["value"]["mood"] = json!("good");
            example["value"]["sizes"] = json!([1]);
            example["value"]["note"] = json!("hm");
        }
    }
    Contract::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_contract_of_ones_own_has_faults_of_its_own() {
    let contract = own();
    let example = contract.examples(Body::Response)[1].body();
    for (id, from, to) in [
        ("response.mood.enum/wrong-value", "\"good\"", "\"goo\""),
        ("response.sizes.array/wrong-type", "[1]", "\"1\""),
        ("response.sizes.minItems/wrong-value", "[1]", "[]"),
        ("response.sizes.maxItems/wrong-value", "[1]", "[1,1,1]"),
        ("response.sizes.items.integer/null", "[1]", "[null]"),
        ("response.sizes.items.integer/wrong-type", "[1]", "[\"1\"]"),
        ("response.sizes.items.enum/wrong-value", "[1]", "[4]"),
        ("response.note.maxLength/wrong-value", "\"hm\"", "\"hmmm\""),
        ("response.additionalProperties/added", "[1]}", "[1],\"memberThatNobodyNamed\":true}"),
    ] {
        let mut answer = AnswerParts { status: 200, content_type: None, body: example.into() };
        assert!(contract.content_fault(id).unwrap().change(AnswerKind::Success, &mut answer), "{id}");
        assert_eq!(String::from_utf8_lossy(&answer.body), example.replace(from, to), "{id}");
    }
    let body = |mood: &str, sizes: &str| {
        format!(r#"{{"groupName":"x","chatIds":["1@c.us"],"mood":"{mood}","sizes":{sizes}}}"#)
    };
    for (id, body, expected) in [
        ("request.mood.enum/too-strict", body("bad", "[1]"), true),
        ("request.mood.enum/too-strict", body("good", "[1]"), false),
        ("request.sizes.minItems/too-strict", body("good", "[1]"), true),
        ("request.sizes.maxItems/too-strict", body("good", "[1]"), false),
        ("request.sizes.maxItems/too-strict", body("good", "[1, 1]"), true),
        ("request.sizes.items.enum/too-strict", body("good", "[1, 3]"), true),
        ("request.sizes.items.enum/too-strict", body("good", "[1, 2]"), false),
    ] {
        let request = RequestParts { path: PATH, query: None, content_type: None, body: body.as_bytes() };
        assert_eq!(contract.content_fault(id).unwrap().refuses(request), expected, "{id}: {body}");
    }
    // What cannot be broken, or cannot be taken too strictly, has no such fault.
    for id in [
        "response.note.minLength/wrong-value",
        "request.note.minLength/not-enforced",
        "request.object/too-strict",
        "request.sizes.array/too-strict",
    ] {
        assert!(contract.content_fault(id).is_none(), "{id}");
    }
}

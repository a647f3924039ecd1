//! Verifying which calls came.

use greenapi_mock_server::Verification;
use serde_json::{Value, json};

use crate::fixture::{Fixture, VALID};

#[test]
fn what_came_is_verified() {
    let fixture = Fixture::new();
    fixture.create(7, VALID);
    fixture.create(7, VALID);
    fixture.create(8, r#"{"groupName":7,"phones":[1]}"#);
    let check = |path: &str, body: Value, verified: bool, matched: u64| {
        let answer = fixture.ok("POST", path, &body.to_string());
        assert_eq!(
            (&answer["verified"], &answer["matched"]),
            (&verified.into(), &matched.into()),
            "{body}: {answer}"
        );
        assert_eq!(answer["explanation"].is_null(), verified, "{body}: {answer}");
        // What the route takes is what the library takes.
        let same: Verification = serde_json::from_value(body).unwrap();
        if path == "/verify" {
            assert_eq!(same.verify(&fixture.emulation.all_calls()).holds(), verified);
        }
    };
    let created = json!({ "outcome": "created" });
    check("/verify", json!({ "calls": created }), true, 2);
    check("/verify", json!({ "calls": created, "times": { "exactly": 2 } }), true, 2);
    check("/verify", json!({ "calls": created, "times": { "exactly": 1 } }), false, 2);
    check("/verify", json!({ "calls": created, "times": { "atLeast": 1, "atMost": 3 } }), true, 2);
    check("/verify", json!({ "calls": { "instance": 9 }, "times": { "atMost": 0 } }), true, 0);
    check("/verify", json!({ "calls": { "instance": 9 } }), false, 0);
    check(
        "/verify",
        json!({ "calls": { "status": 400, "clause": "error.bad-request-data", "method": "POST" } }),
        true,
        1,
    );
    check("/verify", json!({ "calls": { "body": { "groupName": "x" }, "madeGroup": true } }), true, 2);
    check("/verify", json!({ "calls": { "bodyContains": "phones", "suspectedRetry": true } }), true, 1);
    check("/verify", json!({ "inOrder": [created, { "instance": 8 }] }), true, 2);
    check("/verify", json!({ "inOrder": [{ "instance": 8 }, created] }), false, 1);
    check("/verify", json!({ "nothingBut": [created] }), false, 2);
    check("/instances/7/verify", json!({ "nothingBut": [created] }), true, 2);
    check("/instances/8/verify", json!({ "calls": created }), false, 0);
    let answer = fixture.ok(
        "POST",
        "/verify",
        &json!({ "calls": { "instance": 8, "outcome": "created" } }).to_string(),
    );
    let explanation = answer["explanation"].as_str().unwrap();
    assert!(explanation.contains("/groupName is a number"), "{explanation}");
    fixture.refused("POST", "/instances/9/verify", "{}", (404, "id", "there is no instance 9"));
}

#[test]
fn what_is_no_verification_is_refused() {
    let fixture = Fixture::new();
    let check = |body: Value, pointer: &str, detail: &str| {
        fixture.refused("POST", "/verify", &body.to_string(), (422, pointer, detail));
    };
    for body in [json!({}), json!({ "times": {} }), json!({ "calls": {}, "inOrder": [] })] {
        check(body, "", "a verification is `calls` with `times`, or `inOrder`, or `nothingBut`");
    }
    check(json!({ "call": {} }), "/call", "did you mean `calls`?");
    check(json!({ "calls": { "outcome": "creatd" } }), "/calls", "`creatd`");
    check(json!({ "nothingBut": [{}, { "clause": "response.20" }] }), "/nothingBut/1", "`response.20`");
    check(json!({ "calls": [] }), "/calls", "it has to be an object");
    check(json!({ "calls": {}, "times": 2 }), "/times", "it has to be an object");
    check(json!({ "calls": {}, "times": {} }), "/times", "times are `exactly`");
    check(json!({ "calls": {}, "times": { "exactly": 1, "atMost": 1 } }), "/times", "times are `exactly`");
    check(json!({ "calls": {}, "times": { "atLeast": 2, "atMost": 1 } }), "/times", "times are `exactly`");
    check(json!({ "calls": {}, "times": { "exactly": -1 } }), "/times/exactly", "an integer from 0 on");
    check(
        json!({ "calls": {}, "times": { "once": true } }),
        "/times/once",
        "known are: exactly, atLeast, atMost",
    );
    for (name, value, detail) in [
        ("instance", json!("7"), "an integer from 0 on"),
        ("outcome", json!(7), "it has to be a text"),
        ("status", json!(7), "from 100 to 599"),
        ("clause", Value::Null, "it has to be a text"),
        ("fault", json!([]), "it has to be a text"),
        ("method", json!(7), "it has to be a text"),
        ("bodyContains", json!({}), "it has to be a text"),
        ("madeGroup", json!("yes"), "true or false"),
        ("suspectedRetry", json!(1), "true or false"),
        ("path", json!("/"), "known are: instance"),
    ] {
        check(json!({ "calls": { name: value } }), &format!("/calls/{name}"), detail);
        check(json!({ "inOrder": [{}, { name: value }] }), &format!("/inOrder/1/{name}"), detail);
        check(json!({ "nothingBut": [{ name: value }] }), &format!("/nothingBut/0/{name}"), detail);
    }
}

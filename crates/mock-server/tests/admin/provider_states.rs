//! Provider states, as Pact's verifiers ask for them.

use serde_json::{Value, json};

use crate::fixture::{Fixture, VALID};

fn body(state: &str, action: &str) -> String {
    json!({ "state": state, "params": { "idInstance": "7" }, "action": action }).to_string()
}

#[test]
fn a_state_is_so_until_it_is_torn_down() {
    let fixture = Fixture::new();
    fixture.ok("PUT", "/instances/7", r#"{"script":["starting","starting"],"faults":["wire.latency=1ms"]}"#);
    let messages = |count: usize| -> Vec<Value> {
        (0..count).map(|_| fixture.create(7, VALID).json()["message"].clone()).collect()
    };
    let error = |slug: &str| -> Value {
        fixture.emulation.contract().error_case(slug).unwrap().identifier().unwrap().into()
    };
    for (state, expected) in [
        ("the instance is authorized", vec![Value::Null, Value::Null]),
        ("the instance is starting", vec![error("instance-starting"); 2]),
        ("the instance is not authorized", vec![error("instance-not-authorized"); 2]),
        ("the next call ends with ok", vec![Value::Null, error("instance-not-authorized")]),
    ] {
        let done = fixture.ok("POST", "/provider-states", &body(state, "setup"));
        assert_eq!(done, json!({ "idInstance": 7 }));
        assert_eq!(messages(2), expected, "{state}");
    }
    fixture.ok("POST", "/provider-states", &body("the instance is not authorized", "teardown"));
    let instance = fixture.ok("GET", "/instances/7", "");
    assert_eq!(instance["script"]["steps"], json!(["starting", "starting"]));
    assert_eq!((&instance["state"], &instance["calls"]), (&"authorized".into(), &0.into()));
}

#[test]
fn each_state_and_step_that_is_listed_can_be_asked_for() {
    let fixture = Fixture::new();
    let refused = fixture.admin("POST", "/provider-states", &body("the moon is full", "setup"));
    let detail = refused.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
    let listed: Vec<&str> = detail.split('`').skip(1).step_by(2).collect();
    for state in [
        "the instance is authorized",
        "the instance is starting",
        "the instance is not authorized",
        "the next call ends with bad-request-data",
        "the next call ends with wire.empty-reply",
    ] {
        assert!(listed.contains(&state), "{state}: {listed:?}");
    }
    // A fault that is for all instances alone is no step.
    for state in listed {
        fixture.ok("POST", "/provider-states", &body(state, "setup"));
        fixture.ok("POST", "/provider-states", &body(state, "teardown"));
    }
}

#[test]
fn the_shape_is_that_of_pact() {
    let fixture = Fixture::new();
    for body in [
        r#"{"state":"the instance is starting","params":{"idInstance":7}}"#,
        r#"{"state":"the instance is starting","params":{"idInstance":"7","name":"x"},"consumer":"app","action":"setup"}"#,
        r#"{"state":"","action":"setup"}"#,
        r#"{"state":"","params":{},"action":"teardown"}"#,
    ] {
        fixture.ok("POST", "/provider-states", body);
    }
    for (body, pointer, detail) in [
        (r#"{"params":{"idInstance":7}}"#, "/state", "`state` is required"),
        (r#"{"state":7}"#, "/state", "it has to be a text"),
        (r#"{"state":"the instance is asleep"}"#, "/state", "`the instance is starting`"),
        (r#"{"state":"the next call ends with startin"}"#, "/state", "the nearest is `starting`"),
        (r#"{"state":"the instance is starting"}"#, "/params", "`params` is required"),
        (r#"{"state":"the instance is starting","params":{}}"#, "/params/idInstance", "which instance"),
        (r#"{"state":"the instance is starting","params":[]}"#, "/params", "it has to be an object"),
        (
            r#"{"state":"the instance is starting","params":{"idInstance":"x"}}"#,
            "/params/idInstance",
            "a number in decimal digits",
        ),
        (
            r#"{"state":"the instance is starting","params":{"idInstance":99999999999}}"#,
            "/params/idInstance",
            "the instance 99999999999",
        ),
        (r#"{"state":"","action":"begin"}"#, "/action", "`setup` or `teardown`"),
        (r#"{"state":"","provider":"x"}"#, "/provider", "known are: state, params, action, consumer"),
    ] {
        fixture.refused("POST", "/provider-states", body, (422, pointer, detail));
    }
}

//! Faults that are switched on and off.

use std::sync::Arc;

use greenapi_mock_server::ControlPlane;
use serde_json::json;

use crate::fixture::{Fixture, VALID};

#[test]
fn a_fault_is_switched_on_and_off() {
    let fixture = Fixture::new();
    for scope in ["", "/instances/7"] {
        let path = format!("{scope}/injections");
        let body = r#"{"fault":"wire.latency=500ms","calls":3,"probability":0.5}"#;
        let answer = fixture.admin("POST", &path, body);
        assert_eq!((answer.status, answer.header("location")), (201, Some(&*format!("/__admin{path}/1"))));
        let first = json!({ "number": 1, "fault": "wire.latency=500ms", "calls": 3, "probability": 0.5 });
        assert_eq!(answer.json(), first);
        let second = fixture.ok("POST", &path, r#""wire.garbage""#);
        assert_eq!(
            second,
            json!({ "number": 2, "fault": "wire.garbage", "calls": null, "probability": 1.0 })
        );
        assert_eq!(fixture.ok("GET", &path, "")["injections"], json!([first, second]));
        fixture.ok("DELETE", &format!("{path}/1"), "");
        for number in ["1", "3", "x", "-1"] {
            let gone = (404, "number", "no fault of this number is switched on");
            fixture.refused("DELETE", &format!("{path}/{number}"), "", gone);
        }
        assert_eq!(fixture.ok("GET", &path, "")["injections"], json!([second]));
        fixture.ok("DELETE", &path, "");
        assert_eq!(fixture.ok("GET", &path, "")["injections"], json!([]));
    }
}

#[test]
fn a_fault_strikes_the_next_calls() {
    let fixture = Fixture::new();
    let struck = |instance: u64| -> Vec<bool> {
        let calls = (0..3).map(|_| {
            fixture.create(instance, VALID);
            let entry = &fixture.ok("GET", "/requests?limit=1", "")["requests"][0]["greenapi"];
            entry["faults"] == json!(["wire.latency=1ms"])
        });
        calls.collect()
    };
    let body = r#"{"fault":"wire.latency=1ms","calls":2}"#;
    fixture.ok("POST", "/instances/7/injections", body);
    assert_eq!(struck(8), [false, false, false]);
    assert_eq!(struck(7), [true, true, false]);
    fixture.ok("POST", "/injections", body);
    assert_eq!(struck(8), [true, true, false]);
}

#[test]
fn what_is_no_fault_is_refused() {
    let fixture = Fixture::new();
    for path in ["/injections", "/instances/7/injections"] {
        for (body, pointer, detail) in [
            (r#""wire.latenc""#, "", "the nearest is `wire.latency`"),
            (r#"{"fault":"wire.latenc"}"#, "/fault", "the nearest is `wire.latency`"),
            (r#"{"fault":"wire.garbage=1s"}"#, "/fault", "it takes no parameter"),
            (r#"{"fault":"wire.latency","calls":"3"}"#, "/calls", "an integer from 0 on"),
            (r#"{"fault":"wire.latency","probability":0}"#, "/probability", "above 0 and at most 1"),
            (r#"{"fault":"wire.latency","probability":"1"}"#, "/probability", "it has to be a number"),
            (r#"{"fault":"wire.latency","prob":1}"#, "/prob", "did you mean `probability`?"),
            ("{}", "/fault", "`fault` is required"),
        ] {
            fixture.refused("POST", path, body, (422, pointer, detail));
        }
    }
    let body = r#""wire.close-after-accept""#;
    fixture.refused("POST", "/instances/7/injections", body, (422, "", "for all instances alone"));
}

#[test]
fn a_fault_that_would_close_the_control_plane_for_good_is_refused() {
    let fixture = Fixture::new();
    for body in [r#""wire.close-after-accept""#, r#"{"fault":"close-after-accept"}"#] {
        fixture.refused("POST", "/injections", body, (422, "/calls", "say for how many"));
        let alone = fixture.control_plane("127.0.0.1:0", ControlPlane::new(Arc::clone(&fixture.emulation)));
        alone.ok("POST", "/injections", body);
        alone.ok("DELETE", "/injections", "");
    }
    fixture.ok("GET", "/injections", "");
}

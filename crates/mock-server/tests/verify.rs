//! Verifying which calls came, and the explanations.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use greenapi_mock_server::{
    CallPattern, Emulation, Injection, JournalLimits, Scope, Settings, Times, Verification,
};
use greenapi_model::Contract;
use http::HeaderMap;
use insta::assert_snapshot;
use serde_json::{Value, json};

const VALID: &str = r#"{"groupName":"Hiking","phones":[79001234567]}"#;

fn call(emulation: &Emulation, method: &str, instance: u64, body: &str) {
    let target = format!("/waInstance{instance}/createGroup/s3cret-token");
    let _ = emulation.open(method, &target, &HeaderMap::new()).answer(body.as_bytes());
}

/// Some calls: a group, a refused one, one to a starting instance, the first one again, another method, another path.
fn some_calls() -> Emulation {
    let emulation = Emulation::new(Contract::default()).unwrap();
    call(&emulation, "POST", 1_101_000_001, VALID);
    call(&emulation, "POST", 1_101_000_001, r#"{"groupName":5,"phones":["79001234567", true]}"#);
    call(&emulation, "POST", 1_101_000_002, VALID);
    call(&emulation, "POST", 1_101_000_001, VALID);
    call(&emulation, "DELETE", 1_101_000_001, "");
    let _ = emulation.open("POST", "/waInstance7/sendMessage/s3cret-token", &HeaderMap::new()).answer(b"");
    emulation
}

fn pattern(pattern: Value) -> CallPattern {
    serde_json::from_value(pattern).unwrap()
}

fn explanation(emulation: &Emulation, verification: &Value) -> String {
    let verification: Verification = serde_json::from_value(verification.clone()).unwrap();
    verification.verify(&emulation.all_calls()).explanation().unwrap().to_owned()
}

#[test]
fn a_pattern_matches_what_it_names_and_leaves_the_rest_open() {
    let calls = some_calls().all_calls();
    let check = |given: Value, expected: &[u64]| {
        let pattern = pattern(given);
        let entries = calls.kept.iter().filter(|entry| pattern.matches(entry));
        let matched: Vec<u64> = entries.map(|entry| entry.number()).collect();
        assert_eq!(matched, expected, "{pattern}");
    };
    check(json!({}), &[1, 2, 3, 4, 5, 6]);
    check(json!({"instance": 1_101_000_002}), &[3]);
    check(json!({"instance": 7}), &[]);
    check(json!({"outcome": "created"}), &[1, 4]);
    check(json!({"outcome": "instance-starting"}), &[3]);
    check(json!({"status": 200}), &[1, 4]);
    check(json!({"clause": "response.200"}), &[1, 4]);
    check(json!({"fault": "wire.latency"}), &[]);
    check(json!({"method": "DELETE"}), &[5]);
    check(json!({"body": {}}), &[1, 2, 3, 4]);
    check(json!({"body": {"groupName": "Hiking"}}), &[1, 3, 4]);
    check(json!({"body": {"groupName": "Hiking", "phones": [79_001_234_567_u64]}}), &[1, 3, 4]);
    check(json!({"body": {"phones": []}}), &[]);
    check(json!({"body": null}), &[]);
    check(json!({"bodyContains": "true"}), &[2]);
    check(json!({"madeGroup": true}), &[1, 4]);
    check(json!({"madeGroup": false, "method": "POST"}), &[2, 3, 6]);
    check(json!({"suspectedRetry": true}), &[4]);
    check(json!({"suspectedRetry": false, "outcome": "created"}), &[1]);
}

#[test]
fn a_verification_holds_or_not() {
    let emulation = some_calls();
    let check = |verification: Value, holds: bool, matched: u64| {
        let verification: Verification = serde_json::from_value(verification).unwrap();
        let verified = verification.verify(&emulation.all_calls());
        assert_eq!((verified.holds(), verified.matched()), (holds, matched), "{verification:?}");
        assert_eq!(verified.explanation().is_none(), holds);
    };
    let created = json!({"outcome": "created"});
    let starting = json!({"outcome": "instance-starting"});
    check(json!({"calls": created}), true, 2);
    check(json!({"calls": created, "times": {"exactly": 2}}), true, 2);
    check(json!({"calls": created, "times": {"exactly": 1}}), false, 2);
    check(json!({"calls": created, "times": {"atLeast": 3}}), false, 2);
    check(json!({"calls": created, "times": {"atMost": 2}}), true, 2);
    check(json!({"calls": created, "times": {"atLeast": 1, "atMost": 3}}), true, 2);
    check(json!({"inOrder": []}), true, 0);
    check(json!({"inOrder": [created, created]}), true, 2);
    check(json!({"inOrder": [created, starting, created]}), true, 3);
    check(json!({"inOrder": [created, created, starting]}), false, 2);
    check(json!({"nothingBut": [created]}), false, 2);
    check(json!({"nothingBut": [{}]}), true, 6);
    check(json!({"nothingBut": []}), false, 0);
}

#[test]
fn what_is_not_known_of_is_refused_and_what_is_written_is_read_again() {
    let refused = |verification: Value, expected: &str| {
        let error = serde_json::from_value::<Verification>(verification.clone()).unwrap_err().to_string();
        assert!(error.contains(expected), "{verification}: {error}");
    };
    refused(json!({}), "a verification is `calls` with `times`");
    refused(json!({"calls": {}, "inOrder": []}), "a verification is `calls` with `times`");
    refused(json!({"call": {}}), "unknown field `call`");
    refused(json!({"calls": {"state": "starting"}}), "unknown field `state`");
    refused(json!({"calls": {}, "times": {}}), "times are `exactly`");
    refused(json!({"calls": {}, "times": {"exactly": 1, "atMost": 1}}), "times are `exactly`");
    refused(json!({"calls": {}, "times": {"atLeast": 2, "atMost": 1}}), "times are `exactly`");
    refused(json!({"calls": {}, "times": {"exactly": -1}}), "invalid value");

    let created = CallPattern::created().instance(7).body(json!(null)).made_group(true);
    for verification in [
        Verification::of(created.clone(), Times::exactly(0)),
        Verification::of(created.clone(), Times::at_least(0)),
        Verification::of(created.clone(), Times::at_most(3)),
        Verification::of(created.clone(), Times::between(3, 1)),
        Verification::in_order([created.clone(), CallPattern::any()]),
        Verification::nothing_but([created.clone()]),
    ] {
        let written = serde_json::to_value(&verification).unwrap();
        assert_eq!(
            serde_json::from_value::<Verification>(written.clone()).unwrap(),
            verification,
            "{written}"
        );
    }
}

#[test]
fn too_few_calls_are_explained() {
    let verification = json!({
        "calls": {"instance": 1_101_000_001, "outcome": "created", "body": {"groupName": "Sailing"}},
        "times": {"exactly": 2},
    });
    assert_snapshot!(explanation(&some_calls(), &verification));
}

#[test]
fn too_many_calls_are_explained() {
    let emulation = Emulation::new(Contract::default()).unwrap();
    let long = format!(r#"{{"groupName":"Hiking","phones":[{}]}}"#, ["79001234567"; 40].join(","));
    call(&emulation, "POST", 7, &long);
    call(&emulation, "POST", 8, VALID);
    for _ in 0..9 {
        call(&emulation, "POST", 7, "[]");
    }
    let verification = json!({"calls": {"instance": 7}, "times": {"atMost": 1}});
    assert_snapshot!(explanation(&emulation, &verification));
}

#[test]
fn another_order_is_explained() {
    let verification =
        json!({"inOrder": [{"outcome": "created"}, {"status": 405}, {"outcome": "instance-starting"}]});
    assert_snapshot!(explanation(&some_calls(), &verification));
}

#[test]
fn unexpected_calls_are_explained() {
    let verification = json!({"nothingBut": [{"outcome": "created"}, {"method": "DELETE"}]});
    assert_snapshot!(explanation(&some_calls(), &verification));
}

#[test]
fn calls_that_are_no_longer_known_are_not_taken_for_none() {
    let journal = JournalLimits { entries: 2, ..JournalLimits::default() };
    let emulation =
        Emulation::with(Contract::default(), Settings { journal, ..Settings::default() }).unwrap();
    for _ in 0..5 {
        call(&emulation, "POST", 7, VALID);
    }
    let check = |times: Times, holds: bool| {
        let verified = Verification::of(CallPattern::created(), times).verify(&emulation.all_calls());
        assert_eq!(verified.holds(), holds, "{times}");
    };
    check(Times::at_least(2), true);
    check(Times::at_least(3), false);
    check(Times::exactly(2), false);
    check(Times::at_most(2), false);
    assert!(!Verification::nothing_but([CallPattern::any()]).verify(&emulation.all_calls()).holds());
    assert_snapshot!(explanation(&emulation, &json!({"calls": {}, "times": {"exactly": 2}})));
}

#[test]
fn where_nothing_came_the_explanation_is_one_line() {
    let emulation = Emulation::new(Contract::default()).unwrap();
    let check =
        |verification: Value, expected: &str| assert_eq!(explanation(&emulation, &verification), expected);
    check(json!({"calls": {}}), "expected at least 1 call, but none came");
    check(json!({"calls": {"status": 200}}), "expected at least 1 call with status 200, but none came");
    check(
        json!({"inOrder": [{"status": 200}]}),
        "expected these calls, in this order, but one did not come:\n  with status 200: none",
    );
}

#[test]
fn a_green_verification_is_no_slip() {
    let emulation = Emulation::new(Contract::default()).unwrap();
    let headers = HeaderMap::new();
    let slow = emulation.fault("wire.latency=0.2s").unwrap();
    emulation.inject(Scope::Instance(7.into()), Injection::of(slow)).unwrap();
    for body in [&br#"{"phones":[79001234567]}"#[..], br#"{"groupName":"x","phones":[79001234567.0]}"#] {
        let _ = emulation.open("POST", "/waInstance7/createGroup/t0ken", &headers).answer(body);
    }
    let never = |pattern: CallPattern| {
        pattern.check(&emulation).unwrap();
        Verification::of(pattern, Times::exactly(0)).verify(&emulation.calls(7.into())).holds()
    };
    assert!(!never(CallPattern::any().clause("request.groupName.required")), "a clause of the request");
    assert!(
        !never(CallPattern::any().body(json!({"phones": [79_001_234_567_u64]}))),
        "a number in another spelling"
    );
    for fault in ["wire.latency", "latency", "wire.latency=200ms", "latency=200ms"] {
        assert!(!never(CallPattern::any().fault(fault)), "{fault}");
    }
    let refused = |pattern: CallPattern| pattern.check(&emulation).unwrap_err().to_string();
    assert_eq!(
        refused(CallPattern::any().fault("wire.latency=0.2s")),
        "the fault `wire.latency=0.2s` is written `wire.latency=200ms` here"
    );
    assert_eq!(
        refused(CallPattern::any().method("post")),
        "an HTTP method is in capitals: `POST`, not `post`"
    );
    let journal = JournalLimits { mask_phones: true, ..JournalLimits::default() };
    let settings = Settings { journal, ..Settings::default() };
    let masked = Emulation::with(Contract::default(), settings).unwrap();
    assert!(CallPattern::any().body(json!({"groupName": "x"})).check(&masked).is_err());
}

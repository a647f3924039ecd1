//! The journal, at WireMock's paths and in its shapes.

use greenapi_mock_server::{JournalLimits, Settings};
use serde_json::{Value, json};

use crate::fixture::{Fixture, SECRETS, VALID};

/// Three calls: a group, a refusal, and one to no instance.
fn called(fixture: &Fixture) {
    fixture.create(7, VALID);
    fixture.create(8, r#"{"groupName":7,"phones":[1]}"#);
    fixture.send("GET", &format!("/{}", SECRETS[0]), "", b"");
}

fn numbers(events: &Value) -> Vec<u64> {
    events.as_array().unwrap().iter().map(|event| event["greenapi"]["number"].as_u64().unwrap()).collect()
}

#[test]
fn an_entry_says_what_happened() {
    let fixture = Fixture::new();
    called(&fixture);
    let listed = fixture.ok("GET", "/requests", "");
    assert_eq!(numbers(&listed["requests"]), [3, 2, 1]);
    assert_eq!((&listed["meta"]["total"], &listed["greenapi"]["dropped"]), (&3.into(), &0.into()));
    let created = &listed["requests"][2];
    assert_eq!(created["id"], "00000000-0000-4000-8000-000000000001");
    assert_eq!(created["wasMatched"], true);
    assert_eq!(created["responseDefinition"]["status"], 200);
    let request = &created["request"];
    assert_eq!(request["url"], "/waInstance7/createGroup/$TOKEN");
    assert_eq!(request["absoluteUrl"], "http://localhost/waInstance7/createGroup/$TOKEN");
    assert_eq!((&request["method"], &request["body"]), (&"POST".into(), &VALID.into()));
    assert_eq!(request["bodyAsBase64"], "eyJncm91cE5hbWUiOiJ4IiwicGhvbmVzIjpbNzkwMDEyMzQ1NjddfQ==");
    assert_eq!(request["headers"]["content-type"], "application/json");
    assert_eq!(created["greenapi"]["outcome"], "created");
    assert_eq!(
        (&created["greenapi"]["instance"], &created["greenapi"]["madeGroup"]),
        (&7.into(), &true.into())
    );
    let refused = &listed["requests"][1]["greenapi"];
    assert_eq!(refused["clause"], "error.bad-request-data");
    assert_eq!(refused["violations"][0]["clause"], "request.groupName.string");
    assert_eq!(refused["violations"][0]["pointer"], "/groupName");
    let stray = &listed["requests"][0];
    assert_eq!((&stray["wasMatched"], &stray["greenapi"]["instance"]), (&false.into(), &Value::Null));
    assert_eq!(stray["request"]["url"], "/[16 characters]");
}

#[test]
fn a_repeated_header_has_its_values_and_a_body_its_bytes() {
    let fixture = Fixture::new();
    let path = format!("/waInstance7/createGroup/{}", SECRETS[0]);
    let headers = "X-One: a\r\nX-Two: a\r\nX-Two: b\r\nX-Two: c\r\n";
    fixture.send("POST", &path, headers, b"{\"groupName\":\"\xff\"}");
    fixture.send("POST", &path, "", "x".repeat(1 << 21).as_bytes());
    let listed = fixture.ok("GET", "/requests", "");
    let request = &listed["requests"][1]["request"];
    assert_eq!(request["headers"]["x-one"], "a");
    assert_eq!(request["headers"]["x-two"], json!(["a", "b", "c"]));
    assert_eq!(request["body"], "{\"groupName\":\"\u{fffd}\"}");
    assert_eq!(request["bodyAsBase64"], "eyJncm91cE5hbWUiOiL/In0=");
    assert_eq!(listed["requests"][0]["greenapi"]["bodyKept"], "too-large");
    assert_eq!(listed["requests"][0]["request"]["body"], "");
}

#[test]
fn a_blind_retry_is_flagged() {
    let fixture = Fixture::new();
    fixture.create(7, VALID);
    fixture.create(7, VALID);
    let listed = fixture.ok("GET", "/instances/7/requests", "");
    assert_eq!(listed["requests"][0]["greenapi"]["suspectedRetryOf"], 1);
    assert_eq!(listed["requests"][1]["greenapi"]["suspectedRetryOf"], Value::Null);
}

#[test]
fn the_list_can_be_cut() {
    let fixture = Fixture::new();
    called(&fixture);
    let shown = |path: &str| numbers(&fixture.ok("GET", path, "")["requests"]);
    assert_eq!(shown("/requests?limit=2"), [3, 2]);
    assert_eq!(shown("/requests?limit=0"), [0_u64; 0]);
    fixture.ok("PATCH", "/settings", r#"{"clock":"2030-01-01T00:00:00Z"}"#);
    fixture.create(7, VALID);
    assert_eq!(shown("/requests?since=2029-12-31T23:59:59.999Z"), [4]);
    assert_eq!(shown("/requests?since=2030-01-01+01%3A00%3A00%2B01%3A00"), [0_u64; 0]);
    assert_eq!(shown("/instances/7/requests"), [4, 1]);
    assert_eq!(shown("/instances/7/requests?limit=1"), [4]);
    assert_eq!(shown("/instances/8/requests"), [2]);
}

#[test]
fn one_call_is_shown_and_removed() {
    let fixture = Fixture::new();
    called(&fixture);
    for entry in fixture.ok("GET", "/requests", "")["requests"].as_array().unwrap() {
        let path = format!("/requests/{}", entry["id"].as_str().unwrap());
        assert_eq!(fixture.ok("GET", &path, ""), *entry);
        assert_eq!(fixture.ok("DELETE", &path, ""), json!({}));
        fixture.refused("GET", &path, "", (404, "requestId", "no call of this id"));
        fixture.refused("DELETE", &path, "", (404, "requestId", "no call of this id"));
    }
    assert_eq!(fixture.ok("GET", "/requests", "")["meta"]["total"], 0);
    for id in ["1", "x", "12fb14bb-600e-4bfa-bd8d-be7f12562c99"] {
        fixture.refused("GET", &format!("/requests/{id}"), "", (404, "requestId", "no call of this id"));
    }
}

#[test]
fn the_journal_is_emptied_by_each_of_its_ways() {
    let fixture = Fixture::new();
    for (method, path, left) in [
        ("DELETE", "/requests", 0),
        ("POST", "/requests/reset", 0),
        ("POST", "/reset", 0),
        ("DELETE", "/instances/7/requests", 2),
    ] {
        called(&fixture);
        assert_eq!(fixture.ok(method, path, ""), json!({}));
        assert_eq!(fixture.ok("GET", "/requests", "")["meta"]["total"], left, "{method} {path}");
    }
}

#[test]
fn what_is_no_call_of_the_method_is_unmatched() {
    let fixture = Fixture::new();
    called(&fixture);
    let path = format!("/waInstance7/createGroup/{}", SECRETS[0]);
    for method in ["GET", "OPTIONS", "DELETE"] {
        fixture.send(method, &path, "", b"");
    }
    let unmatched = fixture.ok("GET", "/requests/unmatched", "");
    assert_eq!(numbers(&unmatched["requests"]), [3, 4, 5, 6]);
    assert_eq!(unmatched["requests"][1]["url"], "/waInstance7/createGroup/$TOKEN");
}

#[test]
fn calls_are_counted_found_and_removed_by_a_pattern() {
    let fixture = Fixture::new();
    called(&fixture);
    let pattern = r#"{"method":"POST"}"#;
    assert_eq!(fixture.ok("POST", "/requests/count", pattern)["count"], 2);
    assert_eq!(fixture.ok("POST", "/requests/count", "{}")["count"], 3);
    assert_eq!(numbers(&fixture.ok("POST", "/requests/find", pattern)["requests"]), [1, 2]);
    let removed = fixture.ok("POST", "/requests/remove", pattern);
    assert_eq!(numbers(&removed["serveEvents"]), [1, 2]);
    assert_eq!(fixture.ok("POST", "/requests/count", "{}")["count"], 1);
}

#[test]
fn a_journal_that_keeps_nothing_says_so() {
    let journal = JournalLimits { entries: 0, ..JournalLimits::default() };
    let fixture = Fixture::with(Settings { journal, ..Settings::default() }, |server| server);
    called(&fixture);
    for (method, path) in [("GET", "/requests"), ("POST", "/requests/count"), ("GET", "/requests/unmatched")]
    {
        let answer = fixture.ok(method, path, "{}");
        assert_eq!(answer["requestJournalDisabled"], true, "{path}");
        assert_eq!(answer["greenapi"]["dropped"], 3, "{path}");
    }
}

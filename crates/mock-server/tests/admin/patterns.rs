//! Request patterns: which calls they fit, and which patterns are refused.

use serde_json::{Value, json};

use crate::fixture::{Fixture, SECRETS};

#[test]
fn a_pattern_fits_the_calls_that_it_describes() {
    let fixture = Fixture::new();
    fixture.create(7, r#"{"groupName": "Hiking", "phones": [79001234567, 79001234568]}"#);
    fixture.create(8, r#"{"groupName": "Diving", "chatIds": []}"#);
    fixture.send("GET", "/elsewhere", "X-Test: a\r\nX-Test: b\r\n", b"");
    let check = |pattern: Value, expected: &[u64]| {
        let found = fixture.ok("POST", "/requests/find", &pattern.to_string());
        let found: Vec<u64> = found["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|request| request["greenapi"]["number"].as_u64().unwrap())
            .collect();
        assert_eq!(found, expected, "{pattern}");
    };
    let url = |token: &str| format!("/waInstance7/createGroup/{token}");
    check(json!({}), &[1, 2, 3]);
    check(json!({ "method": "ANY" }), &[1, 2, 3]);
    check(json!({ "method": "POST" }), &[1, 2]);
    check(json!({ "method": "post" }), &[]);
    check(json!({ "url": url("$TOKEN") }), &[1]);
    check(json!({ "url": url(SECRETS[0]) }), &[1]);
    check(json!({ "urlPath": url(SECRETS[0]) }), &[1]);
    check(json!({ "urlPattern": url(SECRETS[0]) }), &[1]);
    check(json!({ "urlPattern": "/waInstance[0-9]+/.*" }), &[1, 2]);
    check(json!({ "urlPathPattern": "/waInstance(7|9)/createGroup/$TOKEN" }), &[1]);
    check(json!({ "url": "/elsewhere" }), &[3]);
    check(json!({ "headers": { "Content-Type": { "contains": "json" } } }), &[1, 2]);
    check(json!({ "headers": { "X-TEST": { "equalTo": "b" } } }), &[3]);
    check(json!({ "headers": { "x-test": { "absent": true } } }), &[1, 2]);
    check(json!({ "bodyPatterns": [] }), &[1, 2, 3]);
    check(json!({ "bodyPatterns": [{ "contains": "Hiking" }] }), &[1]);
    check(json!({ "bodyPatterns": [{ "matches": ".*ing.*" }, { "doesNotMatch": ".*Hik.*" }] }), &[2]);
    check(json!({ "bodyPatterns": [{ "absent": true }] }), &[3]);
    check(json!({ "bodyPatterns": [{ "equalToJson": "{\"chatIds\":[],\"groupName\":\"Diving\"}" }] }), &[2]);
    let phones = json!({ "phones": [79_001_234_568_u64] });
    check(json!({ "bodyPatterns": [{ "equalToJson": phones, "ignoreExtraElements": true }] }), &[]);
    check(
        json!({ "bodyPatterns": [
            { "equalToJson": phones, "ignoreArrayOrder": true, "ignoreExtraElements": true }
        ] }),
        &[1],
    );
    check(
        json!({ "method": "POST", "urlPattern": ".*8/.*", "bodyPatterns": [{ "contains": "Diving" }] }),
        &[2],
    );
}

#[test]
fn a_pattern_that_cannot_be_answered_is_refused() {
    let fixture = Fixture::new();
    let check = |pattern: Value, pointer: &str, detail: &str| {
        for path in ["/requests/count", "/requests/find", "/requests/remove"] {
            fixture.refused("POST", path, &pattern.to_string(), (422, pointer, detail));
        }
    };
    check(json!([]), "", "it has to be an object");
    check(json!({ "uri": "/" }), "/uri", "did you mean `url`?");
    check(json!({ "method": 7 }), "/method", "it has to be a text");
    check(json!({ "url": "/", "urlPath": "/" }), "/urlPath", "there is `url` already");
    check(json!({ "urlPattern": format!("({}", SECRETS[0]) }), "/urlPattern", "unclosed group");
    check(json!({ "queryParameters": {} }), "/queryParameters", "does not keep queries");
    for field in ["cookies", "basicAuthCredentials", "customMatcher", "urlPathTemplate", "clientIp"] {
        check(json!({ field: {} }), &format!("/{field}"), "is not supported");
    }
    check(json!({ "headers": [] }), "/headers", "it has to be an object");
    check(json!({ "headers": { "a": "b" } }), "/headers/a", "it has to be an object");
    check(json!({ "headers": { "a/b": {} } }), "/headers/a~1b", "one of: equalTo");
    check(json!({ "bodyPatterns": {} }), "/bodyPatterns", "it has to be an array");
    check(json!({ "bodyPatterns": [{ "contains": "a" }, {}] }), "/bodyPatterns/1", "one of: equalTo");
    let place = "/bodyPatterns/0/matchesJsonPath";
    check(json!({ "bodyPatterns": [{ "matchesJsonPath": "$.a" }] }), place, "is not supported");
    check(json!({ "bodyPatterns": [{ "matches": "(" }] }), "/bodyPatterns/0/matches", "unclosed group");
    check(json!({ "bodyPatterns": [{ "equalToJson": "{" }] }), "/bodyPatterns/0/equalToJson", "is not JSON");
    let place = "/bodyPatterns/0/ignoreArrayOrder";
    check(json!({ "bodyPatterns": [{ "equalToJson": 1, "ignoreArrayOrder": 1 }] }), place, "true or false");
    check(
        json!({ "bodyPatterns": [{ "equalTo": "a", "ignoreArrayOrder": true }] }),
        place,
        "does not go with",
    );
}

//! Instances: list, read, create, change, remove, and what their calls are then answered.

use serde_json::{Value, json};

use crate::fixture::{Fixture, SECRETS, VALID};

#[test]
fn an_instance_comes_and_goes() {
    let fixture = Fixture::new();
    let answer = fixture.admin("POST", "/instances", r#"{"id":"7","state":"not-authorized"}"#);
    assert_eq!((answer.status, answer.header("location")), (201, Some("/__admin/instances/7")));
    let expected = json!({
        "id": 7, "state": "notAuthorized", "script": { "steps": [], "then": "normal" }, "faults": [],
        "mindsToken": false, "setUp": true, "calls": 0, "groupsMade": 0,
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(fixture.ok("GET", "/instances/7", ""), expected);
    assert_eq!(fixture.create(7, VALID).status, 400);
    fixture.refused("POST", "/instances", r#"{"id":7}"#, (409, "", "PUT /__admin/instances/7"));

    fixture.ok("PUT", "/instances/7/state", r#"{"state":"authorized"}"#);
    assert_eq!(fixture.create(7, VALID).status, 200);
    let groups = fixture.ok("GET", "/instances/7/groups", "");
    assert_eq!((&groups["made"], groups["groups"].as_array().unwrap().len()), (&1.into(), 1));
    let instance = fixture.ok("GET", "/instances/7", "");
    assert_eq!((&instance["calls"], &instance["groupsMade"]), (&2.into(), &1.into()));

    fixture.ok("POST", "/instances/7/reset", "");
    assert_eq!(fixture.ok("GET", "/instances/7", ""), expected);
    let answer = fixture.admin("PUT", "/instances/7", "{}");
    assert_eq!((answer.status, &answer.json()["state"]), (200, &"authorized".into()));
    fixture.ok("DELETE", "/instances/7", "");
    let answer = fixture.admin("PUT", "/instances/7", r#"{"state":"starting"}"#);
    assert_eq!((answer.status, answer.header("location")), (201, Some("/__admin/instances/7")));
}

#[test]
fn what_is_not_there_is_not_found() {
    let fixture = Fixture::new();
    for (method, path) in [
        ("GET", "/instances/7"),
        ("PATCH", "/instances/7"),
        ("DELETE", "/instances/7"),
        ("DELETE", "/instances/7/script"),
        ("POST", "/instances/7/reset"),
        ("GET", "/instances/7/groups"),
        ("GET", "/instances/7/requests"),
        ("DELETE", "/instances/7/requests"),
        ("GET", "/instances/7/injections"),
        ("DELETE", "/instances/7/injections"),
        ("DELETE", "/instances/7/injections/1"),
    ] {
        fixture.refused(method, path, "{}", (404, "id", "there is no instance 7"));
    }
    for id in ["x", "07", "-1", "1.0", "99999999999999999999", "%37"] {
        fixture.refused("PUT", &format!("/instances/{id}"), "{}", (404, "id", "a number in decimal digits"));
    }
}

#[test]
fn instances_are_listed_by_their_ids() {
    let fixture = Fixture::new();
    let total = fixture.emulation.instance_count();
    let ids = |query: &str| -> Vec<u64> {
        let listed = fixture.ok("GET", &format!("/instances{query}"), "");
        assert_eq!(listed["meta"]["total"], total);
        listed["instances"].as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect()
    };
    let all: Vec<u64> = fixture.emulation.instances().iter().map(|view| view.id.number()).collect();
    assert_eq!(ids(""), all);
    assert_eq!(ids("?limit=2"), all[..2]);
    assert_eq!(ids(&format!("?limit=2&after={}", all[1])), all[2..4]);
    assert_eq!(ids(&format!("?after={}", all[total - 1])), Vec::<u64>::new());
}

#[test]
fn a_script_says_how_the_next_calls_end() {
    let fixture = Fixture::new();
    let statuses =
        |count: usize| -> Vec<u16> { (0..count).map(|_| fixture.create(7, VALID).status).collect() };
    let shown = fixture.ok("PUT", "/instances/7/script", r#"["starting","bad-request-data","ok"]"#);
    assert_eq!(shown["script"], json!({ "steps": ["starting", "bad-request-data", "ok"], "then": "normal" }));
    assert_eq!(statuses(4), [400, 400, 200, 200]);
    let body = r#"{"steps":["starting","ok"],"then":"repeat"}"#;
    let shown = fixture.ok("PUT", "/instances/7/script", body);
    assert_eq!(shown["script"]["then"], "repeat");
    assert_eq!(statuses(5), [400, 200, 400, 200, 400]);
    let shown = fixture.ok("DELETE", "/instances/7/script", "");
    assert_eq!(shown["script"], json!({ "steps": [], "then": "normal" }));
    assert_eq!(statuses(2), [200, 200]);
}

#[test]
fn a_change_is_made_as_a_whole_or_not_at_all() {
    let fixture = Fixture::new();
    fixture.ok("PUT", "/instances/7", r#"{"script":["starting"],"faults":["wire.latency=1ms"]}"#);
    let before = fixture.ok("GET", "/instances/7", "");
    fixture.refused(
        "PATCH",
        "/instances/7",
        r#"{"state":"starting","faults":["nothing/such"]}"#,
        (422, "/faults/0", "there is no fault"),
    );
    assert_eq!(fixture.ok("GET", "/instances/7", ""), before);
    let after = fixture.ok("PATCH", "/instances/7", r#"{"state":"starting"}"#);
    assert_eq!((&after["script"], &after["faults"]), (&before["script"], &before["faults"]));
    let after = fixture.ok(
        "PATCH",
        "/instances/7",
        r#"{"script":[],"faults":[{"fault":"wire.latency=2ms","calls":2}]}"#,
    );
    assert_eq!(after["script"]["steps"], json!([]));
    assert_eq!(after["faults"][0]["fault"], "wire.latency=2ms");
    assert_eq!(after["faults"].as_array().unwrap().len(), 1);
}

#[test]
fn a_token_is_taken_and_never_shown() {
    let fixture = Fixture::new();
    let token = SECRETS[1];
    // The contract has to say what is answered to a wrong token.
    let contract = fixture.emulation.contract();
    let says = contract.error_when(&greenapi_model::Condition::OtherToken).is_some();
    let answer = fixture.admin("PUT", "/instances/7", &json!({ "token": token }).to_string());
    assert_eq!(answer.status, if says { 201 } else { 422 }, "{answer:?}");
    if says {
        let call = |token: &str| {
            fixture.send("POST", &format!("/waInstance7/createGroup/{token}"), "", VALID.as_bytes()).status
        };
        assert_eq!(answer.json()["mindsToken"], true);
        assert_eq!((call(token), call(SECRETS[0])), (200, 401));
        assert_eq!(fixture.ok("PATCH", "/instances/7", r#"{"token":null}"#)["mindsToken"], false);
        assert_eq!(call(SECRETS[0]), 200);
    }
    for path in ["/instances", "/instances/7", "/requests", "/instances/7/requests"] {
        fixture.admin("GET", path, "");
    }
    for token in ["", "a/b", "s3cret-of-an-instance\n"] {
        let body = json!({ "token": token }).to_string();
        fixture.refused("PUT", "/instances/7", &body, (422, "/token", "at least one character"));
    }
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let fixture = Fixture::new();
    let check = |method: &str, path: &str, body: Value, pointer: &str, detail: &str| {
        fixture.refused(method, path, &body.to_string(), (422, pointer, detail));
    };
    check("POST", "/instances", json!({}), "/id", "`id` is required");
    check("POST", "/instances", json!({ "id": -1 }), "/id", "a number in decimal digits");
    check("POST", "/instances", json!({ "id": "07" }), "/id", "a number in decimal digits");
    check("POST", "/instances", json!({ "id": null }), "/id", "a number in decimal digits");
    check("POST", "/instances", json!({ "id": 0 }), "/id", "instance 0");
    check("POST", "/instances", json!({ "id": 99_999_999_999_u64 }), "/id", "the instance 99999999999");
    check("PUT", "/instances/99999999999", json!({}), "id", "the instance 99999999999");
    check(
        "PUT",
        "/instances/99999999999/state",
        json!({ "state": "starting" }),
        "id",
        "the instance 99999999999",
    );
    for (field, value, pointer, detail) in [
        ("state", json!(7), "/state", "it has to be a text"),
        ("state", json!("asleep"), "/state", "does not say how createGroup answers"),
        ("sate", json!("starting"), "/sate", "did you mean `state`?"),
        ("token", json!(7), "/token", "it has to be a text"),
        ("script", json!("starting"), "/script", "it has to be an object"),
        ("script", json!([7]), "/script/0", "it has to be a text"),
        ("script", json!(["ok", "startin"]), "/script/1", "the nearest is `starting`"),
        ("script", json!({ "steps": [], "then": "stop" }), "/script/then", "`normal` or `repeat`"),
        ("script", json!({ "then": "repeat" }), "/script/steps", "`steps` is required"),
        ("script", json!({ "steps": {} }), "/script/steps", "it has to be an array"),
        ("script", json!({ "steps": [], "loop": true }), "/script/loop", "known are: steps, then"),
        ("faults", json!("wire.latency"), "/faults", "it has to be an array"),
        ("faults", json!([[]]), "/faults/0", "it has to be an object"),
        ("faults", json!([{}]), "/faults/0/fault", "`fault` is required"),
        ("faults", json!(["wire.latenc"]), "/faults/0", "the nearest is `wire.latency`"),
        ("faults", json!(["wire.latency=soon"]), "/faults/0", "write how late"),
        ("faults", json!([{ "fault": "wire.garbage", "calls": 0 }]), "/faults/0/calls", "from 1 on"),
        (
            "faults",
            json!([{ "fault": "wire.garbage", "probability": 2 }]),
            "/faults/0/probability",
            "at most 1",
        ),
        ("faults", json!(["wire.close-after-accept"]), "/faults", "for all instances alone"),
    ] {
        let body = json!({ field: value });
        check("PUT", "/instances/7", body.clone(), pointer, detail);
        check("PATCH", "/instances/1101000001", body.clone(), pointer, detail);
        let mut with_id = body;
        with_id["id"] = json!(7);
        check("POST", "/instances", with_id, pointer, detail);
    }
    check("PUT", "/instances/7/state", json!({}), "/state", "`state` is required");
    check("PUT", "/instances/7/state", json!({ "state": "asleep" }), "/state", "does not say");
    check("PUT", "/instances/7/script", json!(["startin"]), "/0", "the nearest is `starting`");
    check(
        "PUT",
        "/instances/7/script",
        json!({ "steps": ["startin"] }),
        "/steps/0",
        "the nearest is `starting`",
    );
    assert_eq!(fixture.admin("GET", "/instances/7", "").status, 404);
}

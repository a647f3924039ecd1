//! Health, numbers, settings, reset.

use greenapi_mock_server::{JournalLimits, Settings};

use crate::fixture::{Fixture, SECRETS, VALID};

#[test]
fn health_is_no_part_of_what_is_reset() {
    let fixture = Fixture::new();
    let before = fixture.ok("GET", "/health", "");
    assert_eq!(before["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(fixture.ok("POST", "/reset", ""), serde_json::json!({}));
    let after = fixture.ok("GET", "/health", "");
    assert!(after["uptimeInSeconds"].as_u64() >= before["uptimeInSeconds"].as_u64());
}

#[test]
fn the_numbers_are_those_of_the_calls() {
    let journal = JournalLimits { entries: 1, ..JournalLimits::default() };
    let fixture = Fixture::with(Settings { journal, ..Settings::default() }, |server| server);
    fixture.create(7, VALID);
    fixture.create(7, VALID);
    let answer = fixture.admin("GET", "/metrics", "");
    let instances = fixture.emulation.instance_count();
    for line in [
        "greenapi_mock_calls_total{outcome=\"created\",status=\"200\"} 2",
        "greenapi_mock_groups_made_total 2",
        &format!("greenapi_mock_instances {instances}"),
        "greenapi_mock_journal_dropped 1",
    ] {
        assert!(answer.body.lines().any(|own| own == line), "{line}\n{}", answer.body);
    }
    assert!(answer.body.ends_with("# EOF\n"), "{}", answer.body);
    assert_eq!(answer.body.matches("# EOF").count(), 1);
    assert_eq!(fixture.ok("GET", "/requests", "")["greenapi"]["dropped"], 1);
}

#[test]
fn seed_and_clock_can_be_changed_until_the_reset() {
    let fixture = Fixture::new();
    let before = fixture.ok("GET", "/settings", "");
    assert_eq!((&before["seed"], &before["clock"]), (&0.into(), &"example".into()));
    let changed = fixture.ok("PATCH", "/settings", r#"{"seed":7,"clock":"2030-01-01T00:00:00+03:00"}"#);
    assert_eq!((&changed["seed"], &changed["clock"]), (&7.into(), &"2029-12-31T21:00:00.000Z".into()));
    assert_eq!(fixture.ok("PATCH", "/settings", "{}"), changed);
    assert_eq!(fixture.ok("PATCH", "/settings", r#"{"seed":8.0}"#)["seed"], 8);
    fixture.create(1_101_000_002, VALID);
    let entry = &fixture.ok("GET", "/requests", "")["requests"][0];
    assert_eq!(entry["request"]["loggedDateString"], "2029-12-31T21:00:00.000Z");
    fixture.ok("POST", "/reset", "");
    assert_eq!(fixture.ok("GET", "/settings", ""), before);

    for (body, pointer, detail) in [
        (r#"{"seed":-1}"#, "/seed", "an integer from 0 on"),
        (r#"{"seed":0.5}"#, "/seed", "an integer from 0 on"),
        (r#"{"seed":"7"}"#, "/seed", "an integer from 0 on"),
        (r#"{"clock":7}"#, "/clock", "it has to be a text"),
        (r#"{"seed":9,"clock":"noon"}"#, "/clock", "such as 2020-06-29T12:00:00.000Z"),
        (r#"{"sed":7}"#, "/sed", "did you mean `seed`?"),
        (r#"{"s3cret-of-a-path":7}"#, "", "known are: seed, clock"),
        ("[]", "", "it has to be an object"),
    ] {
        fixture.refused("PATCH", "/settings", body, (422, pointer, detail));
    }
    assert_eq!(fixture.ok("GET", "/settings", ""), before);
}

#[test]
fn a_reset_leaves_what_was_set_up() {
    let fixture = Fixture::new();
    fixture.ok("POST", "/instances", r#"{"id":8,"state":"starting"}"#);
    fixture.ok("PATCH", "/instances/8", r#"{"state":"authorized"}"#);
    fixture.ok("POST", "/injections", r#""wire.latency=1ms""#);
    for instance in [7, 8] {
        fixture.create(instance, VALID);
    }
    fixture.send("GET", &format!("/{}", SECRETS[0]), "", b"");
    assert_eq!(fixture.ok("GET", "/requests", "")["meta"]["total"], 3);
    fixture.ok("POST", "/reset", "");
    assert_eq!(fixture.ok("GET", "/requests", "")["meta"]["total"], 0);
    assert_eq!(fixture.ok("GET", "/injections", "")["injections"], serde_json::json!([]));
    assert_eq!(fixture.admin("GET", "/instances/7", "").status, 404);
    let instance = fixture.ok("GET", "/instances/8", "");
    assert_eq!((&instance["state"], &instance["calls"]), (&"starting".into(), &0.into()));
}

#[test]
fn a_query_that_is_not_known_is_refused() {
    let fixture = Fixture::new();
    for (path, place, detail) in [
        ("/requests?limit=x", "limit", "a number from 0 on"),
        ("/requests?since=noon", "since", "such as 2020-06-29T12:00:00Z"),
        ("/requests?after=1", "", "the parameters here are: limit, since"),
        ("/instances?after=x", "after", "the id of an instance"),
        ("/health?verbose=1", "", "there are no parameters here"),
    ] {
        fixture.refused("GET", path, "", (422, place, detail));
    }
}

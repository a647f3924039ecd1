//! What happened: the journal, the log, the duplicate detector, the numbers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::time::Duration;

use greenapi_mock_server::{
    Behaviour, CallPattern, Clock, Emulation, Entry, Injection, JournalLimits, RecordedBody, Scope, Settings,
    Times, Verification,
};
use greenapi_model::{Body, Contract, InstanceState};
use http::{HeaderMap, HeaderName, HeaderValue};
use support::{Fixture, VALID, create, request};

fn with(settings: Settings) -> Emulation {
    Emulation::with(Contract::default(), settings).unwrap()
}

fn post(emulation: &Emulation, instance: u64, body: &[u8]) {
    let headers = HeaderMap::new();
    let target = format!("/waInstance{instance}/createGroup/t0ken-of-the-test");
    let _ = emulation.open("POST", &target, &headers).answer(body);
}

/// An entry in a line.
fn line(entry: &Entry) -> String {
    let outcome = entry.outcome();
    let clause = outcome.clause().map_or("-", |clause| clause.id());
    let pointers: Vec<&str> = outcome
        .violations()
        .map(|violations| violations.iter().map(|violation| violation.pointer().as_str()).collect())
        .unwrap_or_default();
    let (number, method, path) = (entry.number(), entry.method(), entry.path());
    format!("{number} {method} {path} {} {clause} {pointers:?} {}", outcome.name(), entry.body())
}

#[test]
fn each_call_is_kept_with_what_came_of_it() {
    let fixture = Fixture::new();
    create(&fixture.url, 7, VALID);
    create(&fixture.url, 7, br#"{"groupName": 7, "phones": ["x"]}"#);
    create(&fixture.url, 7, b"\xff\x00");
    create(&fixture.url, 8, &vec![b' '; 102_401]);
    request(&fixture.url, "GET /waInstance7/createGroup/t0ken HTTP/1.1", b"");
    request(&fixture.url, "OPTIONS /waInstance9/createGroup/t0ken?x=y HTTP/1.1", b"");
    request(&fixture.url, "POST /waInstance7/sendMessage/t0ken HTTP/1.1", VALID);
    let lines: Vec<String> = fixture.emulation.all_calls().kept.iter().map(|entry| line(entry)).collect();
    let path = "/waInstance7/createGroup/$TOKEN";
    let valid = str::from_utf8(VALID).unwrap();
    assert_eq!(
        lines,
        [
            format!("1 POST {path} created response.200 [] {valid}"),
            format!(
                "2 POST {path} bad-request-data error.bad-request-data [\"/groupName\", \"/phones/0\"] \
                 {{\"groupName\": 7, \"phones\": [\"x\"]}}"
            ),
            format!("3 POST {path} bad-request-data error.bad-request-data [\"\"] \\xff\\x00"),
            "4 POST /waInstance8/createGroup/$TOKEN request-too-large error.request-too-large [] (too large)"
                .to_owned(),
            format!("5 GET {path} wrong-method error.wrong-method [] (not looked at)"),
            "6 OPTIONS /waInstance9/createGroup/$TOKEN?[3 characters] plain options.204 [] (not looked at)"
                .to_owned(),
            "7 POST /waInstance7/[11 characters]/[5 characters] wrong-path error.wrong-path [\"\"] (not looked at)"
                .to_owned(),
        ]
    );
    let of = |id: u64| fixture.emulation.calls(id.into()).kept.len();
    // The last one named an instance that is not there.
    assert_eq!((of(7), of(8), of(9)), (4, 1, 1));
    assert_eq!(fixture.emulation.stray_calls().kept.len(), 2);
    let entry = fixture.emulation.calls(7.into()).kept[0].clone();
    let headers: Vec<_> = entry.headers().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(headers, ["content-type: application/json", "host: localhost", "content-length: 40"]);
    assert_eq!(entry.time(), "2023-09-13T22:29:37.459Z");
    assert_eq!(entry.body(), RecordedBody::Whole(VALID));
}

#[test]
fn the_time_is_that_of_the_clock() {
    let emulation =
        with(Settings { clock: Clock::fixed("2026-01-02T03:04:05Z").unwrap(), ..Settings::default() });
    post(&emulation, 7, VALID);
    assert_eq!(emulation.calls(7.into()).kept[0].time(), "2026-01-02T03:04:05.000Z");
}

#[test]
fn the_journal_of_each_instance_is_bounded() {
    let journal = JournalLimits { entries: 3, ..JournalLimits::default() };
    let emulation = with(Settings { journal, ..Settings::default() });
    for instance in [7, 7, 7, 7, 7, 8] {
        post(&emulation, instance, VALID);
    }
    let (seven, eight) = (emulation.calls(7.into()), emulation.calls(8.into()));
    assert_eq!((seven.kept.len(), seven.dropped), (3, 2));
    assert_eq!((eight.kept.len(), eight.dropped), (1, 0));
    let all = emulation.all_calls();
    let numbers: Vec<u64> = all.kept.iter().map(|entry| entry.number()).collect();
    assert_eq!((numbers, all.dropped), (vec![3, 4, 5, 6], 2));
    emulation.forget_calls(7.into());
    assert_eq!(emulation.calls(7.into()).kept.len(), 0);
    assert!(emulation.forget_call(&eight.kept[0]) && !emulation.forget_call(&eight.kept[0]));
    assert!(emulation.all_calls().kept.is_empty());
}

#[test]
fn secrets_and_phone_numbers_are_masked() {
    let journal = JournalLimits { mask_phones: true, ..JournalLimits::default() };
    let emulation = with(Settings { journal, ..Settings::default() });
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-copy", "t0ken-of-the-test"),
        ("t0ken-of-the-test", "x"),
        ("authorization", "Bearer other"),
        ("cookie", "session=other"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let target = "/waInstance7/createGroup/t0ken-of-the-test?t0ken-of-the-test";
    let body =
        br#"{"groupName": "t0ken-of-the-test", "phones": [79001234567], "chatIds": ["79001234568@c.us"]}"#;
    let _ = emulation.open("POST", target, &headers).answer(body);
    let calls = emulation.calls(7.into());
    let entry = &calls.kept[0];
    assert_eq!(
        entry.body().text().unwrap(),
        r#"{"groupName": "$TOKEN", "phones": [*********67], "chatIds": ["*********68@c.us"]}"#
    );
    let shown: Vec<_> = entry.headers().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(shown, ["x-copy: $TOKEN", "$TOKEN: x", "authorization: ***", "cookie: ***"]);
}

#[test]
fn the_same_body_again_looks_like_a_blind_retry() {
    let emulation = with(Settings::default());
    let bodies: Vec<&[u8]> = vec![VALID, VALID, br#"{"groupName":"y","phones":[1]}"#, VALID];
    for body in bodies {
        post(&emulation, 7, body);
    }
    post(&emulation, 8, VALID);
    // This one is told to come again.
    post(&emulation, 1_101_000_002, VALID);
    post(&emulation, 1_101_000_002, VALID);
    // These are told that they are not valid.
    post(&emulation, 9, b"{");
    post(&emulation, 9, b"{");
    let found: Vec<_> = emulation
        .all_calls()
        .kept
        .iter()
        .filter_map(|entry| Some((entry.number(), entry.suspected_retry_of()?)))
        .collect();
    assert_eq!(found, [(2, 1), (4, 2), (9, 8)]);
    assert!(emulation.metrics().open_metrics().contains("greenapi_mock_suspected_retries_total 3\n"));

    let off = with(Settings { retry_window: Duration::ZERO, ..Settings::default() });
    post(&off, 7, VALID);
    post(&off, 7, VALID);
    assert!(off.all_calls().kept.iter().all(|entry| entry.suspected_retry_of().is_none()));
}

#[test]
fn calls_are_counted_by_their_outcome() {
    let emulation = with(Settings::default());
    for body in [VALID, VALID, b"{"] {
        post(&emulation, 7, body);
    }
    post(&emulation, 1_101_000_103, VALID);
    let text = emulation.metrics().open_metrics();
    for line in [
        "greenapi_mock_calls_total{outcome=\"created\",status=\"200\"} 2",
        "greenapi_mock_calls_total{outcome=\"bad-request-data\",status=\"400\"} 1",
        "greenapi_mock_calls_total{outcome=\"500-but-created\",status=\"500\"} 1",
        "greenapi_mock_faults_total{fault=\"domain.500-but-created\"} 1",
        "greenapi_mock_groups_made_total 3",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
    emulation.reset();
    assert_eq!(emulation.metrics().open_metrics(), text, "nothing resets the numbers");
}

#[test]
fn the_examples_of_the_contract_are_kept_byte_for_byte() {
    let emulation = with(Settings::default());
    for example in emulation.contract().examples(Body::Request) {
        post(&emulation, 7, example.body().as_bytes());
    }
    let calls = emulation.calls(7.into());
    for (entry, example) in calls.kept.iter().zip(emulation.contract().examples(Body::Request)) {
        assert_eq!(entry.body().bytes(), Some(example.body().as_bytes()), "{}", example.name());
    }
}

#[test]
fn a_token_is_masked_where_it_does_not_belong() {
    let emulation = with(Settings::default());
    let minds = Behaviour::of(InstanceState::Authorized).token("the-right-token".parse().unwrap());
    emulation.set_instance(7.into(), minds).unwrap();
    let check = |target: &str, name: &'static str, value: &'static str, secret: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        let answer = emulation.open("POST", target, &headers).answer(VALID);
        let calls = emulation.all_calls();
        let entry = calls.kept.last().unwrap();
        let explained = Verification::of(CallPattern::created(), Times::exactly(99)).verify(&calls);
        let shown = format!(
            "{entry:?} {answer:?} {:?} {:?}",
            entry.headers().collect::<Vec<_>>(),
            explained.explanation()
        );
        assert!(!shown.to_lowercase().contains(secret), "{target} {name}: {shown}");
        emulation.forget_all_calls();
    };
    let path = "/waInstance8/createGroup/S3cret-Token";
    check(path, "prefer", "example=S3cret-Token", "s3cret-token");
    check(path, "s3cret-token", "x", "s3cret-token");
    check("/waInstance8/createGroup/x?key=S3cret-Token", "x-copy", "a S3cret-Token b", "s3cret-token");
    let wrong = "/waInstance7/createGroup/a-wrong-token";
    check(wrong, "x-token", "the-right-token", "the-right-token");
    check(wrong, "prefer", "example=the-right-token", "the-right-token");
}

#[test]
fn all_journals_together_are_bounded() {
    let limits = JournalLimits { total_bytes: 1 << 20, ..JournalLimits::default() };
    let emulation = with(Settings { journal: limits, ..Settings::default() });
    let mut large = VALID.to_vec();
    large.resize(100_000, b' ');
    for id in 1..=100 {
        post(&emulation, id, &large);
    }
    let calls = emulation.all_calls();
    let bytes: usize = calls.kept.iter().filter_map(|entry| entry.body().bytes().map(<[u8]>::len)).sum();
    assert!(bytes <= 1 << 20, "{bytes}");
    assert_eq!(calls.kept.len(), 100, "what is too large is kept without its body");
    assert_eq!(calls.kept[99].body(), RecordedBody::Omitted);

    let fault = Injection::of(emulation.fault("wire.latency=0s").unwrap());
    for _ in 0..1000 {
        emulation.inject(Scope::Instance(7.into()), fault.clone()).unwrap();
    }
    for _ in 0..100 {
        post(&emulation, 7, VALID);
    }
    assert!(emulation.calls(7.into()).kept.len() < 10, "the faults of a call count too");
}

#[test]
fn a_long_preference_costs_no_time() {
    let emulation = with(Settings::default());
    let mut headers = HeaderMap::new();
    let long = format!("example={}", "a-".repeat(200_000));
    headers.insert(HeaderName::from_static("prefer"), HeaderValue::from_str(&long).unwrap());
    let answer = emulation.open("POST", "/waInstance7/createGroup/t0ken", &headers).answer(VALID);
    assert!(answer.status == 400 && answer.body.len() < 1000, "{}", answer.body.len());
}

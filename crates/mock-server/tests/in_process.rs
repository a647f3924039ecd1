//! The endpoint as a fixture of a test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::cell::RefCell;
use std::io::Write;
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::time::{Duration, Instant};

use greenapi_mock_server::{
    Behaviour, CallPattern, JournalLimits, Limits, MockServer, Scope, Settings, Times, Verification,
};
use greenapi_model::InstanceState;
use insta::assert_snapshot;
use serde_json::json;
use support::{VALID, create, request};

/// How long to wait for what is sure to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long something may take that is to be done at once: less than a server takes that lets calls end.
const AT_ONCE: Duration = Duration::from_secs(5);

thread_local! {
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The message of the panic that a test would fail by, and the file that it points to.
fn failure(test: impl FnOnce()) -> (String, String) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            let file = info.location().map(|location| location.file().to_owned());
            PANICKED_AT.with(|at| *at.borrow_mut() = file);
            usual(info);
        }));
    });
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("the test is to fail");
    let message = panic.downcast_ref::<String>().cloned();
    let message = message.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
    (message.unwrap(), PANICKED_AT.with(RefCell::take).unwrap())
}

/// The report of what does not hold, without what changes with each line of this file.
fn report(test: impl FnOnce()) -> String {
    let mut report = String::new();
    for line in failure(test).0.lines() {
        let line = match line.split_once("in_process.rs:") {
            Some((_, place)) => format!("<the test>: {}", place.split_once(": ").unwrap().1),
            None => line.to_owned(),
        };
        report.push_str(&line);
        report.push('\n');
    }
    report
}

#[test]
fn a_plain_test_steers_calls_and_looks() {
    let server = MockServer::start_blocking();
    let instance = server.instance(7_103_000_001);
    instance.script(["starting", "ok", "500-but-created"]);
    instance.expect(CallPattern::created()).exactly(2);
    instance.expect(CallPattern::any().outcome("instance-starting")).once();
    instance.expect(CallPattern::any().status(500).made_group(true)).at_least(1).and_nothing_else();
    let statuses = [400, 200, 500, 200];
    for expected in statuses {
        assert_eq!(create(server.url(), 7_103_000_001, VALID).status, expected);
    }
    assert_eq!(instance.groups().made, 3);
    assert_eq!(instance.requests().len(), 4);
    assert_eq!(instance.calls_dropped(), 0);
    assert_eq!(server.requests().len(), 4);
    server.verify();
}

#[tokio::test]
async fn an_async_test_does_the_same_also_where_it_blocks() {
    let server = MockServer::start().await;
    let instance = server.instance(7);
    instance.repeat_script(["starting", "ok"]);
    instance.expect_in_order([
        CallPattern::any().outcome("instance-starting"),
        CallPattern::created(),
        CallPattern::any().outcome("instance-starting"),
    ]);
    for _ in 0..3 {
        create(server.url(), 7, VALID);
    }
    let three = Verification::of(CallPattern::any(), Times::exactly(3));
    server.wait_for(three, PATIENCE).await;
}

#[test]
fn an_instance_is_steered() {
    let server = MockServer::start_blocking();
    let instance = server.instance(7);
    let outcome = || {
        create(server.url(), 7, VALID);
        instance.requests().last().unwrap().outcome().name().to_owned()
    };
    assert_eq!(outcome(), "created");
    instance.set_state("starting");
    assert_eq!(outcome(), "instance-starting");
    instance.set_up(Behaviour::of(InstanceState::NotAuthorized));
    assert_eq!((outcome(), instance.groups().made), ("instance-not-authorized".to_owned(), 0));
    instance.set_state("authorized");
    instance.reset();
    assert_eq!(outcome(), "instance-not-authorized");
    server.reset();
    assert_eq!((outcome(), server.requests().len()), ("instance-not-authorized".to_owned(), 1));
}

#[test]
fn faults_are_switched_on_and_off() {
    let server = MockServer::start_blocking();
    let instance = server.instance(1_101_000_002);
    let text = |server: &MockServer| create(server.url(), 1_101_000_002, VALID).head.contains("text/plain");
    assert!(!text(&server));
    let fault = instance.inject("wire.plain-text-error");
    assert!(text(&server));
    fault.withdraw();
    assert!(!text(&server));
    {
        let _guard = server.inject_everywhere("plain-text-error").guard();
        assert!(text(&server));
    }
    assert!(!text(&server));
    instance.inject(server.fault("wire.plain-text-error").calls(1));
    assert!(text(&server));
    assert!(!text(&server));
    server.inject_everywhere(server.fault("plain-text-error").probability(1.0).unwrap());
    assert_eq!(server.emulation().injections(Scope::Everywhere).len(), 1);
    server.expect(CallPattern::any().fault("wire.plain-text-error")).exactly(3);
}

#[test]
fn a_test_that_is_wrong_fails_at_its_own_line() {
    let server = MockServer::start_blocking();
    let instance = server.instance(7);
    let check = |wrong: &dyn Fn(), expected: &str| {
        let (message, file) = failure(wrong);
        assert!(message.starts_with(expected), "{message}");
        assert!(file.ends_with("in_process.rs"), "{message} at {file}");
    };
    check(&|| instance.script(["startin"]), "no call ends with `startin`; the nearest is `starting`");
    check(&|| instance.repeat_script(["ok", "nonsense"]), "no call ends with `nonsense`");
    check(&|| instance.set_state("asleep"), "the contract 2020-06-29 does not say how createGroup answers");
    check(
        &|| drop(instance.inject("wire.latancy")),
        "there is no fault `wire.latancy`; the nearest is `wire.lat",
    );
    check(&|| drop(instance.inject("close-after-accept")), "the fault `wire.close-after-accept` can be");
    check(&|| drop(server.inject_everywhere("x")), "there is no fault `x`");
    check(&|| drop(server.fault("wire.latency=x")), "the fault `wire.latency`: ");
    let outcome = CallPattern::any().outcome("instance-startin");
    check(
        &|| drop(server.expect(outcome.clone())),
        "there is no outcome `instance-startin`; the nearest is `inst",
    );
    let in_order = || {
        instance.expect_in_order([CallPattern::any().clause("response.201")]);
    };
    check(&in_order, "there is no clause `response.201`; the nearest is `response.200`");
    let wait =
        || server.wait_for_blocking(Verification::of(CallPattern::any(), Times::at_least(1)), Duration::ZERO);
    check(&wait, "after 0ns: expected at least 1 call, but none came");
    let unemulable = Behaviour::of(InstanceState::Other("asleep".into()));
    let builder = MockServer::builder().instance(8, unemulable);
    check(
        &|| drop(builder.clone().start_blocking()),
        "the mock server cannot start: the contract 2020-06-29",
    );
    check(&|| drop(builder.clone().start()), "the mock server cannot start: the contract 2020-06-29");
}

#[test]
fn what_is_expected_is_verified_when_the_server_is_dropped() {
    let report = report(|| {
        let server = MockServer::start_blocking();
        let instance = server.instance(1_101_000_001);
        instance.expect(CallPattern::created().body(json!({"groupName": "x"}))).exactly(2).and_nothing_else();
        create(server.url(), 1_101_000_001, VALID);
        create(server.url(), 1_101_000_001, br#"{"groupName":"x","phones":["79001234567"]}"#);
        create(server.url(), 1_101_000_002, VALID);
    });
    assert_snapshot!(report);
}

#[test]
fn what_is_expected_is_verified_earlier_if_asked_and_reported_once() {
    let server = MockServer::start_blocking();
    server.expect(CallPattern::any().instance(7)).never();
    server.verify();
    create(server.url(), 7, VALID);
    assert_snapshot!(report(|| server.verify()));
    server.verify();
}

#[test]
fn nothing_else_is_what_no_expectation_of_the_server_is_about() {
    let check = |called: u64, whole: bool, holds: bool| {
        let server = MockServer::start_blocking();
        server.instance(7).expect(CallPattern::any()).at_least(0);
        server.instance(8).expect(CallPattern::any()).at_most(1);
        if whole {
            server.expect(CallPattern::any().status(500)).never().and_nothing_else();
        } else {
            server.instance(7).expect(CallPattern::any().status(500)).never().and_nothing_else();
        }
        create(server.url(), called, VALID);
        assert_eq!(catch_unwind(AssertUnwindSafe(|| drop(server))).is_ok(), holds, "{called} {whole}");
    };
    check(7, false, true);
    check(8, false, true);
    check(9, false, true);
    check(7, true, true);
    check(8, true, true);
    check(9, true, false);
}

#[test]
fn a_test_that_fails_already_fails_by_its_own_message() {
    let (message, _) = failure(|| {
        let server = MockServer::start_blocking();
        server.expect(CallPattern::created()).once();
        panic!("the test's own");
    });
    assert_eq!(message, "the test's own");
}

#[test]
fn calls_to_an_instance_that_is_not_there_are_its_calls() {
    let server = MockServer::builder().strict().start_blocking();
    let instance = server.instance(7);
    instance.expect(CallPattern::any().outcome("wrong-path")).once().and_nothing_else();
    assert_eq!(create(server.url(), 7, VALID).status, 403);
    assert_eq!(create(server.url(), 8, VALID).status, 403);
    assert_eq!((instance.requests().len(), server.requests().len()), (1, 2));
}

#[test]
fn a_server_can_be_shared_by_threads() {
    fn check<T: Send + Sync>() {}
    check::<MockServer>();
}

#[test]
fn a_reset_forgets_what_was_expected() {
    let server = MockServer::start_blocking();
    server.expect(CallPattern::created()).once();
    server.reset();
}

#[test]
fn two_servers_do_not_see_each_other() {
    std::thread::scope(|scope| {
        for calls in [1, 2, 3] {
            scope.spawn(move || {
                let server = MockServer::start_blocking();
                server.instance(7).expect(CallPattern::created()).exactly(calls).and_nothing_else();
                server.instance(7).set_state("authorized");
                for _ in 0..calls {
                    assert_eq!(create(server.url(), 7, VALID).status, 200);
                }
            });
        }
    });
}

#[test]
fn a_server_is_dropped_at_once_while_calls_are_under_way() {
    let server = MockServer::start_blocking();
    let connect = || TcpStream::connect(server.url().strip_prefix("http://").unwrap()).unwrap();
    // One has sent nothing, one a part of a head, one a part of a body; one waits for its answer, and one will never get it.
    let mut streams = [connect(), connect(), connect(), connect(), connect()];
    let head = "POST /waInstance7/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\n";
    write!(streams[1], "{head}").unwrap();
    write!(streams[2], "{head}Content-Length: 100\r\n\r\n{{").unwrap();
    let length = VALID.len();
    write!(streams[3], "{head}Prefer: wait=60\r\nContent-Length: {length}\r\n\r\n").unwrap();
    streams[3].write_all(VALID).unwrap();
    write!(streams[4], "{head}Prefer: example=wire.no-answer\r\nContent-Length: {length}\r\n\r\n").unwrap();
    streams[4].write_all(VALID).unwrap();
    let two = Verification::of(CallPattern::any(), Times::exactly(2));
    server.wait_for_blocking(two, PATIENCE);
    let start = Instant::now();
    drop(server);
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

#[test]
fn who_waits_for_a_call_is_told() {
    let server = MockServer::start_blocking();
    for number in 1..=20 {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let groups = Verification::of(CallPattern::created(), Times::exactly(number));
                server.wait_for_blocking(groups, PATIENCE);
            });
            create(server.url(), 7, VALID);
            waiting.join().unwrap();
        });
    }
}

#[test]
fn the_builder_sets_what_it_says() {
    let server = MockServer::builder()
        .settings(Settings { groups_kept: 1, ..Settings::default() })
        .seed(7)
        .strict()
        .journal(JournalLimits { entries: 2, ..JournalLimits::default() })
        .instance(7, Behaviour::of(InstanceState::Authorized))
        .start_blocking();
    for _ in 0..3 {
        assert_eq!(create(server.url(), 7, VALID).status, 200);
    }
    assert_eq!(create(server.url(), 8, VALID).status, 403);
    let instance = server.instance(7);
    assert_eq!((instance.requests().len(), instance.calls_dropped()), (2, 1));
    assert_eq!((server.requests().len(), server.calls_dropped()), (3, 1));
    assert_eq!((instance.groups().made, instance.groups().kept.len()), (3, 1));
    assert_eq!(server.emulation().seed(), 7);
    let debug = format!("{server:?}");
    assert!(debug.contains("http://127.0.0.1:"), "{debug}");
}

#[test]
fn the_builder_sets_how_it_is_served() {
    let limits = Limits { body_bytes: Some(VALID.len() as u64), ..Limits::default() };
    let origin = "https://app.example".parse().unwrap();
    let server = MockServer::builder().limits(limits).cors([origin]).start_blocking();
    let head = "POST /waInstance7/createGroup/t0ken HTTP/1.1\r\nOrigin: https://app.example";
    let answer = request(server.url(), head, VALID);
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("access-control-allow-origin: https://app.example"), "{}", answer.head);
    assert_eq!(create(server.url(), 7, &[VALID, b" "].concat()).status, 413);
}

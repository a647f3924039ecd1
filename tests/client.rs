//! The client against the mock: with every fault that the mock offers, alone and mixed, and as every test instance.
//!
//! The mock knows how many groups a call made, so it says whether what the client says of that is true.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use greenapi_mock_server::{MockInstance, MockServer};
use greenapi_model::{CreateGroup, Group};
use greenapi_transport::{Client, Clock, Error, RetryPolicy, SystemClock};
use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio::time::Instant;

/// The system's time, but that nobody waits between two attempts.
struct Impatient;

impl Clock for Impatient {
    fn now(&self) -> Instant {
        SystemClock.now()
    }

    fn system_time(&self) -> SystemTime {
        SystemClock.system_time()
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A client that waits for no answer longer than this.
fn client(server: &MockServer, id: u64, policy: RetryPolicy, deadline: Duration) -> Client {
    Client::builder(id, "any-token".parse().unwrap())
        .api_url(server.url())
        .retry(policy)
        .deadline(deadline)
        .clock(Impatient)
        .build()
        .unwrap()
}

/// One call, and how many groups it made.
fn called(runtime: &Runtime, client: &Client, instance: &MockInstance<'_>) -> (Result<Group, Error>, u64) {
    let before = instance.groups().made;
    let request = CreateGroup::named("Hiking").phone(79_001_234_567).chat_id("79001234568@c.us");
    let result = runtime.block_on(client.create_group(&request));
    (result, instance.groups().made - before)
}

/// Whether what the client says of a call is true of the groups that it made.
fn is_true(result: &Result<Group, Error>, made: u64) -> bool {
    match result {
        Ok(group) => group.created() && made == 1,
        Err(error) if error.is_ambiguous() => made <= 1,
        Err(_) => made == 0,
    }
}

/// What no client waits for to its end here.
const SLOW: [&str; 3] = ["wire.latency", "wire.dribble", "wire.no-answer"];

#[test]
fn with_every_fault_of_the_mock_the_client_says_truly_whether_there_is_a_group() {
    let server = MockServer::start_blocking();
    let runtime = runtime();
    let faults: Vec<String> = server.emulation().faults().iter().map(|fault| fault.id().to_owned()).collect();
    assert!(faults.len() > 100, "{} faults", faults.len());
    let mut wrong = Vec::new();
    let mut id = 7_103_000_000;
    for fault in &faults {
        for state in ["authorized", "starting", "notAuthorized"] {
            id += 1;
            let instance = server.instance(id);
            instance.set_state(state);
            let injected = if fault == "wire.close-after-accept" {
                server.inject_everywhere(fault.as_str())
            } else {
                instance.inject(fault.as_str())
            };
            let patient = client(&server, id, RetryPolicy::default(), Duration::from_secs(30));
            let is_slow = SLOW.contains(&fault.as_str());
            let hasty = || client(&server, id, RetryPolicy::default(), Duration::from_millis(100));
            let (result, made) =
                called(&runtime, &if is_slow { hasty() } else { patient.clone() }, &instance);
            if !is_true(&result, made) {
                wrong.push(format!("{fault} where {state}: {made} groups, {result:?}"));
            }
            injected.withdraw();
            // Whatever it was, the next call is none the worse for it.
            instance.set_state("authorized");
            let (result, _) = called(&runtime, &patient, &instance);
            assert!(result.is_ok(), "after {fault}: {result:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How a call may end, a step a call. Latencies are short, and what never ends is ended by the deadline.
const STEPS: [&str; 22] = [
    "ok",
    "ok",
    "starting",
    "starting",
    "not-authorized",
    "bad-request-data",
    "wrong-token",
    "wire.latency=uniform(0ms,60ms)",
    "wire.reset-before-response",
    "wire.reset-inside-response",
    "wire.empty-reply",
    "wire.garbage",
    "wire.short-body",
    "wire.no-answer",
    "domain.not-created",
    "domain.no-invite-link",
    "domain.500-but-created",
    "domain.too-many-requests",
    "domain.quota-exceeded",
    "domain.rate-overlimit",
    "domain.internal-server-error",
    "domain.bad-gateway",
];

/// The safe policies, and whether the mock may take what they do for a blind retry: 429 is not an invitation.
fn safe_policies() -> [(RetryPolicy, bool); 4] {
    let often = || RetryPolicy::default().attempts(6);
    [
        (RetryPolicy::never(), false),
        (RetryPolicy::default(), false),
        (often(), false),
        (often().rate_limited(), true),
    ]
}

fn script() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(&STEPS[..]), 1..8)
}

/// An instance with this script, which has made no call yet.
fn scripted<'s>(server: &'s MockServer, script: &[&str]) -> MockInstance<'s> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let instance = server.instance(7_200_000_000 + NEXT.fetch_add(1, Ordering::Relaxed) as u64);
    instance.script(script.iter().copied());
    instance
}

const SHORT: Duration = Duration::from_millis(50);

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_call_never_makes_two_groups_under_a_safe_policy(script in script(), policy in prop::sample::select(safe_policies().to_vec())) {
        let server = MockServer::start_blocking();
        let runtime = runtime();
        let (policy, may_look_blind) = policy;
        let instance = scripted(&server, &script);
        let client = client(&server, instance.id().number(), policy, SHORT);
        let (result, made) = called(&runtime, &client, &instance);
        prop_assert!(is_true(&result, made), "{:?}: {} groups, {:?}", script, made, result);
        let blind = instance.requests().iter().filter(|call| call.suspected_retry_of().is_some()).count();
        prop_assert!(may_look_blind || blind == 0, "{:?}: {} blind retries", script, blind);
    }
}

/// The same script, and the policy that is named for it: so the property above can fail.
#[test]
fn one_call_makes_two_groups_under_the_policy_that_is_named_for_it() {
    let server = MockServer::start_blocking();
    let instance = scripted(&server, &["domain.500-but-created", "wire.reset-before-response", "ok"]);
    let policy = RetryPolicy::default().even_if_two_groups();
    let client = client(&server, instance.id().number(), policy, Duration::from_secs(5));
    let (result, made) = called(&runtime(), &client, &instance);
    assert_eq!((result.is_ok(), made), (true, 3));
}

/// The service answers such a body without reading it.
#[test]
fn a_request_that_is_too_large_is_told_so() {
    let server = MockServer::start_blocking();
    let client = client(&server, 1_101_000_001, RetryPolicy::default(), Duration::from_secs(5));
    let chat_ids = (0..100_000).map(|number| format!("7900{number:07}@c.us"));
    let request = CreateGroup::named("Everybody").participants(chat_ids, [0_u64; 0]).unwrap();
    let error = runtime().block_on(client.create_group(&request)).unwrap_err();
    assert_eq!((error.slug(), error.is_ambiguous()), (Some("request-too-large"), false), "{error:?}");
    assert_eq!(server.instance(1_101_000_001).groups().made, 0);
}

#[test]
fn each_test_instance_is_to_the_client_what_it_is_called() {
    let server = MockServer::start_blocking();
    let runtime = runtime();
    let check = |id: u64, expected: &str| {
        let instance = server.instance(id);
        let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
        let never_answers = id == 1_101_000_208;
        let deadline = Duration::from_millis(if never_answers { 300 } else { 30_000 });
        let client = client(&server, id, policy, deadline);
        let (result, made) = called(&runtime, &client, &instance);
        assert!(is_true(&result, made), "{id}: {made} groups, {result:?}");
        let said = match result {
            Err(error) => error.to_string(),
            Ok(group) if group.group_invite_link().as_str().is_empty() => "a group without a link".to_owned(),
            Ok(_) => "a group".to_owned(),
        };
        assert_eq!(said, expected, "{id}");
    };
    let lost = "the connection failed before the response was complete; the group may exist";
    check(1_101_000_001, "a group");
    check(1_101_000_002, "HTTP 400: instance in starting process try later, at the last of 4 attempts");
    check(1_101_000_003, "HTTP 400: instance account not authorized");
    check(1_101_000_004, "a group");
    check(1_101_000_005, "HTTP 401 with an empty body");
    check(1_101_000_101, "the service made no group, and answered 200");
    check(1_101_000_102, "a group without a link");
    check(1_101_000_103, "HTTP 500: Internal Server Error; the group may exist");
    check(1_101_000_104, "HTTP 429: Too Many Requests");
    check(1_101_000_105, "HTTP 466: the quota is exceeded, 100 calls of 100 are used");
    check(1_101_000_106, "HTTP 500: rate overlimit; the group may exist");
    check(1_101_000_107, "HTTP 500: Internal Server Error; the group may exist");
    check(1_101_000_108, "HTTP 502 with a page of HTML; the group may exist");
    check(1_101_000_109, "HTTP 400: instance in starting process try later, at the last of 4 attempts");
    check(1_101_000_201, "a group");
    check(1_101_000_202, lost);
    check(1_101_000_203, lost);
    check(1_101_000_204, lost);
    check(1_101_000_205, "what came back is not HTTP; the group may exist");
    check(1_101_000_206, lost);
    check(1_101_000_207, "a group");
    check(1_101_000_208, "the time was over while waiting for an answer; the group may exist");
    check(1_101_000_301, "HTTP 500: Internal Server Error; the group may exist");
    check(1_101_000_302, "HTTP 429: Too Many Requests");
    check(1_101_000_303, lost);
    let ids = server.emulation().test_instances().len();
    assert_eq!(ids, 25, "each of them is checked");
}

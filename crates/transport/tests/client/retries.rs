//! Which calls are made again, how often, and how long is waited before.

use std::sync::Arc;
use std::time::Duration;

use greenapi_model::{ApiErrorKind, Group};
use greenapi_transport::{Error, ErrorKind, RetryPolicy};

use crate::given::{MADE, TestClock, answer, builder, envelope, request};
use crate::server::Server;

/// What became of one call.
struct Outcome {
    result: Result<Group, Error>,
    requests: usize,
    /// In milliseconds.
    waits: Vec<u128>,
}

/// One call with the deadline of a minute, to a server that gives these answers one after the other, and then the last one.
async fn called(policy: RetryPolicy, chance: f64, answers: &[String]) -> Outcome {
    let answers: Arc<[String]> = answers.into();
    let counter = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let server = Server::start(move |mut peer, _| {
        let (answers, counter) = (Arc::clone(&answers), Arc::clone(&counter));
        async move {
            while peer.request().await.is_some() {
                let number = counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                peer.write(answers[number.min(answers.len() - 1)].as_bytes()).await;
            }
        }
    })
    .await;
    let clock = TestClock::default();
    let client =
        builder(&server.url).retry(policy).clock(clock.clone()).chance(move || chance).build().unwrap();
    let result = client.create_group(&request()).await;
    let waits = clock.slept().iter().map(Duration::as_millis).collect();
    Outcome { result, requests: server.requests(), waits }
}

fn made() -> String {
    answer("200 OK", "", MADE)
}

fn starting(headers: &str) -> String {
    answer("400 Bad Request", headers, &envelope(400, "instance in starting process try later"))
}

fn too_many() -> String {
    answer("429 Too Many Requests", "", "")
}

fn failed() -> String {
    answer("500 Internal Server Error", "", &envelope(500, "Internal Server Error"))
}

fn bad_request() -> String {
    answer("400 Bad Request", "", &envelope(400, "bad request data"))
}

#[tokio::test]
async fn an_instance_that_is_starting_is_waited_for() {
    let check = async |chance: f64, answers: &[String], requests: usize, waits: &[u128]| {
        let outcome = called(RetryPolicy::default(), chance, answers).await;
        assert_eq!((outcome.requests, &outcome.waits[..]), (requests, waits));
        outcome.result
    };
    let group = check(1.0, &[starting(""), starting(""), made()], 3, &[1_000, 2_000]).await.unwrap();
    assert!(group.created());
    assert!(check(0.0, &[starting(""), starting(""), made()], 3, &[500, 1_000]).await.is_ok());
    assert!(check(0.5, &[starting(""), made()], 2, &[750]).await.is_ok());

    let error = check(1.0, &[starting("")], 4, &[1_000, 2_000, 4_000]).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api(ApiErrorKind::InstanceStarting), 4));
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "HTTP 400: instance in starting process try later, at the last of 4 attempts"
    );
}

#[tokio::test]
async fn retry_after_is_waited_for_where_it_is_longer() {
    let check = async |retry_after: &str, waits: &[u128], comes_again: bool| {
        let first = starting(&format!("retry-after: {retry_after}\r\n"));
        let outcome = called(RetryPolicy::default(), 1.0, &[first, made()]).await;
        assert_eq!((&outcome.waits[..], outcome.result.is_ok()), (waits, comes_again), "{retry_after}");
        assert_eq!(outcome.requests, 1 + usize::from(comes_again));
    };
    check("0", &[1_000], true).await;
    check("5", &[5_000], true).await;
    check("Mon, 29 Jun 2020 12:00:20 GMT", &[20_000], true).await;
    check("Mon, 29 Jun 2020 11:00:00 GMT", &[1_000], true).await;
    check("soon", &[1_000], true).await;
    // Beyond the deadline there is no wait at all.
    check("60", &[], false).await;
    check("99999999999", &[], false).await;
}

#[tokio::test]
async fn no_wait_goes_beyond_the_deadline() {
    let patient =
        RetryPolicy::default().attempts(100).backoff(Duration::from_secs(8), Duration::from_secs(30));
    let outcome = called(patient, 1.0, &[starting("")]).await;
    assert_eq!(outcome.waits, [8_000, 16_000, 30_000]);
    assert_eq!((outcome.requests, outcome.result.unwrap_err().attempts()), (4, 4));
}

#[tokio::test]
async fn what_is_not_certain_is_not_made_again() {
    let not_created = answer("200 OK", "", r#"{"created":false,"chatId":"","groupInviteLink":""}"#);
    let check = async |policy: RetryPolicy, first: String, requests: usize| {
        let outcome = called(policy, 1.0, &[first.clone(), made()]).await;
        assert_eq!((outcome.requests, outcome.result.is_ok()), (requests, requests == 2), "{first}");
    };
    let default = RetryPolicy::default;
    for policy in [default(), default().rate_limited()] {
        check(policy.clone(), failed(), 1).await;
        check(policy.clone(), answer("500 Internal Server Error", "", "rate overlimit"), 1).await;
        check(policy.clone(), answer("503 Service Unavailable", "retry-after: 1\r\n", ""), 1).await;
        check(policy.clone(), answer("200 OK", "", ""), 1).await;
        check(policy.clone(), bad_request(), 1).await;
        check(policy, not_created.clone(), 1).await;
    }
    check(default(), too_many(), 1).await;
    check(default().rate_limited(), too_many(), 2).await;
    check(RetryPolicy::never(), starting(""), 1).await;

    // By its name alone.
    let named = || default().even_if_two_groups();
    check(named(), failed(), 2).await;
    check(named(), answer("200 OK", "", ""), 2).await;
    check(named(), too_many(), 1).await;
    check(named(), bad_request(), 1).await;
    check(named(), not_created, 1).await;
}

#[tokio::test]
async fn an_attempt_that_may_have_made_a_group_is_not_forgotten() {
    let outcome = called(RetryPolicy::default().even_if_two_groups(), 1.0, &[failed(), bad_request()]).await;
    let error = outcome.result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Api(ApiErrorKind::BadRequestData));
    assert!(error.is_ambiguous() && !error.is_retryable());
    assert_eq!(
        error.to_string(),
        "HTTP 400: bad request data, at the last of 2 attempts; the group may exist"
    );
}

#[tokio::test]
async fn a_service_that_is_not_reached_is_tried_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let clock = TestClock::default();
    let client = builder(&url).clock(clock.clone()).chance(|| 1.0).build().unwrap();
    let error = client.create_group(&request()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), clock.slept().len()), (ErrorKind::Connect, 4, 3));
    assert!(error.is_retryable() && !error.is_ambiguous());
    assert_eq!(error.to_string(), "could not connect, at the last of 4 attempts");
    assert!(std::error::Error::source(&error).is_some());
}

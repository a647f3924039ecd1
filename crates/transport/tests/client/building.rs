//! What a client is built from, and what it makes of it on the wire.

use std::time::Duration;

use greenapi_model::CreateGroup;
use greenapi_transport::{Client, ErrorKind, RetryPolicy};
use tokio::sync::mpsc;

use crate::given::{PATH, TOKEN, builder, client, made, request};
use crate::server::Server;

/// What one call sends below this path of the server, with `HOST` for its address.
async fn sent(prefix: &str, request: &CreateGroup, user_agent: Option<&str>) -> String {
    let (arrived, mut arrivals) = mpsc::channel(1);
    let server = Server::start(move |mut peer, _| {
        let arrived = arrived.clone();
        async move {
            arrived.send(peer.request().await.unwrap()).await.unwrap();
            peer.write(made()).await;
        }
    })
    .await;
    let mut builder = builder(&format!("{}{prefix}", server.url));
    if let Some(agent) = user_agent {
        builder = builder.user_agent(agent);
    }
    builder.build().unwrap().create_group(request).await.unwrap();
    let text = String::from_utf8(arrivals.recv().await.unwrap()).unwrap();
    text.replace(server.url.trim_start_matches("http://"), "HOST")
}

#[tokio::test]
async fn a_call_is_this_request() {
    let request = CreateGroup::named("Поход «пятница» 🏔").phone(79_001_234_567).chat_id("79001234568@c.us");
    let body = r#"{"groupName":"Поход «пятница» 🏔","chatIds":["79001234568@c.us"],"phones":[79001234567]}"#;
    let agent = concat!("greenapi-transport/", env!("CARGO_PKG_VERSION"));
    let length = body.len();
    assert_eq!(
        sent("", &request, None).await,
        format!(
            "POST {PATH} HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\naccept: application/json\r\n\
             user-agent: {agent}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    );
    assert!(sent("", &request, Some("a/1")).await.contains("user-agent: a/1\r\n"));
}

#[tokio::test]
async fn the_path_stands_behind_that_of_the_url() {
    for (prefix, line) in [
        ("", format!("POST {PATH} HTTP/1.1")),
        ("/", format!("POST {PATH} HTTP/1.1")),
        ("/a/b", format!("POST /a/b{PATH} HTTP/1.1")),
        ("/a/b/", format!("POST /a/b{PATH} HTTP/1.1")),
    ] {
        assert_eq!(sent(prefix, &request(), None).await.lines().next(), Some(line.as_str()));
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_a_reason() {
    let check = |built: Result<Client, greenapi_transport::Error>, message: &str| {
        let error = built.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Invalid, 0));
        assert!(!error.is_ambiguous() && !error.is_retryable());
        assert_eq!(error.to_string(), message);
    };
    let at = |url: &str| builder(url).build();
    check(at(""), "invalid base url: it does not parse");
    check(at("api.green-api.com"), "invalid base url: it does not begin with http:// or https://");
    check(at("ftp://host"), "invalid base url: it does not begin with http:// or https://");
    check(at("http://user:password@host"), "invalid base url: it has a user name or a password");
    check(at("http://host/?a"), "invalid base url: it has a query");
    check(at("http://host:0"), "invalid base url: the port is not a number from 1 to 65535");
    check(
        builder("http://host").user_agent("a\r\nb").build(),
        "invalid request: the user agent is no header value",
    );
    let instance =
        |number: u64| Client::builder(number, TOKEN.parse().unwrap()).api_url("http://host").build();
    check(
        instance(0),
        "invalid instance: /idInstance is too small, but `idInstance` is at least 1 (path.idInstance.minimum, assumed)",
    );
    assert!(instance(10_000_000_000).is_err() && instance(9_999_999_999).is_ok());
}

#[cfg(feature = "tls")]
#[test]
fn the_address_is_that_of_the_contract_unless_told_otherwise() {
    // Where a machine has no certificates, that is what the error says.
    match Client::new(1_101_000_001, TOKEN.parse().unwrap()) {
        Ok(client) => {
            let shown = format!("{client:?}");
            assert!(shown.contains(r#"host: "api.green-api.com", port: 443"#), "{shown}");
            assert!(!shown.contains(TOKEN), "{shown}");
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Tls, "{error:?}"),
    }
}

#[tokio::test]
async fn as_many_connections_are_kept_as_were_asked_for_and_as_long() {
    let check = async |max_idle: usize, idle_timeout: Duration, connections: usize| {
        let server = Server::answering(made()).await;
        let client = builder(&server.url).max_idle(max_idle).idle_timeout(idle_timeout).build().unwrap();
        for _ in 0..3 {
            client.create_group(&request()).await.unwrap();
        }
        assert_eq!(
            (server.connections(), server.requests()),
            (connections, 3),
            "{max_idle} {idle_timeout:?}"
        );
    };
    check(4, Duration::from_secs(30), 1).await;
    check(1, Duration::MAX, 1).await;
    check(0, Duration::from_secs(30), 3).await;
    check(4, Duration::ZERO, 3).await;
}

#[tokio::test]
async fn a_deadline_that_is_over_sends_nothing() {
    let server = Server::answering(b"").await;
    let client = builder(&server.url).deadline(Duration::ZERO).build().unwrap();
    let error = client.create_group(&request()).await.unwrap_err();
    assert!(!error.is_ambiguous(), "{error:?}");
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn times_of_any_length_are_taken() {
    let server = Server::answering(made()).await;
    let longest = builder(&server.url).deadline(Duration::MAX).connect_timeout(Duration::MAX);
    let client = longest.idle_timeout(Duration::MAX).retry(RetryPolicy::never()).build().unwrap();
    client.create_group(&request()).await.unwrap();
    client.create_group(&request()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clones_call_at_the_same_time() {
    let server = Server::answering(made()).await;
    let client = client(&server.url);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let client = client.clone();
        calls.spawn(async move { client.create_group(&request()).await.unwrap() });
    }
    assert!(calls.join_all().await.iter().all(greenapi_model::Group::created));
    assert_eq!(server.requests(), 64);
}

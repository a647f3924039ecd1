//! The blocking form, in threads without a runtime and beside one.

use std::sync::Arc;

use greenapi_transport::{ErrorKind, RetryPolicy, blocking};

use crate::given::{builder, client, made, request};
use crate::server::Server;

/// A server in a runtime of its own, with its answer.
fn serving(answer: &'static [u8]) -> (tokio::runtime::Runtime, Server) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::answering(answer));
    (runtime, server)
}

#[test]
fn calls_one_after_another_share_a_connection() {
    let (_runtime, server) = serving(made());
    let client = blocking::Client::from_client(client(&server.url)).unwrap();
    for _ in 0..10 {
        assert!(client.clone().create_group(&request()).unwrap().created());
    }
    assert_eq!((server.connections(), server.requests()), (1, 10));
}

#[test]
fn threads_call_at_the_same_time() {
    let (_runtime, server) = serving(made());
    let client = Arc::new(blocking::Client::from_client(client(&server.url)).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    client.create_group(&request()).unwrap();
                }
            });
        }
    });
    assert_eq!(server.requests(), 160);
}

#[test]
fn an_error_is_that_of_the_client() {
    let (_runtime, server) =
        serving(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 16\r\n\r\nbad request data");
    let client = blocking::Client::from_client(client(&server.url)).unwrap();
    let error = client.create_group(&request()).unwrap_err();
    assert_eq!(error.to_string(), "HTTP 400: bad request data");
}

#[test]
fn a_client_in_use_elsewhere_keeps_connections_of_its_own() {
    let (runtime, server) = serving(made());
    let shared = client(&server.url);
    let blocking = blocking::Client::from_client(shared.clone()).unwrap();
    for _ in 0..3 {
        blocking.create_group(&request()).unwrap();
        runtime.block_on(shared.create_group(&request())).unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (2, 6));
}

#[tokio::test]
async fn it_may_be_dropped_within_a_runtime() {
    let server = Server::answering(made()).await;
    let client = builder(&server.url).retry(RetryPolicy::never()).build().unwrap();
    let client = blocking::Client::from_client(client).unwrap();
    let called = client.clone();
    let call = tokio::task::spawn_blocking(move || called.create_group(&request()));
    assert!(call.await.unwrap().unwrap().created());
    drop(client);
}

#[test]
fn what_cannot_be_built_is_refused() {
    let error = builder("ftp://host").build().map(blocking::Client::from_client).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

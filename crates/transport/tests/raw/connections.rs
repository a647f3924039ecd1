//! How connections are kept, shared, lost and given up, and that no request is ever sent twice.

use std::future::pending;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::server::Server;
use greenapi_transport::{RawClient, RawError, RawRequest, RawResponse};
use http::Method;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Barrier, mpsc};
use tokio::task::JoinSet;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

async fn call(client: &RawClient) -> Result<RawResponse, RawError> {
    client.send(&RawRequest::new(Method::POST, "/a").body("{}")).await
}

#[tokio::test]
async fn one_connection_serves_calls_one_after_another() {
    let server = Server::answering(OK).await;
    let client = RawClient::new(&server.url).unwrap();
    for _ in 0..10 {
        assert_eq!(call(&client.clone()).await.unwrap().body, "ok");
    }
    assert_eq!((server.connections(), server.requests()), (1, 10));
}

#[tokio::test]
async fn the_times_of_a_call_stand_in_their_order() {
    let server = Server::answering(OK).await;
    let client = RawClient::new(&server.url).unwrap();
    for is_kept in [false, true] {
        let timings = call(&client).await.unwrap().timings;
        assert_eq!((timings.connected.is_none(), timings.secured), (is_kept, None));
        assert!(
            timings.connected.unwrap_or_default() <= timings.head && timings.head <= timings.total,
            "{timings:?}"
        );
    }
}

#[tokio::test]
async fn no_connection_is_kept_where_none_may_be() {
    let server = Server::answering(OK).await;
    let client = RawClient::new(&server.url).unwrap().max_idle(0);
    for _ in 0..3 {
        call(&client).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (3, 3));
}

async fn a_connection_closed_between_two_calls_is_replaced() {
    let (closed, mut closings) = mpsc::channel(1);
    let server = Server::start(move |mut peer, _| {
        let closed = closed.clone();
        async move {
            peer.request().await.unwrap();
            peer.write(OK).await;
            drop(peer);
            closed.send(()).await.unwrap();
        }
    })
    .await;
    let client = RawClient::new(&server.url).unwrap();
    for calls in 1..=50 {
        assert_eq!(call(&client).await.unwrap().body, "ok");
        closings.recv().await.unwrap();
        assert_eq!((server.connections(), server.requests()), (calls, calls));
    }
}

#[tokio::test]
async fn a_connection_closed_between_two_calls_is_replaced_on_one_thread() {
    a_connection_closed_between_two_calls_is_replaced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_closed_between_two_calls_is_replaced_on_many_threads() {
    a_connection_closed_between_two_calls_is_replaced().await;
}

/// The runtime has one thread, and that is blocked until the server has closed.
#[tokio::test]
async fn a_connection_closed_between_two_calls_is_replaced_where_the_runtime_could_not_notice() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = RawClient::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let (closed, closings) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        for _ in 0..50 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"{}") {
                let mut bytes = [0; 1024];
                let length = stream.read(&mut bytes).unwrap();
                request.extend_from_slice(&bytes[..length]);
            }
            stream.write_all(OK).unwrap();
            drop(stream);
            closed.send(()).unwrap();
        }
    });
    for _ in 0..50 {
        assert_eq!(call(&client).await.unwrap().body, "ok");
        closings.recv().unwrap();
    }
    server.join().unwrap();
}

#[tokio::test]
async fn a_connection_with_an_answer_to_nothing_is_replaced() {
    let twice =
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate";
    let server = Server::answering(twice).await;
    let client = RawClient::new(&server.url).unwrap();
    for calls in 1..=3 {
        assert_eq!(call(&client).await.unwrap().body, "ok");
        assert_eq!((server.connections(), server.requests()), (calls, calls));
    }
}

/// The first connection fails in some way, any other serves. The second call shows that nothing else came in between.
async fn a_failure_is_an_error_and_no_second_request(response: &'static [u8], by_reset: bool) -> RawError {
    let server = Server::start(move |mut peer, number| async move {
        while peer.request().await.is_some() {
            if number > 0 {
                peer.write(OK).await;
                continue;
            }
            peer.write(response).await;
            if by_reset {
                peer.reset();
            }
            return;
        }
    })
    .await;
    let client = RawClient::new(&server.url).unwrap();
    let error = call(&client).await.unwrap_err();
    assert!(error.may_have_reached() && !error.is_connect() && !error.is_timeout(), "{error:?}");
    call(&client).await.unwrap();
    assert_eq!((server.connections(), server.requests()), (2, 2));
    error
}

#[tokio::test]
async fn a_connection_that_fails_before_the_whole_response_is_an_error() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"created\":";
    for response in [&b""[..], b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nconte", half, b"what is this\r\n\r\n"] {
        for by_reset in [false, true] {
            a_failure_is_an_error_and_no_second_request(response, by_reset).await;
        }
    }
}

#[tokio::test]
async fn a_kept_connection_that_fails_after_the_request_is_an_error_too() {
    let server = Server::start(|mut peer, number| async move {
        while peer.request().await.is_some() {
            peer.write(OK).await;
            if number == 0 {
                peer.request().await;
                return;
            }
        }
    })
    .await;
    let client = RawClient::new(&server.url).unwrap();
    call(&client).await.unwrap();
    assert!(call(&client).await.unwrap_err().may_have_reached());
    call(&client).await.unwrap();
    assert_eq!((server.connections(), server.requests()), (2, 3));
}

#[tokio::test]
async fn a_refused_connection_reached_nobody() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = call(&RawClient::new(&url).unwrap()).await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout() && !error.may_have_reached(), "{error:?}");
    assert_eq!(error.to_string(), "could not connect");
}

#[tokio::test]
async fn a_connection_that_takes_too_long_reached_nobody() {
    // A listener whose queue is full lets a connection wait.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = JoinSet::new();
    for _ in 0..16 {
        queue.spawn(async move {
            let _stream = TcpStream::connect(address).await;
            pending::<()>().await;
        });
    }
    tokio::task::yield_now().await;

    let client = RawClient::new(&format!("http://{address}")).unwrap();
    let short = Duration::from_millis(100);
    for client in [client.clone().connect_timeout(short), client.deadline(short)] {
        let error = call(&client).await.unwrap_err();
        assert!(error.is_connect() && error.is_timeout() && !error.may_have_reached(), "{error:?}");
    }
}

#[tokio::test]
async fn a_response_that_does_not_come_is_a_timeout() {
    for response in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"] {
        let server = Server::start(move |mut peer, _| async move {
            peer.request().await;
            peer.write(response).await;
            pending::<()>().await;
        })
        .await;
        let client = RawClient::new(&server.url).unwrap().deadline(Duration::from_millis(100));
        let error = call(&client).await.unwrap_err();
        assert!(error.is_timeout() && error.may_have_reached() && !error.is_connect(), "{error:?}");
        assert_eq!(server.requests(), 1);
    }
}

#[tokio::test]
async fn times_of_any_length_are_taken() {
    let server = Server::answering(OK).await;
    let client = RawClient::new(&server.url).unwrap();
    call(&client.connect_timeout(Duration::MAX).deadline(Duration::MAX)).await.unwrap();
}

#[tokio::test]
async fn a_body_over_the_limit_is_an_error() {
    for (response, limit, taken) in [
        (OK, 2, true),
        (OK, 1, false),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", 4, true),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", 3, false),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nabcdefgh", 4, false),
    ] {
        let server = Server::answering(response).await;
        let result = call(&RawClient::new(&server.url).unwrap().body_limit(limit)).await;
        assert_eq!(result.is_ok(), taken);
        if let Err(error) = result {
            assert!(error.is_too_large() && error.may_have_reached(), "{error:?}");
            assert_eq!(error.to_string(), format!("the response body is larger than {limit} bytes"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_the_same_time_have_connections_of_their_own_and_few_are_kept() {
    let all = Arc::new(Barrier::new(20));
    let (closed, mut closings) = mpsc::channel(20);
    let server = Server::start(move |mut peer, _| {
        let (all, closed) = (Arc::clone(&all), closed.clone());
        async move {
            peer.request().await.unwrap();
            all.wait().await;
            peer.write(OK).await;
            while peer.request().await.is_some() {
                peer.write(OK).await;
            }
            closed.send(()).await.unwrap();
        }
    })
    .await;
    let client = RawClient::new(&server.url).unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { call(&client).await.unwrap() });
    }
    assert!(calls.join_all().await.iter().all(|response| response.body == "ok"));
    assert_eq!((server.connections(), server.requests()), (20, 20));
    for _ in 0..16 {
        closings.recv().await.unwrap();
    }
    assert!(closings.try_recv().is_err());

    call(&client).await.unwrap();
    assert_eq!((server.connections(), server.requests()), (20, 21));
    drop(client);
    for _ in 0..4 {
        closings.recv().await.unwrap();
    }
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection_and_no_other() {
    let (event, mut events) = mpsc::channel(4);
    let server = Server::start(move |mut peer, number| {
        let event = event.clone();
        async move {
            while peer.request().await.is_some() {
                if number == 0 {
                    event.send("arrived").await.unwrap();
                    peer.request().await;
                    event.send("closed").await.unwrap();
                    return;
                }
                peer.write(OK).await;
            }
        }
    })
    .await;
    let client = RawClient::new(&server.url).unwrap();
    tokio::select! {
        result = call(&client) => panic!("answered: {result:?}"),
        event = events.recv() => assert_eq!(event, Some("arrived")),
    }
    assert_eq!(events.recv().await, Some("closed"));
    for _ in 0..3 {
        call(&client).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (2, 4));
}

#[test]
fn a_client_outlives_the_runtime_of_its_connections() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let of_server = tokio::runtime::Runtime::new().unwrap();
    let server = of_server.block_on(Server::answering(OK));
    let client = RawClient::new(&server.url).unwrap();
    for calls in 1..=3 {
        runtime().block_on(call(&client)).unwrap();
        assert_eq!((server.connections(), server.requests()), (calls, calls));
    }
}

/// Nobody hears of the events of a runtime that is not driven, so its connections are for its own calls.
#[test]
fn a_connection_is_used_only_in_the_runtime_that_it_was_made_in() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let of_server = tokio::runtime::Runtime::new().unwrap();
    let server = of_server.block_on(Server::answering(OK));
    let client = RawClient::new(&server.url).unwrap();
    let (one, other) = (runtime(), runtime());
    for _ in 0..3 {
        one.block_on(call(&client)).unwrap();
        other.block_on(call(&client)).unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (2, 6));
}

#[test]
fn a_client_and_its_calls_go_between_threads() {
    fn both<T: Send + Sync>(_: &T) {}
    fn send<T: Send>(_: T) {}
    let client = RawClient::new("http://localhost").unwrap();
    both(&client);
    send(client.send(&RawRequest::new(Method::GET, "/")));
}

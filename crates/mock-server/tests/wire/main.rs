//! Faults on the wire, as a client on a plain socket sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod fixture;
mod in_memory;

use fixture::{End, answer, body, bounded, connection, exchange, head, read, read_to_end, request, sockets};
use greenapi_mock_server::{Wire, WireFault, WireStop};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::AsyncWriteExt;

/// What is seen of an answer that is hurt, and how the connection ends.
const TABLE: &[(&str, &str, Seen, End)] = &[
    ("reset-before", "small", Seen::Nothing, End::Reset),
    ("reset-before", "big", Seen::Nothing, End::Reset),
    ("reset-before", "none", Seen::Nothing, End::Reset),
    ("reset-inside", "small", Seen::Body(15), End::Reset),
    ("reset-inside", "one", Seen::Body(0), End::Reset),
    ("reset-inside", "none", Seen::HalfOfTheHead, End::Reset),
    ("reset-inside", "chunked", Seen::Body(7), End::Reset),
    ("empty-reply", "small", Seen::Nothing, End::Closed),
    ("empty-reply", "big", Seen::Nothing, End::Closed),
    ("empty-reply", "none", Seen::Nothing, End::Closed),
    ("garbage", "small", Seen::Garbage, End::Closed),
    ("garbage", "big", Seen::Garbage, End::Closed),
    ("garbage", "none", Seen::Garbage, End::Closed),
    ("short-body", "small", Seen::Body(15), End::Closed),
    ("short-body", "big", Seen::Body(100_000), End::Closed),
    ("short-body", "one", Seen::Body(0), End::Closed),
    ("short-body", "none", Seen::HalfOfTheHead, End::Closed),
    ("short-body", "chunked", Seen::Body(7), End::Closed),
];

enum Seen {
    Nothing,
    HalfOfTheHead,
    /// The head and so many bytes of the body.
    Body(usize),
    Garbage,
}

impl Seen {
    fn of(&self, name: &str) -> String {
        let head = head(name);
        match self {
            Self::Nothing => String::new(),
            Self::HalfOfTheHead => head[..head.len() / 2].to_owned(),
            Self::Body(length) => head + &body(name)[..*length],
            Self::Garbage => WireFault::GARBAGE.iter().copied().map(char::from).collect(),
        }
    }
}

fn check(case: &str, seen: &(String, End), expected: &(String, End)) {
    let shown: String = seen.0.chars().take(300).collect();
    assert!(seen == expected, "{case}: {} bytes, {:?}: {shown:?}", seen.0.len(), seen.1);
}

#[tokio::test]
async fn each_fault_shows_as_its_name_says() {
    for (fault, name, seen, end) in TABLE {
        let case = format!("{fault}, {name}");
        check(&case, &exchange(&request(fault, name)).await, &(seen.of(name), *end));
    }
}

#[tokio::test]
async fn of_pipelined_answers_only_the_one_is_hurt() {
    for (fault, name, seen, end) in TABLE {
        let requests = [request("whole", "small"), request(fault, name), request("whole", "small")].concat();
        let case = format!("{fault}, {name}");
        check(&case, &exchange(&requests).await, &(answer("small") + &seen.of(name), *end));
    }
}

#[tokio::test]
async fn the_second_answer_of_a_kept_connection_is_hurt() {
    for (fault, name, seen, end) in TABLE {
        let (mut client, server) = sockets().await;
        let (stop, graceful) = (WireStop::default(), GracefulShutdown::new());
        let client = async {
            for first in ["big", "none", "chunked"] {
                client.write_all(request("whole", first).as_bytes()).await.unwrap();
                read(&mut client, &answer(first)).await;
            }
            client.write_all(request(fault, name).as_bytes()).await.unwrap();
            read_to_end(&mut client).await
        };
        let (actual, ()) =
            bounded(async { tokio::join!(client, connection(server, &stop, &graceful)) }).await;
        check(&format!("{fault}, {name}"), &actual, &(seen.of(name), *end));
    }
}

#[tokio::test]
async fn a_reset_inside_a_large_body_leaves_a_beginning_of_its_first_half() {
    let (seen, end) = exchange(&request("reset-inside", "big")).await;
    let most = Seen::Body(100_000).of("big");
    assert!(!seen.is_empty() && most.starts_with(&seen), "{} bytes", seen.len());
    assert_eq!(end, End::Reset);
}

#[tokio::test]
async fn the_connection_goes_on_after_a_dribble() {
    for name in ["small", "one", "none", "chunked"] {
        let requests = [request("dribble", name), request("whole", "big"), request("empty-reply", "one")];
        let expected = (answer(name) + &answer("big"), End::Closed);
        check(name, &exchange(&requests.concat()).await, &expected);
    }
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let head_of = |fault: &str| format!("HEAD /{fault}/small HTTP/1.1\r\n\r\n");
    let half = Seen::HalfOfTheHead.of("small");
    check("reset", &exchange(&head_of("reset-inside")).await, &(half.clone(), End::Reset));
    check("short", &exchange(&head_of("short-body")).await, &(half, End::Closed));
    let requests = [head_of("dribble"), request("short-body", "small")].concat();
    let expected = head("small") + &Seen::Body(15).of("small");
    check("dribble", &exchange(&requests).await, &(expected, End::Closed));
}

#[tokio::test]
async fn an_interim_answer_is_not_hurt() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\n";
    for (fault, seen) in [("short-body", Seen::Body(15)), ("empty-reply", Seen::Nothing)] {
        let request = request(fault, "small").replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
        let expected = (interim.to_owned() + &seen.of("small"), End::Closed);
        check(fault, &exchange(&request).await, &expected);
    }
}

#[tokio::test]
async fn a_connection_without_an_answer_ends_with_its_client_or_its_server() {
    for case in ["drop", "half", "stop before", "stop after"] {
        let (mut client, server) = sockets().await;
        let (stop, graceful) = (WireStop::default(), GracefulShutdown::new());
        // More requests than the one come, and nobody answers them.
        client.write_all(request("no-answer", "small").repeat(3).as_bytes()).await.unwrap();
        let client = async {
            match case {
                "drop" => return drop(client),
                "half" => client.shutdown().await.unwrap(),
                _ => stop.stop(),
            }
            check(case, &read_to_end(&mut client).await, &(String::new(), End::Closed));
        };
        if case == "stop before" {
            stop.stop();
        }
        bounded(async { tokio::join!(client, connection(server, &stop, &graceful)) }).await;
    }
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_a_fault() {
    for (fault, before, after) in
        [("slow", head("small") + "\"", &body("small")[1..]), ("no-answer", String::new(), "")]
    {
        let (mut client, server) = sockets().await;
        let (stop, graceful) = (WireStop::default(), GracefulShutdown::new());
        let serving = connection(server, &stop, &graceful);
        let client = async {
            client.write_all(request(fault, "small").as_bytes()).await.unwrap();
            read(&mut client, &before).await;
            stop.stop();
            tokio::join!(read_to_end(&mut client), graceful.shutdown()).0
        };
        let (seen, ()) = bounded(async { tokio::join!(client, serving) }).await;
        check(fault, &seen, &(after.to_owned(), End::Closed));
    }
}

#[tokio::test]
async fn a_close_is_no_reset_though_not_all_was_read() {
    let (mut client, server) = sockets().await;
    bounded(async {
        client.write_all(&[b'x'; 10_000]).await.unwrap();
        server.readable().await.unwrap();
        let mut wire = Wire::new(server);
        wire.handle().arm(WireFault::EmptyReply);
        wire.write_all(answer("small").as_bytes()).await.unwrap_err();
        drop(wire);
        check("the end", &read_to_end(&mut client).await, &(String::new(), End::Closed));
        assert!(client.take_error().unwrap().is_none());
    })
    .await;
}

//! What a connection can do to a call, on plain sockets. Nothing of it sends a request twice.

use std::future::pending;
use std::time::Duration;

use greenapi_transport::{ErrorKind, Phase};

use crate::given::{Arrived, MADE, TestClock, answer, builder, made, numbered, request};
use crate::server::{Peer, Server};

/// How the first connection ends; each other one serves.
#[derive(Clone, Copy, Debug)]
enum End {
    Close,
    Reset,
    Stay,
}

/// One call to a server that says this to the first request and then ends its connection so; and a second call, which
/// shows that nothing came in between.
async fn first_call(said: String, end: End, is_late: bool) -> Result<(), (ErrorKind, bool)> {
    let server = Server::start(move |mut peer, number| {
        let said = said.clone();
        async move {
            while peer.request().await.is_some() {
                if number > 0 {
                    peer.write(made()).await;
                    continue;
                }
                peer.write(said.as_bytes()).await;
                match end {
                    End::Close => return,
                    End::Reset => return peer.reset(),
                    End::Stay => pending().await,
                }
            }
        }
    })
    .await;
    // With the default policy, whose waits are over at once: what may have arrived is not made again by it.
    let client = |deadline| {
        let builder = builder(&server.url).deadline(deadline).body_limit(500);
        builder.clock(TestClock::default()).build().unwrap()
    };
    let patient = client(Duration::from_secs(30));
    let hasty = client(Duration::from_millis(200));
    let first = if is_late { &hasty } else { &patient }.create_group(&request()).await;
    assert_eq!(server.requests(), 1, "a first call is one request");
    patient.create_group(&request()).await.unwrap();
    assert_eq!(server.requests(), 2, "a second call is another one");
    first.map(|_| ()).map_err(|error| (error.kind(), error.is_ambiguous()))
}

#[tokio::test]
async fn a_call_ends_as_its_connection_does() {
    let check = async |said: &str, end: End, expected: Result<(), ErrorKind>| {
        let is_late = matches!(expected, Err(ErrorKind::Timeout(_)));
        let found = first_call(said.to_owned(), end, is_late).await;
        assert_eq!(found, expected.map_err(|kind| (kind, true)), "{said:?} {end:?}");
    };
    let whole = answer("200 OK", "", MADE);
    let head = whole.split(MADE).next().unwrap();
    let chunked = |chunk: &str| format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}");
    let length = MADE.len();
    let disconnected = Err(ErrorKind::Disconnected);

    // Before, during and after the answer.
    for end in [End::Close, End::Reset] {
        check("", end, disconnected).await;
        check("HTTP/1.1 2", end, disconnected).await;
        check(head, end, disconnected).await;
        check(&whole[..whole.len() - 1], end, disconnected).await;
        check(&chunked(&format!("{length:x}\r\n{}", &MADE[..20])), end, disconnected).await;
    }
    check(&whole, End::Close, Ok(())).await;
    check(&chunked(&format!("{length:x}\r\n{MADE}\r\n0\r\n\r\n")), End::Close, Ok(())).await;
    check(&format!("HTTP/1.1 200 OK\r\n\r\n{MADE}"), End::Close, Ok(())).await;
    check(&format!("HTTP/1.0 200 OK\r\n\r\n{MADE}"), End::Close, Ok(())).await;

    // 1xx before it, another one after it.
    check(&format!("HTTP/1.1 100 Continue\r\n\r\n{whole}"), End::Close, Ok(())).await;
    check(&format!("HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n{whole}"), End::Close, Ok(())).await;
    check(&format!("{whole}{whole}"), End::Stay, Ok(())).await;
    check(&format!("{whole}garbage"), End::Stay, Ok(())).await;

    // Never, and not to the end.
    check("", End::Stay, Err(ErrorKind::Timeout(Phase::Head))).await;
    check("HTTP/1.1 2", End::Stay, Err(ErrorKind::Timeout(Phase::Head))).await;
    check("HTTP/1.1 100 Continue\r\n\r\n", End::Stay, Err(ErrorKind::Timeout(Phase::Head))).await;
    check(head, End::Stay, Err(ErrorKind::Timeout(Phase::Body))).await;
    check(&whole[..whole.len() - 1], End::Stay, Err(ErrorKind::Timeout(Phase::Body))).await;

    // What is not HTTP, and what is too much of it.
    for said in ["what is this\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n", "HTTP/1.1 OK\r\n\r\n"] {
        check(said, End::Close, Err(ErrorKind::Protocol)).await;
    }
    check("HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}", End::Close, Err(ErrorKind::Protocol)).await;
    check(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        End::Close,
        Err(ErrorKind::Protocol),
    )
    .await;
    check(&chunked("no number\r\n"), End::Close, Err(ErrorKind::Protocol)).await;
    check("HTTP/1.1 200 OK\r\ncontent-length: 501\r\n\r\n", End::Stay, Err(ErrorKind::TooLarge)).await;
    check(&chunked(&format!("1f5\r\n{}", " ".repeat(501))), End::Stay, Err(ErrorKind::TooLarge)).await;

    // A length that is not that of the body.
    let short = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{MADE}", length + 1);
    check(&short, End::Close, disconnected).await;
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{MADE}", length - 1);
    check(&long, End::Stay, Err(ErrorKind::UnexpectedBody)).await;
}

#[tokio::test]
async fn an_answer_that_comes_byte_by_byte_is_an_answer() {
    let server = Server::start(|mut peer, _| async move {
        while peer.request().await.is_some() {
            for byte in made().iter().copied() {
                peer.write(&[byte]).await;
                tokio::task::yield_now().await;
            }
        }
    })
    .await;
    let client = builder(&server.url).build().unwrap();
    for _ in 0..3 {
        assert!(client.create_group(&request()).await.unwrap().created());
    }
    assert_eq!((server.connections(), server.requests()), (1, 3));
}

#[tokio::test]
async fn an_answer_to_the_head_of_a_request_is_an_answer() {
    let server = Server::start(|mut peer, _| async move {
        peer.head().await;
        peer.write(answer("400 Bad Request", "", "bad request data").as_bytes()).await;
    })
    .await;
    let error = builder(&server.url).build().unwrap().create_group(&request()).await.unwrap_err();
    assert_eq!((error.identifier(), error.is_ambiguous()), (Some("bad request data"), false));
}

#[tokio::test]
async fn a_server_that_closes_at_once_gets_no_request_twice() {
    for by_reset in [false, true] {
        let server = Server::start(move |peer: Peer, number| async move {
            if number > 0 {
                serve(peer).await;
            } else if by_reset {
                peer.reset();
            }
        })
        .await;
        let client = builder(&server.url).clock(TestClock::default()).build().unwrap();
        // Whether anything was written before the connection closed is chance. If so the call failed.
        if let Err(error) = client.create_group(&request()).await {
            assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::Disconnected, true));
        }
        assert!(server.requests() <= 1, "{} requests", server.requests());
    }
}

async fn serve(mut peer: Peer) {
    while peer.request().await.is_some() {
        peer.write(made()).await;
    }
}

/// The classic race: the server closes a kept connection while the client is about to use it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_group_is_asked_for_twice_while_the_server_closes_between_calls() {
    const CALLS: usize = 1_000;
    let arrived = Arrived::default();
    let noted = arrived.clone();
    let server = Server::start(move |mut peer, _| {
        let noted = noted.clone();
        async move {
            // Answers, and sometimes closes without waiting for anything.
            while let Some(request) = peer.request().await {
                let number = noted.note(&request);
                peer.write(made()).await;
                if matches!(number % 10, 0 | 3 | 7) {
                    return;
                }
            }
        }
    })
    .await;
    let client = builder(&server.url).clock(TestClock::default()).build().unwrap();
    let mut failed = 0;
    for number in 0..CALLS {
        if let Err(error) = client.create_group(&numbered(number)).await {
            assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::Disconnected, true), "{error:?}");
            failed += 1;
        }
    }
    let came = arrived.each_once();
    assert!(came + failed >= CALLS, "{came} came and {failed} failed of {CALLS}");
    assert!(server.connections() >= CALLS / 10 * 3);
}

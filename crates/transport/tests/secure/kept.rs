//! How connections with TLS are kept, found closed, and cut.

use std::sync::Arc;

use greenapi_transport::{Client, ErrorKind, RawClient};
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, mpsc};

use crate::calls::{Way, make_group, send};
use crate::certificates::Authority;
use crate::service::{MADE, Secured, Service};

/// How a server ends a connection.
#[derive(Clone, Copy, Debug)]
enum End {
    /// It says so by TLS, and closes the socket.
    Proper,
    /// It says so by TLS, and leaves the socket open.
    NoticeAlone,
    /// It closes the socket, as somebody in between could too.
    Cut,
    Reset,
}

impl End {
    /// Gives back what must live for as long as the socket is to stay open.
    async fn of(self, mut peer: Secured) -> Option<Secured> {
        match self {
            Self::Proper => peer.stream.shutdown().await.unwrap(),
            Self::NoticeAlone => {
                peer.stream.get_mut().1.send_close_notify();
                peer.stream.flush().await.unwrap();
                return Some(peer);
            }
            Self::Cut => {}
            Self::Reset => peer.stream.get_ref().0.set_zero_linger().unwrap(),
        }
        None
    }
}

/// A server of TLS 1.3 sends tickets after the handshake, which do not make the connection look used.
#[tokio::test]
async fn one_handshake_serves_ten_calls() {
    let authority = Authority::new("trusted");
    for version in [&TLS12, &TLS13] {
        let service = Service::making_groups(authority.good().server_of(&[version])).await;
        let way = Way::to(service.url("localhost")).trusting(authority.client(None));
        let (client, raw) = (way.client(), way.raw());
        for _ in 0..10 {
            make_group(&client).await.unwrap();
        }
        assert_eq!(service.counts(), (1, 1, 10));
        for _ in 0..10 {
            send(&raw).await.unwrap();
        }
        assert_eq!(service.counts(), (2, 2, 20));
    }
}

#[tokio::test]
async fn the_handshake_is_timed_where_there_is_one() {
    let authority = Authority::new("trusted");
    let service = Service::making_groups(authority.good().server()).await;
    let raw = Way::to(service.url("localhost")).trusting(authority.client(None)).raw();
    let first = send(&raw).await.unwrap().timings;
    let (connected, secured) = (first.connected.unwrap(), first.secured.unwrap());
    assert!(connected < secured && secured < first.head && first.head <= first.total, "{first:?}");
    let second = send(&raw).await.unwrap().timings;
    assert_eq!((second.connected, second.secured), (None, None));
    assert!(second.head <= second.total, "{second:?}");
}

#[tokio::test]
async fn a_connection_closed_between_two_calls_is_replaced_and_each_request_sent_once() {
    let authority = Authority::new("trusted");
    for end in [End::Proper, End::NoticeAlone, End::Cut, End::Reset] {
        let (closed, mut closings) = mpsc::channel(1);
        let answered = Arc::new(Semaphore::new(0));
        let taken = Arc::clone(&answered);
        let service = Service::start(authority.good().server(), move |mut peer, _| {
            let (closed, taken) = (closed.clone(), Arc::clone(&taken));
            async move {
                peer.request().await.unwrap();
                peer.write(MADE).await;
                // A reset would else overtake the answer.
                taken.acquire().await.unwrap().forget();
                let open = end.of(peer).await;
                closed.send(()).await.unwrap();
                if let Some(mut peer) = open {
                    assert_eq!(peer.request().await, None, "{end:?}");
                }
            }
        })
        .await;
        let way = Way::to(service.url("localhost")).trusting(authority.client(None));
        let (client, raw): (Client, RawClient) = (way.client(), way.raw());
        for calls in 1..=10 {
            make_group(&client).await.unwrap();
            answered.add_permits(1);
            closings.recv().await.unwrap();
            send(&raw).await.unwrap();
            answered.add_permits(1);
            closings.recv().await.unwrap();
            assert_eq!(service.counts(), (2 * calls, 2 * calls, 2 * calls), "{end:?}");
        }
        drop((client, raw));
        service.server.over(20).await;
    }
}

/// An answer of known length that ends too early is lost, whoever ended it. One that goes on until the connection closes is
/// whole only if the server says by TLS that this was the end: else it may have been cut by anybody.
#[tokio::test]
async fn an_answer_that_was_cut_is_an_error_and_the_group_may_exist() {
    async fn check(authority: &Authority, answer: &'static [u8], end: End, lost: Option<&str>) {
        let service = Service::start(authority.good().server(), move |mut peer, _| async move {
            peer.request().await.unwrap();
            peer.write(answer).await;
            if let Some(mut peer) = end.of(peer).await {
                peer.end().await;
            }
        })
        .await;
        let way = Way::to(service.url("localhost")).trusting(authority.client(None));
        match lost {
            None => way.arrives().await,
            Some(said) => {
                let sentence = way.is_lost(ErrorKind::Disconnected).await;
                let lost = "the connection failed before the response was complete; the group may exist: ";
                assert!(sentence.starts_with(lost) && sentence.contains(said), "{end:?}: {sentence}");
            }
        }
        service.server.over(2).await;
        assert_eq!(service.counts(), (2, 2, 2));
    }
    let authority = Authority::new("trusted");
    let head = b"HTTP/1.1 200 OK\r\ncontent-le";
    let of_length = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"created\":true,";
    let in_chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nf\r\n{\"created\":true";
    let to_the_end = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n\
        {\"created\":true,\"chatId\":\"120363000000000001@g.us\",\"groupInviteLink\":\"\"}";
    for answer in [&b""[..], head, of_length, in_chunks] {
        check(&authority, answer, End::Proper, Some("")).await;
        check(&authority, answer, End::NoticeAlone, Some("")).await;
        check(&authority, answer, End::Cut, Some("peer closed connection without sending TLS close_notify"))
            .await;
        check(&authority, answer, End::Reset, Some("")).await;
    }
    check(&authority, to_the_end, End::Proper, None).await;
    check(&authority, to_the_end, End::NoticeAlone, None).await;
    check(&authority, to_the_end, End::Cut, Some("peer closed connection without sending TLS close_notify"))
        .await;
    check(&authority, to_the_end, End::Reset, Some("")).await;
}

#[tokio::test]
async fn an_answer_that_was_changed_on_its_way_is_an_error_and_the_group_may_exist() {
    let authority = Authority::new("trusted");
    let service = Service::start(authority.good().server(), |mut peer, _| async move {
        peer.request().await.unwrap();
        peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{}").await;
        let record = [&b"\x17\x03\x03\x00\x20"[..], &[7; 32]].concat();
        peer.stream.get_mut().0.write_all(&record).await.unwrap();
        peer.end().await;
    })
    .await;
    let way = Way::to(service.url("localhost")).trusting(authority.client(None));
    let said = way.is_lost(ErrorKind::Disconnected).await;
    assert!(said.ends_with("cannot decrypt peer's message"), "{said}");
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_said_to_be_so_within_tls_too() {
    let authority = Authority::new("trusted");
    for answer in
        [&b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n"]
    {
        let service = Service::start(authority.good().server(), move |mut peer, _| async move {
            peer.request().await.unwrap();
            peer.write(answer).await;
            peer.end().await;
        })
        .await;
        Way::to(service.url("localhost")).trusting(authority.client(None)).is_lost(ErrorKind::Protocol).await;
    }
}

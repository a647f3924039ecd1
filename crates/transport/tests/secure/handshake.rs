//! What is said while hands are shaken, and servers that do not shake them.

use std::net::Ipv6Addr;

use greenapi_transport::{ErrorKind, Phase, Tls};
use rustls::version::{TLS12, TLS13};
use rustls::{ProtocolVersion, SupportedProtocolVersion};
use tokio::net::TcpListener;

use crate::calls::{Way, make_group, send, sentence};
use crate::certificates::Authority;
use crate::server::{Peer, Server};
use crate::service::{Hello, MADE, Service, make_groups};

#[tokio::test]
async fn both_versions_of_tls_are_spoken() {
    let authority = Authority::new("trusted");
    let check = async |version: &'static SupportedProtocolVersion, spoken| {
        let config = authority.good().server_of(&[version]);
        let service = Service::start(config, move |mut peer, _| async move {
            while peer.request().await.is_some() {
                assert_eq!(peer.stream.get_ref().1.protocol_version(), Some(spoken));
                peer.write(MADE).await;
            }
        })
        .await;
        Way::to(service.url("localhost")).trusting(authority.client(None)).arrives().await;
        assert_eq!(service.counts(), (2, 2, 2));
    };
    check(&TLS12, ProtocolVersion::TLSv1_2).await;
    check(&TLS13, ProtocolVersion::TLSv1_3).await;
}

#[tokio::test]
async fn the_service_is_told_its_name_unless_it_is_an_address_and_that_http_1_1_is_spoken() {
    let authority = Authority::new("trusted");
    let check = async |address: &str, host: &str, name: Option<&str>| {
        let mut config = authority.good().server();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let service = Service::at(address, config, make_groups).await;
        // One that somebody has set up for HTTP/2 is used for HTTP/1.1 all the same.
        let mut own = authority.client(None);
        own.alpn_protocols = vec![b"h2".to_vec()];
        Way::to(service.url(host)).trusting(own).arrives().await;
        Way::to(service.url(host)).trusting(Tls::only(authority.pem().as_bytes()).unwrap()).arrives().await;
        let hello = Hello { name: name.map(str::to_owned), protocols: vec!["http/1.1".to_owned()] };
        assert_eq!(service.hellos(), vec![hello; 4]);
    };
    check("127.0.0.1:0", "localhost", Some("localhost")).await;
    check("127.0.0.1:0", "LOCALHOST", Some("localhost")).await;
    check("127.0.0.1:0", "127.0.0.1", None).await;
    match TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await {
        Ok(_) => check("[::1]:0", "[::1]", None).await,
        Err(error) => eprintln!("NOT SHOWN for IPv6, as this machine has no ::1: {error}"),
    }
}

/// Only whoever is certified is let in. By TLS 1.3 a client has done its part before the server looks at its certificate,
/// so a client without one finds out after it has sent its request.
#[tokio::test]
async fn a_client_shows_its_certificate() {
    let authority = Authority::new("trusted");
    for version in [&TLS12, &TLS13] {
        let service = Service::making_groups(authority.server_of_the_certified(version)).await;
        let way = Way::to(service.url("localhost"));
        way.clone().trusting(authority.client(Some(authority.good()))).arrives().await;
        assert_eq!(service.counts(), (2, 2, 2));

        let way = way.trusting(authority.client(None));
        let said = "received fatal alert: CertificateRequired";
        if version == &TLS12 {
            let said_before = way.does_not_arrive(ErrorKind::Tls, false).await;
            assert!(
                said_before.starts_with("no TLS with the service: received fatal alert"),
                "{said_before}"
            );
        } else {
            let error = make_group(&way.client()).await.unwrap_err();
            assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::Disconnected, true), "{error:?}");
            assert!(sentence(&error).ends_with(said), "{}", sentence(&error));
            let error = send(&way.raw()).await.unwrap_err();
            assert!(error.may_have_reached() && sentence(&error).ends_with(said), "{error:?}");
        }
        service.server.over(4).await;
        assert_eq!(service.server.requests(), 2);
    }
}

#[tokio::test]
async fn a_server_that_does_not_shake_hands_gets_no_request() {
    async fn check<S>(
        authority: &Authority,
        serve: impl Fn(Peer, usize) -> S + Send + 'static,
        kind: ErrorKind,
        said: &str,
    ) where
        S: Future<Output = ()> + Send + 'static,
    {
        let server = Server::start(serve).await;
        let way = Way::to(server.url.replace("http://", "https://")).trusting(authority.client(None));
        let way = if matches!(kind, ErrorKind::Timeout(_)) { way.in_haste() } else { way };
        // A server that speaks something else does so the next time too.
        let may_pass = !said.starts_with("what came back is not TLS");
        let sentence = way.does_not_arrive(kind, may_pass).await;
        assert!(sentence.starts_with(said), "{sentence}");
        assert_eq!((server.connections(), server.requests()), (2, 0), "{said}");
    }
    let authority = Authority::new("trusted");
    let late = ErrorKind::Timeout(Phase::Tls);
    check(
        &authority,
        |mut peer, _| async move {
            peer.write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n").await;
            assert_eq!(peer.request().await, None);
        },
        ErrorKind::Tls,
        "what came back is not TLS: received corrupt message of type InvalidContentType",
    )
    .await;
    check(&authority, |peer, _| async move { drop(peer) }, ErrorKind::Tls, "no TLS with the service: ").await;
    check(&authority, |peer, _| async move { peer.reset() }, ErrorKind::Tls, "no TLS with the service: ")
        .await;
    check(
        &authority,
        |mut peer, _| async move {
            // The head of a record that never comes, as a server does that dies in between.
            peer.write(b"\x16\x03\x03\x40\x00").await;
        },
        ErrorKind::Tls,
        "no TLS with the service: tls handshake eof",
    )
    .await;
    check(
        &authority,
        |mut peer, _| async move { peer.end().await },
        late,
        "the time was over while shaking hands for TLS",
    )
    .await;
    check(
        &authority,
        |mut peer, _| async move {
            peer.write(b"\x16\x03\x03\x40\x00").await;
            peer.end().await;
        },
        late,
        "the time was over while shaking hands for TLS",
    )
    .await;
}

#[tokio::test]
async fn a_server_with_nothing_in_common_gets_no_request() {
    let authority = Authority::new("trusted");
    let mut config = authority.good().server();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let service = Service::making_groups(config).await;
    let way = Way::to(service.url("localhost")).trusting(authority.client(None));
    let said = way.does_not_arrive(ErrorKind::Tls, false).await;
    assert_eq!(said, "no TLS with the service: received fatal alert: NoApplicationProtocol");
    service.server.over(2).await;
    assert_eq!(service.server.requests(), 0);
}

//! Through a proxy that makes a tunnel, and where it makes none.

use std::future::pending;
use std::sync::{Arc, Mutex};

use greenapi_transport::{ErrorKind, Phase, Proxy};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use crate::calls::{PASSWORD, TOKEN, Way, make_group, send};
use crate::certificates::Authority;
use crate::server::{Peer, Server};
use crate::service::{MADE, Service};

/// A proxy that opens each tunnel that it is asked for, and what it was asked.
pub(crate) struct Tunnels {
    pub(crate) server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tunnels {
    pub(crate) async fn start() -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let server = Server::start(move |mut peer, _| {
            let noted = Arc::clone(&noted);
            async move {
                let head = String::from_utf8(peer.head().await.unwrap()).unwrap();
                let port =
                    head.split_once(" HTTP/1.1").unwrap().0.rsplit(':').next().unwrap().parse().unwrap();
                noted.lock().unwrap().push(head);
                let mut service = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                peer.write(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
                // However the tunnel ends, both ends of it see that themselves.
                let _ = copy_bidirectional(&mut peer.stream, &mut service).await;
            }
        })
        .await;
        Self { server, asked }
    }

    fn proxy(&self) -> Proxy {
        Proxy::new(&self.server.url).unwrap()
    }

    fn proxy_for(&self, user: &str) -> Proxy {
        Proxy::new(&self.server.url.replace("http://", &format!("http://{user}:{PASSWORD}@"))).unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_sees_nothing_of_a_call() {
    let authority = Authority::new("trusted");
    let service = Service::making_groups(authority.good().server()).await;
    let plain = Server::answering(MADE).await;
    let port = service.server.address.port();
    let plain_port = plain.address.port();
    let check = async |url: String, asked: String, user: Option<&str>| {
        let tunnels = Tunnels::start().await;
        let proxy = user.map_or_else(|| tunnels.proxy(), |user| tunnels.proxy_for(user));
        Way::to(url).trusting(authority.client(None)).through(proxy).arrives().await;
        let heads = tunnels.asked();
        assert_eq!(heads.len(), 2);
        for head in heads {
            let lines: Vec<&str> = head.split("\r\n").collect();
            assert_eq!(lines[..2], [&format!("CONNECT {asked} HTTP/1.1"), &format!("Host: {asked}")]);
            let authorization = lines.iter().find(|line| line.starts_with("Proxy-Authorization: Basic "));
            assert_eq!(authorization.is_some(), user.is_some(), "{head}");
            assert!(!head.contains(TOKEN) && !head.contains("createGroup"), "{head}");
        }
    };
    check(service.url("localhost"), format!("localhost:{port}"), None).await;
    check(service.url("localhost"), format!("localhost:{port}"), Some("user")).await;
    check(service.url("127.0.0.1"), format!("127.0.0.1:{port}"), None).await;
    check(plain.url.clone(), format!("127.0.0.1:{plain_port}"), None).await;
    // The proxy resolves the name, so it need not exist here.
    check(
        format!("http://no.such.host.invalid:{plain_port}"),
        format!("no.such.host.invalid:{plain_port}"),
        None,
    )
    .await;
    check(format!("http://[::1]:{plain_port}"), format!("[::1]:{plain_port}"), None).await;
    assert_eq!((service.counts().2, plain.requests()), (6, 6));
}

#[tokio::test]
async fn a_tunnel_is_kept_for_the_next_call() {
    let authority = Authority::new("trusted");
    let service = Service::making_groups(authority.good().server()).await;
    let tunnels = Tunnels::start().await;
    let way = Way::to(service.url("localhost")).trusting(authority.client(None)).through(tunnels.proxy());
    let (client, raw) = (way.client(), way.raw());
    for _ in 0..3 {
        make_group(&client).await.unwrap();
        send(&raw).await.unwrap();
    }
    assert_eq!((tunnels.asked().len(), service.counts()), (2, (2, 2, 6)));
}

#[tokio::test]
async fn without_a_tunnel_nothing_reaches_the_service() {
    async fn check(service: &Server, says: &'static [u8], said: &str) {
        let proxy = Server::start(move |mut peer, _| async move {
            peer.head().await;
            peer.write(says).await;
        })
        .await;
        let url = proxy.url.replace("http://", &format!("http://user:{PASSWORD}@"));
        let way = Way::to(&service.url).through(Proxy::new(&url).unwrap());
        let sentence = way.does_not_arrive(ErrorKind::Proxy, true).await;
        assert_eq!(sentence, format!("the proxy gave no tunnel to the service: tunnel error: {said}"));
    }
    let service = Server::answering(MADE).await;
    let required = b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n";
    check(&service, required, "proxy authorization required").await;
    check(&service, b"HTTP/1.1 403 Forbidden\r\n\r\n", "unsuccessful").await;
    check(&service, b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno", "unsuccessful").await;
    check(&service, b"what is this\r\n\r\n", "unsuccessful").await;
    check(&service, b"", "unexpected end of file").await;
    check(&service, b"HTTP/1.1 200 OK\r\n", "unexpected end of file").await;
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_says_nothing_is_told_as_such() {
    let service = Server::answering(MADE).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = Proxy::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let said = Way::to(&service.url).through(nobody).does_not_arrive(ErrorKind::Proxy, true).await;
    assert!(said.contains("failed to create underlying connection"), "{said}");

    let silent = Server::start(|mut peer: Peer, _| async move {
        peer.head().await;
        pending::<()>().await;
    })
    .await;
    let way = Way::to(&service.url).through(Proxy::new(&silent.url).unwrap()).in_haste();
    let said = way.does_not_arrive(ErrorKind::Timeout(Phase::Proxy), true).await;
    assert_eq!(said, "the time was over while asking the proxy for a tunnel");
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_no_way_to_a_service() {
    let way = Way::to("http://no.such.host.invalid");
    let said = way.does_not_arrive(ErrorKind::Connect, true).await;
    assert!(said.starts_with("could not connect: dns error"), "{said}");
}

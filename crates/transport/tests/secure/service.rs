//! The service, as far as a client needs one: over TLS, with one answer, and counted.

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::server::{Peer, Server};

/// A group was made.
pub(crate) const MADE: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 72\r\n\r\n\
    {\"created\":true,\"chatId\":\"120363000000000001@g.us\",\"groupInviteLink\":\"\"}";

pub(crate) type Secured = Peer<TlsStream<TcpStream>>;

/// Runs until it is dropped.
pub(crate) struct Service {
    pub(crate) server: Server,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    handshakes: AtomicUsize,
    hellos: Mutex<Vec<Hello>>,
}

/// What a client says before the service shows its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) name: Option<String>,
    pub(crate) protocols: Vec<String>,
}

impl Service {
    /// Gives each connection that has shaken hands, with its number from 0 on, to `serve`.
    pub(crate) async fn start<F, S>(config: ServerConfig, serve: F) -> Self
    where
        F: Fn(Secured, usize) -> S + Clone + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        Self::at("127.0.0.1:0", config, serve).await
    }

    /// Makes a group whenever it is asked.
    pub(crate) async fn making_groups(config: ServerConfig) -> Self {
        Self::start(config, make_groups).await
    }

    pub(crate) async fn at<F, S>(address: &str, config: ServerConfig, serve: F) -> Self
    where
        F: Fn(Secured, usize) -> S + Clone + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let config = Arc::new(config);
        let seen = Arc::new(Seen::default());
        let shared = Arc::clone(&seen);
        let server = Server::at(address, move |peer, number| {
            let (config, seen, serve) = (Arc::clone(&config), Arc::clone(&shared), serve.clone());
            async move {
                if let Ok(peer) = peer.within(|stream| handshake(stream, config, seen)).await {
                    serve(peer, number).await;
                }
            }
        })
        .await;
        Self { server, seen }
    }

    /// Its base URL by this name of the machine.
    pub(crate) fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.server.address.port())
    }

    /// How many connections came, were secured, and how many requests came over them.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let handshakes = self.seen.handshakes.load(Ordering::SeqCst);
        (self.server.connections(), handshakes, self.server.requests())
    }

    pub(crate) fn hellos(&self) -> Vec<Hello> {
        self.seen.hellos.lock().unwrap().clone()
    }
}

/// Answers each request with a group.
pub(crate) async fn make_groups(mut peer: Secured, _: usize) {
    while peer.request().await.is_some() {
        peer.write(MADE).await;
    }
}

async fn handshake(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    seen: Arc<Seen>,
) -> io::Result<TlsStream<TcpStream>> {
    let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
    let hello = start.client_hello();
    let protocols = hello.alpn().into_iter().flatten();
    let hello = Hello {
        name: hello.server_name().map(str::to_owned),
        protocols: protocols.map(|name| String::from_utf8_lossy(name).into_owned()).collect(),
    };
    seen.hellos.lock().unwrap().push(hello);
    let stream = start.into_stream(config).await?;
    seen.handshakes.fetch_add(1, Ordering::SeqCst);
    Ok(stream)
}

//! A server on plain sockets that says byte for byte what a test wants, and counts.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// Runs until it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    counts: Arc<Counts>,
    accepting: AbortHandle,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
}

impl Server {
    /// Gives each connection, with its number from 0 on, to `serve`.
    pub(crate) async fn start<F, S>(serve: F) -> Self
    where
        F: Fn(Peer, usize) -> S + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = counted.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(Peer { stream, counts: Arc::clone(&counted) }, number));
            }
        });
        Self { url, counts, accepting: accepting.abort_handle() }
    }

    /// Answers each request on each connection with these bytes.
    pub(crate) async fn answering(response: &'static [u8]) -> Self {
        Self::start(move |mut peer, _| async move {
            while peer.request().await.is_some() {
                peer.write(response).await;
            }
        })
        .await
    }

    pub(crate) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The client's end of a connection, as the server sees it.
pub(crate) struct Peer {
    stream: TcpStream,
    counts: Arc<Counts>,
}

impl Peer {
    /// Reads one request, head and body as they came; `None` where the client closed the connection.
    pub(crate) async fn request(&mut self) -> Option<Vec<u8>> {
        let bytes = self.read_until(is_complete).await?;
        self.counts.requests.fetch_add(1, Ordering::SeqCst);
        Some(bytes)
    }

    /// Reads until the end of a head, and counts nothing.
    pub(crate) async fn head(&mut self) {
        self.read_until(|bytes| head_length(bytes).is_some()).await;
    }

    async fn read_until(&mut self, is_enough: fn(&[u8]) -> bool) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        while !is_enough(&bytes) {
            match self.stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
        Some(bytes)
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        // A client that has had enough may be gone.
        let _ = self.stream.write_all(bytes).await;
    }

    /// Closes the connection the hard way, by a reset.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

fn is_complete(bytes: &[u8]) -> bool {
    let Some(head) = head_length(bytes) else { return false };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    if text.contains("transfer-encoding: chunked") {
        return bytes.ends_with(b"0\r\n\r\n");
    }
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    bytes.len() >= head + length.map_or(0, |length| length.parse().unwrap())
}

fn head_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

//! A server on plain sockets that says byte for byte what a test wants, and counts.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// Runs until it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) address: SocketAddr,
    counts: Arc<Counts>,
    accepting: AbortHandle,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
    over: watch::Sender<usize>,
}

impl Server {
    /// Gives each connection, with its number from 0 on, to `serve`.
    pub(crate) async fn start<F, S>(serve: F) -> Self
    where
        F: Fn(Peer, usize) -> S + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        Self::at("127.0.0.1:0", serve).await
    }

    /// The same at an address of one's own.
    pub(crate) async fn at<F, S>(address: &str, serve: F) -> Self
    where
        F: Fn(Peer, usize) -> S + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // What TLS writes in two pieces does not wait for the client's acknowledgement.
                stream.set_nodelay(true).unwrap();
                let number = counted.connections.fetch_add(1, Ordering::SeqCst);
                let serving = serve(Peer { stream, counts: Arc::clone(&counted) }, number);
                let counted = Arc::clone(&counted);
                tokio::spawn(async move {
                    serving.await;
                    counted.over.send_modify(|over| *over += 1);
                });
            }
        });
        Self { url: format!("http://{address}"), address, counts, accepting: accepting.abort_handle() }
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

    /// Waits until so many connections were served to their end, so that nothing more can come over them.
    pub(crate) async fn over(&self, connections: usize) {
        let mut over = self.counts.over.subscribe();
        let enough = timeout(Duration::from_secs(5), over.wait_for(|over| *over >= connections)).await;
        enough.unwrap().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The client's end of a connection, as the server sees it.
pub(crate) struct Peer<S = TcpStream> {
    pub(crate) stream: S,
    counts: Arc<Counts>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// The same end, with what `layer` puts around the stream.
    pub(crate) async fn within<T, F>(self, layer: impl FnOnce(S) -> F) -> std::io::Result<Peer<T>>
    where
        F: Future<Output = std::io::Result<T>>,
    {
        Ok(Peer { stream: layer(self.stream).await?, counts: self.counts })
    }

    /// Reads one request, head and body as they came; `None` where the client closed the connection.
    pub(crate) async fn request(&mut self) -> Option<Vec<u8>> {
        let bytes = self.read_until(is_complete).await?;
        self.counts.requests.fetch_add(1, Ordering::SeqCst);
        Some(bytes)
    }

    /// Reads until the end of a head, and counts nothing.
    pub(crate) async fn head(&mut self) -> Option<Vec<u8>> {
        self.read_until(|bytes| head_length(bytes).is_some()).await
    }

    /// Reads until the client closes the connection.
    pub(crate) async fn end(&mut self) {
        self.read_until(|_| false).await;
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
        let _ = self.stream.flush().await;
    }
}

impl Peer {
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

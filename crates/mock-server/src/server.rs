mod connection;
mod crowd;
mod endpoint;
mod exchange;
mod front;
#[cfg(feature = "tls")]
mod handshake;
mod pause;
mod seldom;
mod shortage;
mod shortcut;
mod watch;

use std::any::Any;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle, JoinSet};
#[cfg(feature = "tls")]
use tokio_rustls::TlsAcceptor;

use self::crowd::Crowd;
pub use self::endpoint::Endpoint;
#[cfg(feature = "tls")]
use self::handshake::serve_securely;
use self::shortage::Shortage;
use crate::admin::ControlPlane;
use crate::cors::Origin;
use crate::emulation::Emulation;
use crate::limits::Limits;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::wire::WireStop;

/// How many connections there may be in the queue of the system once the server is told to stop: as many as tokio lets wait there.
const QUEUE: usize = 1_024;

/// An emulation behind a socket, HTTP/1.1, with its control plane below `/__admin`; or a control plane alone.
///
/// Nobody holds it up: [`Limits`] says how long a head, a body and a connection that waits for a request may take, how large they may
/// be, and how many connections there are.
///
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// use std::sync::Arc;
///
/// use greenapi_mock_server::{Emulation, Server};
/// use greenapi_model::Contract;
///
/// let emulation = Arc::new(Emulation::new(Contract::default())?);
/// let running = Server::bind("127.0.0.1:0".parse()?, emulation).await?.start();
/// println!("point your client at {}", running.url());
/// running.stop().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })
/// # .map_err(|error| std::io::Error::other(error.to_string()))?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a server that is bound answers nothing until it is run or started"]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    endpoint: Endpoint,
    drain: Duration,
    most_connections: usize,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Server {
    /// How long calls that are under way may take once the server is told to stop, unless [`drain`](Self::drain) says otherwise.
    pub const DRAIN: Duration = Duration::from_secs(10);

    /// Binds the address; port 0 is any free one. Where only this machine reaches the address there is a [`ControlPlane`] too;
    /// elsewhere it refuses everything until it is given a token: [`control_plane`](Self::control_plane).
    ///
    /// # Errors
    ///
    /// What the system says, such as that the address is in use.
    pub async fn bind(address: SocketAddr, emulation: Arc<Emulation>) -> io::Result<Self> {
        let control = ControlPlane::new(Arc::clone(&emulation));
        Ok(Self::bound(address, Endpoint::new(emulation)).await?.control_plane(control))
    }

    /// Binds an address for a control plane alone.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    pub async fn bind_control_plane(address: SocketAddr, control: ControlPlane) -> io::Result<Self> {
        Ok(Self::bound(address, Endpoint::of_control_plane(control.clone())).await?.control_plane(control))
    }

    async fn bound(address: SocketAddr, endpoint: Endpoint) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            endpoint,
            drain: Self::DRAIN,
            most_connections: Limits::default().most_connections,
            #[cfg(feature = "tls")]
            tls: None,
        })
    }

    /// The same with another time that calls that are under way have once the server is told to stop. Zero ends them at once; a
    /// connection that waits for a request is closed at once in any case.
    pub fn drain(self, drain: Duration) -> Self {
        Self { drain, ..self }
    }

    /// The same with these limits, which hold for the control plane too.
    pub fn limits(self, limits: Limits) -> Self {
        Self {
            endpoint: self.endpoint.limits(limits),
            most_connections: limits.most_connections.max(1),
            ..self
        }
    }

    /// The same with this control plane, such as one that asks for a token. Its emulation may be another one.
    pub fn control_plane(self, control: ControlPlane) -> Self {
        let control = control.on(self.address);
        Self { endpoint: self.endpoint.control_plane(control), ..self }
    }

    /// The same without a control plane: what is below `/__admin` is another path as any. One that was bound for a control plane
    /// alone keeps it.
    pub fn without_control_plane(self) -> Self {
        Self { endpoint: self.endpoint.without_control_plane(), ..self }
    }

    /// The same for pages in a browser from these origins: what the emulation answers to them may be read there, and a preflight is
    /// answered with 204, whatever the path is, without being a call. No body is another. None switches it off, as it is at first.
    /// The control plane is not for pages.
    pub fn cors(self, origins: impl IntoIterator<Item = Origin>) -> Self {
        Self { endpoint: self.endpoint.cors(origins), ..self }
    }

    /// The same by TLS, `https` instead of `http`, with this certificate, and so its control plane.
    ///
    /// The handshake has as long as the head of a request, and holds up nobody else. Faults on the wire do to the bytes within TLS
    /// what they do without it, and a reset is one of the socket. A client that speaks HTTP without TLS gets 400.
    #[cfg(feature = "tls")]
    pub fn tls(self, tls: Tls) -> Self {
        Self { endpoint: self.endpoint.secure(), tls: Some(tls), ..self }
    }

    /// Where the server is reached from this machine, such as `http://127.0.0.1:8080`, or `https` by TLS.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address, self.endpoint.is_secure())
    }

    /// Serves until `stop` is ready, then lets calls that are under way end. A request that has come by then is answered, also that of
    /// a connection that was not accepted yet; further connections are refused.
    ///
    /// They have [ten seconds](Self::DRAIN), or what [`drain`](Self::drain) says; what is left of them then is cut off, with a
    /// warning in the log. Dropping the future closes the listener and all connections.
    ///
    /// A panic in a connection ends that connection alone. The first one goes on from here once the server has stopped, so that
    /// it reaches whoever waits for the end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut connections = Connections {
            endpoint: self.endpoint,
            #[cfg(feature = "tls")]
            acceptor: self.tls.as_ref().map(Tls::acceptor),
            stop: WireStop::default(),
            tasks: JoinSet::new(),
        };
        let mut panic = None;
        let mut shortage = Shortage::default();
        let mut crowd = Crowd::new(self.most_connections);
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if crowd.has_room(connections.tasks.len()) => match accepted {
                    Ok((stream, _)) => {
                        shortage.end();
                        connections.begin(stream);
                        if crowd.came(connections.tasks.len()) {
                            tracing::warn!(most = self.most_connections, "further connections have to wait");
                        }
                    }
                    Err(error) => shortage.wait(&error).await,
                },
                Some(ended) = connections.tasks.join_next() => {
                    crowd.went(connections.tasks.len());
                    keep_panic(ended, &mut panic);
                }
                () = &mut stop => break,
            }
        }
        connections.stop.stop();
        if !self.drain.is_zero() {
            for stream in waiting(self.listener) {
                connections.begin(stream);
            }
        }
        let mut connections = connections.tasks;
        let ended = async {
            while let Some(ended) = connections.join_next().await {
                keep_panic(ended, &mut panic);
            }
        };
        if tokio::time::timeout(self.drain, ended).await.is_err() {
            if !self.drain.is_zero() {
                tracing::warn!("calls were still under way when the server stopped");
            }
            connections.abort_all();
        }
        while let Some(ended) = connections.join_next().await {
            keep_panic(ended, &mut panic);
        }
        if let Some(panic) = panic {
            std::panic::resume_unwind(panic);
        }
    }

    /// Serves in a task of its own, until [`Running::stop`] is called or the [`Running`] is dropped.
    pub fn start(self) -> Running {
        let (stop, stopped) = oneshot::channel();
        let url = self.url();
        let task = tokio::spawn(self.run(async {
            // An error is the sender being dropped, which means the same.
            let _ = stopped.await;
        }));
        Running { url, stop, task }
    }
}

fn keep_panic(ended: Result<(), JoinError>, panic: &mut Option<Box<dyn Any + Send>>) {
    if let Some(payload) = ended.err().and_then(|error| error.try_into_panic().ok()) {
        panic.get_or_insert(payload);
    }
}

/// The connections of a running server.
struct Connections {
    endpoint: Endpoint,
    #[cfg(feature = "tls")]
    acceptor: Option<TlsAcceptor>,
    stop: WireStop,
    tasks: JoinSet<()>,
}

impl Connections {
    /// Serves a connection in a task of its own.
    fn begin(&mut self, stream: TcpStream) {
        // Answers are small and written at once, so there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        #[cfg(feature = "tls")]
        if let Some(acceptor) = &self.acceptor {
            let (acceptor, endpoint, stop) = (acceptor.clone(), self.endpoint.clone(), self.stop.clone());
            self.tasks.spawn(serve_securely(stream, acceptor, endpoint, stop));
            return;
        }
        self.tasks.spawn(self.endpoint.serve_until(stream, &self.stop));
    }
}

/// The connections in the queue of the system, which would be reset by the end of their listener, with the requests that they may
/// have sent.
fn waiting(listener: TcpListener) -> Vec<TcpStream> {
    let accepted = listener.into_std().into_iter().flat_map(|listener| {
        // It does not block, so there is an error as soon as nobody waits.
        std::iter::from_fn(move || listener.accept().ok()).take(QUEUE)
    });
    let streams = accepted.filter_map(|(stream, _)| {
        stream.set_nonblocking(true).ok()?;
        TcpStream::from_std(stream).ok()
    });
    streams.collect()
}

fn url(address: SocketAddr, is_secure: bool) -> String {
    // An address that stands for all of the machine's is not one to connect to.
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let scheme = if is_secure { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
}

/// A server that serves in a task of its own.
#[derive(Debug)]
#[must_use = "the server stops when this is dropped"]
pub struct Running {
    url: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Where the server is reached from this machine, such as `http://127.0.0.1:43210`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops the server and waits until calls that are under way have ended, for as long as [`Server::drain`] says at most.
    ///
    /// # Panics
    ///
    /// If a connection of the server did.
    pub async fn stop(self) {
        // An error is the server having stopped by itself, which it does by a panic alone.
        let _ = self.stop.send(());
        if let Some(panic) = self.task.await.err().and_then(|error| error.try_into_panic().ok()) {
            std::panic::resume_unwind(panic);
        }
    }
}

#[cfg(test)]
mod tests {
    use greenapi_model::Contract;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn ask(client: &mut TcpStream) {
        client.write_all(b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    }

    async fn read(client: &mut TcpStream) -> usize {
        client.read(&mut [0; 4096]).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_too_many_waits_until_another_has_ended() {
        let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
        let limits = Limits { most_connections: 2, ..Limits::default() };
        let server = Server::bind("127.0.0.1:0".parse().unwrap(), emulation).await.unwrap().limits(limits);
        let address = server.address;
        let running = server.start();
        let (mut first, mut second, mut third) = (
            TcpStream::connect(address).await.unwrap(),
            TcpStream::connect(address).await.unwrap(),
            TcpStream::connect(address).await.unwrap(),
        );
        ask(&mut third).await;
        for _ in 0..10 {
            for client in [&mut first, &mut second] {
                ask(client).await;
                assert!(read(client).await > 0);
            }
        }
        let error = third.try_read(&mut [0]).expect_err("the third one is not to be served yet");
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        drop(second);
        assert!(read(&mut third).await > 0);
        running.stop().await;
    }

    #[tokio::test]
    async fn a_request_in_the_queue_of_the_system_is_answered_when_the_server_stops() {
        let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
        let mut server = Server::bind("127.0.0.1:0".parse().unwrap(), emulation).await.unwrap();
        server.most_connections = 1;
        let address = server.address;
        let running = server.start();
        let mut first = TcpStream::connect(address).await.unwrap();
        ask(&mut first).await;
        assert!(read(&mut first).await > 0);
        // As long as the first one is there, none of these is accepted.
        let mut waiting = Vec::new();
        for _ in 0..100 {
            let mut client = TcpStream::connect(address).await.unwrap();
            ask(&mut client).await;
            waiting.push(client);
        }
        let mut silent = TcpStream::connect(address).await.unwrap();
        running.stop().await;
        for client in &mut waiting {
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200 ") && answer.trim_end().ends_with('}'), "{answer}");
        }
        // Who asked for nothing gets an end in order.
        for client in [&mut first, &mut silent] {
            assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        }
        assert!(TcpStream::connect(address).await.is_err());
    }
}

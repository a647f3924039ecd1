mod connection;
mod front;
#[cfg(feature = "tls")]
mod handshake;
mod patience;

use std::any::Any;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle, JoinSet};

use self::connection::serve;
use self::front::Front;
#[cfg(feature = "tls")]
use self::handshake::serve_securely;
use crate::admin::ControlPlane;
use crate::cors::Origin;
use crate::emulation::Emulation;
use crate::limits::Limits;
use crate::service::EmulationService;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::wire::{Wire, WireStop};

/// How long to wait after an error of `accept` that is not about one connection, such as too many open files.
const BACK_OFF: Duration = Duration::from_millis(50);

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
    front: Front,
    drain: Duration,
    limits: Limits,
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
        let service = EmulationService::new(emulation);
        Ok(Self::bound(address, Front::emulation_of(service)).await?.control_plane(control))
    }

    /// Binds an address for a control plane alone.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    pub async fn bind_control_plane(address: SocketAddr, control: ControlPlane) -> io::Result<Self> {
        Ok(Self::bound(address, Front::control_plane_of(control.clone())).await?.control_plane(control))
    }

    async fn bound(address: SocketAddr, front: Front) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            front,
            drain: Self::DRAIN,
            limits: Limits::default(),
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
        Self { limits, ..self }
    }

    /// The same with this control plane, such as one that asks for a token. Its emulation may be another one.
    pub fn control_plane(self, control: ControlPlane) -> Self {
        let control = control.on(self.address);
        Self { front: self.front.control_plane(control), ..self }
    }

    /// The same without a control plane: what is below `/__admin` is another path as any. One that was bound for a control plane
    /// alone keeps it.
    pub fn without_control_plane(self) -> Self {
        Self { front: self.front.without_control_plane(), ..self }
    }

    /// The same for pages in a browser from these origins: what the emulation answers to them may be read there, and a preflight is
    /// answered with 204, whatever the path is, without being a call. No body is another. None switches it off, as it is at first.
    /// The control plane is not for pages.
    pub fn cors(self, origins: impl IntoIterator<Item = Origin>) -> Self {
        Self { front: self.front.cors(origins.into_iter().collect()), ..self }
    }

    /// The same by TLS, `https` instead of `http`, with this certificate, and so its control plane.
    ///
    /// The handshake has as long as the head of a request, and holds up nobody else. Faults on the wire do to the bytes within TLS
    /// what they do without it, and a reset is one of the socket. A client that speaks HTTP without TLS gets 400.
    #[cfg(feature = "tls")]
    pub fn tls(self, tls: Tls) -> Self {
        Self { front: self.front.secure(), tls: Some(tls), ..self }
    }

    /// Where the server is reached from this machine, such as `http://127.0.0.1:8080`, or `https` by TLS.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address, self.front.is_secure())
    }

    /// Serves until `stop` is ready, then takes no more connections and lets calls that are under way end.
    ///
    /// They have [ten seconds](Self::DRAIN), or what [`drain`](Self::drain) says; what is left of them then is cut off, with a
    /// warning in the log. Dropping the future closes the listener and all connections.
    ///
    /// A panic in a connection ends that connection alone. The first one goes on from here once the server has stopped, so that
    /// it reaches whoever waits for the end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let front = self.front.limits(&self.limits);
        let limits = self.limits;
        #[cfg(feature = "tls")]
        let acceptor = self.tls.as_ref().map(Tls::acceptor);
        #[cfg(not(feature = "tls"))]
        let acceptor = None::<()>;
        let most_connections = limits.most_connections.max(1);
        let mut connections = JoinSet::new();
        let stop_connections = WireStop::default();
        let mut panic = None;
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if connections.len() < most_connections => match accepted {
                    Ok((stream, _)) if front.closes_after_accept() => drop(stream),
                    Ok((stream, _)) => {
                        // Answers are small and written at once, so there is nothing to wait for.
                        let _ = stream.set_nodelay(true);
                        let stop = stop_connections.clone();
                        match &acceptor {
                            #[cfg(feature = "tls")]
                            Some(acceptor) => {
                                let front = front.clone();
                                connections.spawn(serve_securely(stream, acceptor.clone(), front, limits, stop));
                            }
                            _ => {
                                let wire = Wire::new(stream).until(&stop);
                                let front = front.on(wire.handle());
                                connections.spawn(serve(wire, front, limits, stop));
                            }
                        }
                        if connections.len() == most_connections {
                            tracing::warn!(most = most_connections, "further connections have to wait");
                        }
                    }
                    Err(error) => back_off(&error).await,
                },
                Some(ended) = connections.join_next() => keep_panic(ended, &mut panic),
                () = &mut stop => break,
            }
        }
        drop(self.listener);
        stop_connections.stop();
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

/// An error of one connection is over with it; any other would come again at once.
async fn back_off(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "cannot accept a connection; trying again");
        tokio::time::sleep(BACK_OFF).await;
    }
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
}

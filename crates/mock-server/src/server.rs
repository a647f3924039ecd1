mod connection;
mod front;
mod shortage;

use std::any::Any;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle, JoinSet};

use self::connection::serve;
use self::front::Front;
use self::shortage::Shortage;
use crate::admin::ControlPlane;
use crate::emulation::Emulation;
use crate::service::EmulationService;
use crate::wire::{Wire, WireStop};

/// How long calls that are under way may take once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How many connections there may be at once. One more waits in the queue of the system until another has ended.
const CONNECTIONS: usize = 16_384;
/// How many connections there may be in the queue of the system once the server is told to stop: as many as tokio lets wait there.
const QUEUE: usize = 1_024;

/// An emulation behind a socket, HTTP/1.1, with its control plane below `/__admin`; or a control plane alone.
///
/// Nobody holds it up: head and body of a request have 30 seconds each, a connection waits as long for the next request, and beyond
/// 16 384 connections one more waits until another has ended.
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
    most_connections: usize,
}

impl Server {
    /// Binds the address; port 0 is any free one. Where only this machine reaches the address there is a [`ControlPlane`] too;
    /// elsewhere it refuses everything until it is given a token: [`control_plane`](Self::control_plane).
    ///
    /// # Errors
    ///
    /// What the system says, such as that the address is in use.
    pub async fn bind(address: SocketAddr, emulation: Arc<Emulation>) -> io::Result<Self> {
        let control = ControlPlane::new(Arc::clone(&emulation));
        let service = EmulationService::new(emulation);
        Ok(Self::bound(address, Front::Emulation(service, None)).await?.control_plane(control))
    }

    /// Binds an address for a control plane alone.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    pub async fn bind_control_plane(address: SocketAddr, control: ControlPlane) -> io::Result<Self> {
        Ok(Self::bound(address, Front::ControlPlane(control.clone())).await?.control_plane(control))
    }

    async fn bound(address: SocketAddr, front: Front) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, front, drain: DRAIN, most_connections: CONNECTIONS })
    }

    /// How long calls that are under way may take once the server is told to stop. Zero ends them at once.
    pub(crate) fn drain(self, drain: Duration) -> Self {
        Self { drain, ..self }
    }

    /// The same with this control plane, such as one that asks for a token. Its emulation may be another one.
    pub fn control_plane(self, control: ControlPlane) -> Self {
        let control = control.on(self.address);
        let front = match self.front {
            Front::Emulation(service, _) => Front::Emulation(service, Some(control.shared())),
            Front::ControlPlane(_) => Front::ControlPlane(control),
        };
        Self { front, ..self }
    }

    /// The same without a control plane: what is below `/__admin` is another path as any. One that was bound for a control plane
    /// alone keeps it.
    pub fn without_control_plane(self) -> Self {
        let front = match self.front {
            Front::Emulation(service, _) => Front::Emulation(service, None),
            front @ Front::ControlPlane(_) => front,
        };
        Self { front, ..self }
    }

    /// Where the server is reached from this machine, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Serves until `stop` is ready, then lets calls that are under way end. A request that has come by then is answered, also that of
    /// a connection that was not accepted yet; further connections are refused.
    ///
    /// It ends at last after ten more seconds. Dropping the future closes the listener and all connections.
    ///
    /// A panic in a connection ends that connection alone. The first one goes on from here once the server has stopped, so that
    /// it reaches whoever waits for the end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut connections = JoinSet::new();
        let stop_connections = WireStop::default();
        let mut panic = None;
        let mut shortage = Shortage::default();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if connections.len() < self.most_connections => match accepted {
                    Ok((stream, _)) => {
                        shortage.end();
                        begin(&mut connections, &self.front, stream, &stop_connections);
                        if connections.len() == self.most_connections {
                            tracing::warn!(connections = self.most_connections, "further connections have to wait");
                        }
                    }
                    Err(error) => shortage.wait(&error).await,
                },
                Some(ended) = connections.join_next() => keep_panic(ended, &mut panic),
                () = &mut stop => break,
            }
        }
        stop_connections.stop();
        if !self.drain.is_zero() {
            for stream in waiting(self.listener) {
                begin(&mut connections, &self.front, stream, &stop_connections);
            }
        }
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

/// Serves a connection in a task of its own.
fn begin(connections: &mut JoinSet<()>, front: &Front, stream: TcpStream, stop: &WireStop) {
    if front.closes_after_accept() {
        return;
    }
    // Answers are small and written at once, so there is nothing to wait for.
    let _ = stream.set_nodelay(true);
    let wire = Wire::new(stream).until(stop);
    let front = front.on(wire.handle());
    connections.spawn(serve(wire, front, stop.clone()));
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

fn url(address: SocketAddr) -> String {
    // An address that stands for all of the machine's is not one to connect to.
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
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

    /// Stops the server and waits until calls that are under way have ended, for ten seconds at most.
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
        let mut server = Server::bind("127.0.0.1:0".parse().unwrap(), emulation).await.unwrap();
        server.most_connections = 2;
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

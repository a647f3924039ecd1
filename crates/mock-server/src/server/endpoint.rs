use std::future::Future;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use super::connection;
use super::front::Front;
use crate::admin::ControlPlane;
use crate::cors::Origin;
use crate::emulation::Emulation;
use crate::limits::Limits;
use crate::service::EmulationService;
use crate::wire::{Reset, Wire, WireStop};

/// An emulation with its control plane below `/__admin`, or a control plane alone, that serves whatever stream it is given.
///
/// It is what [`Server`](crate::Server) has behind its socket, with the same manners and limits of time; how many connections there
/// are is up to whoever makes them. It is for tests without a socket, and for streams of your own that implement [`Reset`]. It is
/// cheap to clone, and wants a runtime of tokio with its timers.
///
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// use std::sync::Arc;
///
/// use greenapi_mock_server::{Emulation, Endpoint};
/// use greenapi_model::Contract;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let emulation = Arc::new(Emulation::new(Contract::default())?);
/// let (mut client, stream) = tokio::io::duplex(4096);
/// let connection = tokio::spawn(Endpoint::new(emulation).serve(stream));
///
/// let body = r#"{"groupName": "Hiking", "phones": [79001234567]}"#;
/// let line = "POST /waInstance1101000001/createGroup/any-token HTTP/1.1";
/// let request = format!("{line}\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len());
/// client.write_all(request.as_bytes()).await?;
/// client.shutdown().await?;
///
/// let mut answer = String::new();
/// client.read_to_string(&mut answer).await?;
/// assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
/// connection.await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })
/// # .map_err(|error| std::io::Error::other(error.to_string()))?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an endpoint answers nothing until it serves a stream"]
pub struct Endpoint {
    pub(super) front: Front,
    pub(super) limits: Arc<Limits>,
}

impl Endpoint {
    /// With a [`ControlPlane`] that asks for no token: whoever has the other end of a stream may do anything with the emulation.
    pub fn new(emulation: Arc<Emulation>) -> Self {
        let control = ControlPlane::new(Arc::clone(&emulation));
        Self::of(Front::emulation_of(EmulationService::new(emulation))).control_plane(control)
    }

    /// The control plane alone.
    pub fn of_control_plane(control: ControlPlane) -> Self {
        Self::of(Front::control_plane_of(control))
    }

    fn of(front: Front) -> Self {
        Self { front, limits: Arc::default() }
    }

    /// The same with these limits, which hold for the control plane too. [`Limits::most_connections`] is for a
    /// [`Server`](crate::Server).
    pub fn limits(self, limits: Limits) -> Self {
        Self { front: self.front.limits(&limits), limits: Arc::new(limits) }
    }

    /// The same with this control plane, such as one that asks for a token. Its emulation may be another one.
    pub fn control_plane(self, control: ControlPlane) -> Self {
        Self { front: self.front.control_plane(control.limits(&self.limits)), ..self }
    }

    /// The same without a control plane: what is below `/__admin` is another path as any. One of a control plane alone keeps it.
    pub fn without_control_plane(self) -> Self {
        Self { front: self.front.without_control_plane(), ..self }
    }

    /// The same for pages of these origins in a browser, see [`Server::cors`](crate::Server::cors).
    pub fn cors(self, origins: impl IntoIterator<Item = Origin>) -> Self {
        Self { front: self.front.cors(origins.into_iter().collect()), ..self }
    }

    /// The same by hyper alone: no request takes the short way, by which a plain one is answered without hyper. The answers are the
    /// same, which is what this is there to show.
    pub fn by_hyper_alone(self) -> Self {
        Self { front: self.front.by_hyper_alone(), ..self }
    }

    /// The same behind TLS.
    #[cfg(feature = "tls")]
    pub(super) fn secure(self) -> Self {
        Self { front: self.front.secure(), ..self }
    }

    pub(super) fn is_secure(&self) -> bool {
        self.front.is_secure()
    }

    /// Serves one connection until it ends. Dropping the future ends it at once.
    pub fn serve<S>(&self, stream: S) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
    {
        self.serve_until(stream, &WireStop::default())
    }

    /// The same; once it is stopped, a call that is under way ends, and no further one is taken.
    pub fn serve_until<S>(&self, stream: S, stop: &WireStop) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
    {
        // A fault closes what was just accepted. So the stream is gone before the future is waited for.
        self.serve_accepted((!self.front.closes_after_accept()).then_some(stream), stop)
    }

    /// The same for a connection that no fault closes any more. Without a stream, one has.
    pub(super) fn serve_accepted<S>(
        &self,
        stream: Option<S>,
        stop: &WireStop,
    ) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
    {
        let wire = Wire::of(stream).until(stop);
        let front = self.front.on(wire.handle());
        connection::serve(wire, front, Arc::clone(&self.limits), stop.clone())
    }
}

#[cfg(test)]
mod tests {
    use greenapi_model::Contract;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;
    use crate::emulation::Scope;
    use crate::injection::Injection;

    const BODY: &str = r#"{"groupName":"x","phones":[79001234567]}"#;
    const HEALTH: &str = "GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n";

    fn emulation() -> Arc<Emulation> {
        Arc::new(Emulation::new(Contract::default()).unwrap())
    }

    fn created() -> String {
        let line = "POST /waInstance1101000001/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\n";
        format!("{line}Content-Length: {}\r\n\r\n{BODY}", BODY.len())
    }

    async fn send(client: &mut DuplexStream, request: &str) {
        // The server may have closed its end, and then it says nothing.
        let _ = client.write_all(request.as_bytes()).await;
    }

    async fn read(client: &mut DuplexStream) -> String {
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// The status of the answer, or an empty text where there is none.
    async fn check(endpoint: &Endpoint, request: &str, expected: &str) {
        let (mut client, stream) = duplex(1 << 16);
        let connection = endpoint.serve(stream);
        send(&mut client, request).await;
        let _ = client.shutdown().await;
        let ((), answer) = tokio::join!(connection, read(&mut client));
        assert_eq!(answer.get(9..12).unwrap_or_default(), expected, "{request}\n{answer}");
    }

    #[tokio::test]
    async fn a_stream_is_served_as_a_socket_is() {
        let emulation = emulation();
        let both = Endpoint::new(Arc::clone(&emulation));
        let control = ControlPlane::new(Arc::clone(&emulation));
        let guarded = both.clone().control_plane(control.clone().token("s3cret".parse().unwrap()));
        let alone = Endpoint::of_control_plane(control).without_control_plane();
        let without = both.clone().without_control_plane();
        let reset = HEALTH.replace("GET", "POST").replace("health", "reset");
        for (endpoint, creates, health, resets) in [
            (&both, "200", "200", "200"),
            (&guarded, "200", "200", "401"),
            (&without, "200", "403", "403"),
            (&alone, "404", "200", "200"),
        ] {
            check(endpoint, &created(), creates).await;
            check(endpoint, HEALTH, health).await;
            check(endpoint, &reset, resets).await;
        }
        check(&both, "GET / HTTP/1.1\r\n\r\n", "400").await;
        check(&both, "GET / HT", "400").await;
        check(&both, "", "").await;
    }

    #[tokio::test]
    async fn a_stream_that_was_just_accepted_is_closed_where_a_fault_wants_that() {
        let emulation = emulation();
        let fault = Injection::of(emulation.fault("wire.close-after-accept").unwrap()).calls(1);
        emulation.inject(Scope::Everywhere, fault).unwrap();
        let endpoint = Endpoint::new(emulation);
        check(&endpoint, &created(), "").await;
        check(&endpoint, &created(), "200").await;
    }

    #[tokio::test]
    async fn once_it_is_stopped_a_connection_that_waits_ends() {
        let stop = WireStop::default();
        let (mut client, stream) = duplex(1 << 16);
        let connection = tokio::spawn(Endpoint::new(emulation()).serve_until(stream, &stop));
        send(&mut client, &created()).await;
        let mut first = [0; 12];
        client.read_exact(&mut first).await.unwrap();
        stop.stop();
        connection.await.unwrap();
        assert!(first == *b"HTTP/1.1 200" && !read(&mut client).await.contains("HTTP/1.1"));
    }
}

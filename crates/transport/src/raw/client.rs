use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use crate::raw::base::Base;
use crate::raw::connection::{Connection, Exchange, Message};
use crate::raw::connector::{Connected, Connector};
use crate::raw::error::RawError;
use crate::raw::idle::Idle;
use crate::raw::phase::Phase;
use crate::raw::proxy::Proxy;
use crate::raw::request::RawRequest;
use crate::raw::response::RawResponse;
use crate::raw::timings::Timings;
#[cfg(feature = "tls")]
use crate::raw::tls::Tls;

/// Sends requests to one base URL over HTTP/1.1 and keeps connections for the next call.
///
/// Calls may run at the same time: each has a connection of its own, and up to [`max_idle`](Self::max_idle) of them
/// are kept afterwards. A clone shares the kept connections. Calls need a tokio runtime with I/O and time. A kept
/// connection is used only in the runtime that it was made in; a call in another one makes its own.
#[derive(Clone)]
pub struct RawClient {
    connector: Arc<Connector>,
    idle: Arc<Idle>,
    connect_timeout: Duration,
    pub(crate) deadline: Duration,
    body_limit: usize,
    max_idle: usize,
    idle_timeout: Duration,
}

impl RawClient {
    /// A client for a base URL such as `http://127.0.0.1:8080` or `https://host/prefix`, with or without a slash at the
    /// end. Where no port is named it is 80, or 443 for `https`. No proxy is used unless one is
    /// [named](Self::proxy).
    ///
    /// # Errors
    ///
    /// [`RawError::is_invalid`]: the text is no URL, neither `http` nor (with the feature `tls`) `https`, or has a user, a
    /// query or a fragment.
    pub fn new(base_url: &str) -> Result<Self, RawError> {
        Ok(Self {
            connector: Arc::new(Connector::new(Base::parse(base_url)?)),
            idle: Arc::new(Idle::new()),
            connect_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(30),
            body_limit: 1 << 20,
            max_idle: 4,
            idle_timeout: Duration::from_secs(30),
        })
    }

    /// How long it may take to get a connection: to resolve the name, connect, ask the proxy and shake hands. 5 seconds
    /// unless told otherwise.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the whole call may take, with connecting. 30 seconds unless told otherwise.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many bytes of response body are taken. 1 MiB unless told otherwise.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How many connections are kept while no call uses them. 4 unless told otherwise; 0 makes one a call.
    #[must_use]
    pub fn max_idle(mut self, connections: usize) -> Self {
        self.max_idle = connections;
        self
    }

    /// How long a connection is kept that no call uses. 30 seconds unless told otherwise. One that was kept for longer is
    /// not used again; it is closed when the next call looks for one, as nothing runs in between.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Reaches the service through a proxy. Kept connections are not shared with the client that this one came from.
    #[must_use]
    pub fn proxy(self, proxy: Proxy) -> Self {
        self.connecting(|connector| connector.proxy = Some(proxy))
    }

    /// Reaches an `https` service through the proxy that the environment names, if it does: `HTTPS_PROXY`, or else
    /// `ALL_PROXY`, unless `NO_PROXY` lists the host. An `http` service is reached directly.
    ///
    /// # Errors
    ///
    /// [`RawError::is_invalid`]: that proxy is of a kind that is not supported.
    pub fn proxy_of_environment(self) -> Result<Self, RawError> {
        let proxy = Proxy::of_environment(&self.connector.base)?;
        Ok(self.connecting(|connector| connector.proxy = proxy))
    }

    /// Whom to trust where the service speaks `https`; [`Tls::platform`] unless told otherwise. Kept connections are not
    /// shared with the client that this one came from.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(self, tls: Tls) -> Self {
        self.connecting(|connector| connector.tls = Some(tls))
    }

    fn connecting(mut self, change: impl FnOnce(&mut Connector)) -> Self {
        change(Arc::make_mut(&mut self.connector));
        self.idle = Arc::new(Idle::new());
        self
    }

    pub(crate) fn base(&self) -> &Base {
        &self.connector.base
    }

    /// Sends the request once and reads the response, whatever its status.
    ///
    /// Dropping the future closes the connection; the request may have reached the service by then.
    ///
    /// # Errors
    ///
    /// | what happened | question | [may have reached](RawError::may_have_reached) |
    /// |---|---|---|
    /// | path or header not valid | [`is_invalid`](RawError::is_invalid) | no |
    /// | the name does not resolve, nobody listens | [`is_connect`](RawError::is_connect) | no |
    /// | the proxy gave no tunnel | `is_connect` and [`is_proxy`](RawError::is_proxy) | no |
    /// | no handshake, or a certificate that is not trusted | `is_connect` and [`is_tls`](RawError::is_tls) | no |
    /// | no connection in time | `is_connect` and [`is_timeout`](RawError::is_timeout) | no |
    /// | a new connection closed before anything was written | none | no |
    /// | the connection failed | none | yes |
    /// | what came is not HTTP | [`is_protocol`](RawError::is_protocol) | yes |
    /// | the deadline passed after the request was begun | `is_timeout` | yes |
    /// | response body over the limit | [`is_too_large`](RawError::is_too_large) | yes |
    pub async fn send(&self, request: &RawRequest) -> Result<RawResponse, RawError> {
        self.send_message(request.message(self.base())?, self.deadline).await
    }

    /// Sends the message once, within the time.
    pub(crate) async fn send_message(
        &self,
        mut message: Message,
        deadline: Duration,
    ) -> Result<RawResponse, RawError> {
        let call = Call::new(self, deadline);
        // To read the clock takes its time, so a call does so only where it may have waited.
        while let Some(kept) = self.idle.take(call.start, self.idle_timeout) {
            if !kept.is_still_idle() {
                continue;
            }
            match call.exchange(kept, message, call.start, None).await? {
                Answered::Done(response) => return Ok(response),
                Answered::Unsent(unsent, _) => message = unsent,
            }
        }
        let (connection, connected) = call.open().await?;
        match call.exchange(Box::new(connection), message, Instant::now(), Some(connected)).await? {
            Answered::Done(response) => Ok(response),
            Answered::Unsent(_, cause) => Err(RawError::unsent(cause)),
        }
    }
}

/// One call on its way.
struct Call<'c> {
    client: &'c RawClient,
    start: Instant,
    end: Instant,
}

enum Answered {
    Done(RawResponse),
    Unsent(Message, hyper::Error),
}

impl<'c> Call<'c> {
    fn new(client: &'c RawClient, deadline: Duration) -> Self {
        /// A deadline that is farther away is no other to anybody, and would overflow.
        const FAR: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);
        let start = Instant::now();
        Self { client, start, end: start + deadline.min(FAR) }
    }

    async fn open(&self) -> Result<(Connection, Connected), RawError> {
        let left = self.end.saturating_duration_since(Instant::now());
        let limit = self.client.connect_timeout.min(left);
        let mut phase = Phase::Connect;
        let opened = timeout(limit, self.client.connector.open(limit, self.start, &mut phase)).await;
        opened.unwrap_or_else(|_| Err(RawError::timeout(phase)))
    }

    async fn exchange(
        &self,
        mut connection: Box<Connection>,
        message: Message,
        now: Instant,
        connected: Option<Connected>,
    ) -> Result<Answered, RawError> {
        let client = self.client;
        if self.end <= now {
            // Nothing is sent that nobody would wait for.
            return Err(RawError::timeout(Phase::Connect));
        }
        let mut head = None;
        let at_head = || head = Some(self.start.elapsed());
        let exchange = timeout_at(self.end, connection.exchange(message, client.body_limit, at_head)).await;
        let phase = if head.is_some() { Phase::Body } else { Phase::Head };
        let exchange = exchange.unwrap_or_else(|_| Err(RawError::timeout(phase)))?;
        let now = Instant::now();
        if connection.is_idle().await {
            client.idle.keep(now, connection, client.max_idle);
        }
        Ok(match exchange {
            Exchange::Unsent(message, cause) => Answered::Unsent(message, cause),
            Exchange::Done(response) => {
                let total = now.duration_since(self.start);
                let timings = Timings {
                    connected: connected.map(|connected| connected.connected),
                    secured: connected.and_then(|connected| connected.secured),
                    head: head.unwrap_or(total),
                    total,
                };
                let (head, body) = response.into_parts();
                let http::response::Parts { status, version, headers, .. } = head;
                Answered::Done(RawResponse { status, version, headers, body, timings })
            }
        })
    }
}

impl fmt::Debug for RawClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Base { is_https, host, port, .. } = self.base();
        formatter
            .debug_struct("RawClient")
            .field("is_https", is_https)
            .field("host", host)
            .field("port", port)
            .field("proxy", &self.connector.proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("deadline", &self.deadline)
            .field("body_limit", &self.body_limit)
            .field("max_idle", &self.max_idle)
            .field("idle_timeout", &self.idle_timeout)
            .finish_non_exhaustive()
    }
}

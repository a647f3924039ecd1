use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::raw::base::Base;
use crate::raw::connection::{Connection, Exchange, Message};
use crate::raw::error::RawError;
use crate::raw::idle::Idle;
use crate::raw::request::RawRequest;
use crate::raw::response::RawResponse;

/// Sends requests to one base URL over HTTP/1.1 and keeps connections for the next call.
///
/// Calls may run at the same time: each has a connection of its own, and up to [`max_idle`](Self::max_idle) of them
/// are kept afterwards. A clone shares the kept connections. Calls need a tokio runtime with I/O and time. A kept
/// connection belongs to the runtime that it was made in; where that is gone, the next call makes a new one.
#[derive(Clone)]
pub struct RawClient {
    base: Arc<Base>,
    idle: Arc<Idle>,
    connect_timeout: Duration,
    deadline: Duration,
    body_limit: usize,
    max_idle: usize,
}

impl RawClient {
    /// A client for a base URL such as `http://127.0.0.1:8080` or `http://host/prefix`, with or without a slash at the
    /// end. The port is 80 where none is named.
    ///
    /// # Errors
    ///
    /// [`RawError::is_invalid`]: the text is no URL, not `http`, or has a user, a query or a fragment.
    pub fn new(base_url: &str) -> Result<Self, RawError> {
        Ok(Self {
            base: Arc::new(Base::parse(base_url)?),
            idle: Arc::new(Idle::new()),
            connect_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(30),
            body_limit: 1 << 20,
            max_idle: 4,
        })
    }

    /// How long it may take to resolve the name and connect. 5 seconds unless told otherwise.
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

    /// Sends the request once and reads the response, whatever its status.
    ///
    /// Dropping the future closes the connection; the request may have reached the service by then.
    ///
    /// # Errors
    ///
    /// | what happened | question | [may have reached](RawError::may_have_reached) |
    /// |---|---|---|
    /// | path or header not valid | [`is_invalid`](RawError::is_invalid) | no |
    /// | no connection | [`is_connect`](RawError::is_connect) | no |
    /// | no connection in time | `is_connect` and [`is_timeout`](RawError::is_timeout) | no |
    /// | a new connection closed before anything was written | none | no |
    /// | the connection failed, or what came is not HTTP | none | yes |
    /// | the deadline passed after that | `is_timeout` | yes |
    /// | response body over the limit | [`is_too_large`](RawError::is_too_large) | yes |
    pub async fn send(&self, request: &RawRequest) -> Result<RawResponse, RawError> {
        let start = Instant::now();
        let mut message = request.message(&self.base)?;
        while let Some(kept) = self.idle.take() {
            if !kept.is_still_idle() {
                continue;
            }
            match self.exchange(kept, message, start).await? {
                Exchange::Done(response) => return Ok(RawResponse::new(response, start.elapsed())),
                Exchange::Unsent(unsent, _) => message = unsent,
            }
        }
        let connect_timeout = self.connect_timeout.min(self.deadline);
        let connection = timeout(connect_timeout, Connection::open(&self.base))
            .await
            .map_err(|_| RawError::connect_timeout())??;
        match self.exchange(connection, message, start).await? {
            Exchange::Done(response) => Ok(RawResponse::new(response, start.elapsed())),
            Exchange::Unsent(_, cause) => Err(RawError::unsent(cause)),
        }
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        message: Message,
        start: Instant,
    ) -> Result<Exchange, RawError> {
        let left = self.deadline.saturating_sub(start.elapsed());
        let exchange = timeout(left, connection.exchange(message, self.body_limit))
            .await
            .map_err(|_| RawError::deadline())??;
        if connection.is_idle().await {
            self.idle.keep(connection, self.max_idle);
        }
        Ok(exchange)
    }
}

impl fmt::Debug for RawClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawClient")
            .field("host", &self.base.host)
            .field("port", &self.base.port)
            .field("connect_timeout", &self.connect_timeout)
            .field("deadline", &self.deadline)
            .field("body_limit", &self.body_limit)
            .field("max_idle", &self.max_idle)
            .finish_non_exhaustive()
    }
}

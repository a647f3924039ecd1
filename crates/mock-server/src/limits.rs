use std::time::Duration;

/// What a server bears of its clients, so that none holds it up. Each has a default, and a clear end.
///
/// ```
/// use std::time::Duration;
///
/// use greenapi_mock_server::Limits;
///
/// let limits = Limits { body_timeout: Duration::from_secs(5), ..Limits::default() };
/// assert_eq!(limits.most_connections, 16_384);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the head of a request may take from its first byte on: 30 seconds. Then it is answered with 408, and the connection
    /// is closed. A handshake of TLS has as long, and ends without an answer.
    pub head_timeout: Duration,
    /// How long a connection is kept for a request, the first one and each further one: 30 seconds. Then it is closed in silence.
    pub idle_timeout: Duration,
    /// How long a body may take: 30 seconds. Then it is answered with 408, or with what its head has earned, and the connection is
    /// closed.
    pub body_timeout: Duration,
    /// How many connections are served at once: 16 384. One more waits in the queue of the system until another has ended, and a
    /// warning is logged. None is taken for one.
    pub most_connections: usize,
    /// How many bytes may come without the end of a head: 417 792. Then it is answered with 431, or 414 where it is still the target,
    /// and the connection is closed. It is looked at after each read, so a head of up to twice as many may be taken. Less than
    /// [`LEAST_HEAD_BYTES`](Self::LEAST_HEAD_BYTES) is taken for that.
    pub head_bytes: usize,
    /// How many headers a request may have: 100. One with more is answered with 431, and the connection is closed. Another number
    /// than this makes each request a little slower; more than [`MOST_HEADERS`](Self::MOST_HEADERS) is taken for that.
    pub most_headers: usize,
    /// How many bytes of a body are taken, if that is less than what the contract does
    /// ([`Emulation::body_limit`](crate::Emulation::body_limit)): nothing else. A larger body is answered with 413, unless its head
    /// has earned another answer. What is too large for the contract is answered as it says.
    pub body_bytes: Option<u64>,
}

impl Limits {
    /// The least that [`head_bytes`](Self::head_bytes) can be.
    pub const LEAST_HEAD_BYTES: usize = 8192;
    /// The most that [`most_headers`](Self::most_headers) can be.
    pub const MOST_HEADERS: usize = 10_000;
    /// The default of [`most_headers`](Self::most_headers), which is what hyper has room for by itself.
    pub(crate) const HEADERS: usize = 100;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(30),
            most_connections: 16_384,
            head_bytes: 8192 + 100 * 4096,
            most_headers: Self::HEADERS,
            body_bytes: None,
        }
    }
}

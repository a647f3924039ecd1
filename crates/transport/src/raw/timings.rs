use std::time::Duration;

/// When a call came how far, each from its start on, as curl's `time_...` variables are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// A connection was there: the name resolved, the socket connected, the proxy's tunnel open. `None` where a kept
    /// connection was used.
    pub connected: Option<Duration>,
    /// The handshake of TLS was done. `None` where a kept connection was used, and without TLS.
    pub secured: Option<Duration>,
    /// The status and the headers of the answer had come.
    pub head: Duration,
    /// The last byte of the body had come.
    pub total: Duration,
}

use std::fmt;

/// How far a call had come when its time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// It resolved the name, or made the connection. Nothing was sent.
    Connect,
    /// It asked the proxy for a tunnel. Nothing was sent to the service.
    Proxy,
    /// It shook hands for TLS. No request was sent.
    Tls,
    /// It sent the request, or waited for the status and the headers of the answer.
    Head,
    /// It read the body of the answer.
    Body,
}

impl Phase {
    /// Whether a request may have been on its way: from [`Head`](Self::Head) on.
    #[must_use]
    pub fn may_have_sent(self) -> bool {
        match self {
            Self::Connect | Self::Proxy | Self::Tls => false,
            Self::Head | Self::Body => true,
        }
    }
}

/// What it was doing: `connecting`, `asking the proxy`, ...
impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "connecting",
            Self::Proxy => "asking the proxy for a tunnel",
            Self::Tls => "shaking hands for TLS",
            Self::Head => "waiting for an answer",
            Self::Body => "reading the answer",
        })
    }
}

use std::error::Error;
use std::fmt;

/// Why a call gave no response.
///
/// What happened is asked by the methods below; the cause, where there is one, is the `source`. Neither this error nor
/// any of its sources shows the path, a header or a body.
pub struct RawError(Box<Inner>);

struct Inner {
    kind: Kind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Url(&'static str),
    Request(&'static str),
    Connect,
    ConnectTimeout,
    Unsent,
    Exchange,
    Deadline,
    TooLarge(usize),
}

impl RawError {
    /// No connection could be made: the name did not resolve, nobody listens, or nobody answered in time.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect | Kind::ConnectTimeout)
    }

    /// A time limit passed: the connect timeout or the deadline of the call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::ConnectTimeout | Kind::Deadline)
    }

    /// The response body is larger than the client takes.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::TooLarge(_))
    }

    /// The base URL, the path or a header is not valid. Nothing was sent.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        matches!(self.0.kind, Kind::Url(_) | Kind::Request(_))
    }

    /// Whether the request may have reached the service, in whole or in part. Where this is false, it certainly did
    /// not, and the call may be made again.
    #[must_use]
    pub fn may_have_reached(&self) -> bool {
        match self.0.kind {
            Kind::Url(_) | Kind::Request(_) | Kind::Connect | Kind::ConnectTimeout | Kind::Unsent => false,
            Kind::Exchange | Kind::Deadline | Kind::TooLarge(_) => true,
        }
    }

    pub(crate) fn url(reason: &'static str) -> Self {
        Self::of(Kind::Url(reason))
    }

    pub(crate) fn url_syntax(source: http::uri::InvalidUri) -> Self {
        Self::url("it does not parse").because(source)
    }

    pub(crate) fn request(reason: &'static str) -> Self {
        Self::of(Kind::Request(reason))
    }

    pub(crate) fn path_syntax(source: http::uri::InvalidUri) -> Self {
        Self::request("the path does not parse").because(source)
    }

    pub(crate) fn connect(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(Kind::Connect).because(source)
    }

    pub(crate) fn connect_timeout() -> Self {
        Self::of(Kind::ConnectTimeout)
    }

    pub(crate) fn unsent(source: hyper::Error) -> Self {
        Self::of(Kind::Unsent).because(source)
    }

    pub(crate) fn exchange(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(Kind::Exchange).because(source)
    }

    pub(crate) fn deadline() -> Self {
        Self::of(Kind::Deadline)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::of(Kind::TooLarge(limit))
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    fn of(kind: Kind) -> Self {
        Self(Box::new(Inner { kind, source: None }))
    }
}

impl fmt::Display for RawError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            Kind::Url(reason) => write!(formatter, "invalid base url: {reason}"),
            Kind::Request(reason) => write!(formatter, "invalid request: {reason}"),
            Kind::Connect => formatter.write_str("could not connect"),
            Kind::ConnectTimeout => formatter.write_str("could not connect in time"),
            Kind::Unsent => formatter.write_str("the connection closed before the request was sent"),
            Kind::Exchange => formatter.write_str("the connection failed before the response was complete"),
            Kind::Deadline => formatter.write_str("no complete response before the deadline"),
            Kind::TooLarge(limit) => write!(formatter, "the response body is larger than {limit} bytes"),
        }
    }
}

impl fmt::Debug for RawError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawError")
            .field("kind", &self.0.kind)
            .field("source", &self.0.source)
            .finish()
    }
}

impl Error for RawError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

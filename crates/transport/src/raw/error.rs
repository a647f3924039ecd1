use std::error::Error;
use std::fmt;
use std::io;

use crate::raw::phase::Phase;

/// Why a call gave no response.
///
/// What happened is asked by the methods below; the cause, where there is one, is the `source`. Neither this error nor
/// any of its sources shows the path, a header or a body.
pub struct RawError(Box<Inner>);

pub(crate) type Source = Box<dyn Error + Send + Sync>;

struct Inner {
    kind: Kind,
    source: Option<Source>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "three of them are of TLS"))]
enum Kind {
    Url(&'static str),
    Proxy(&'static str),
    Request(&'static str),
    Connect,
    Tunnel,
    Roots,
    Tls,
    NotTls,
    Unsent,
    Exchange,
    Protocol,
    Timeout(Phase),
    TooLarge(usize),
}

impl RawError {
    /// There was no connection to send over: the name did not resolve, nobody listens, the proxy gave no tunnel, the
    /// handshake of TLS failed, or one of these took too long.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        match self.0.kind {
            Kind::Connect | Kind::Tunnel | Kind::Roots | Kind::Tls | Kind::NotTls => true,
            Kind::Timeout(phase) => !phase.may_have_sent(),
            _ => false,
        }
    }

    /// The proxy was not reached, or gave no tunnel.
    #[must_use]
    pub fn is_proxy(&self) -> bool {
        matches!(self.0.kind, Kind::Tunnel | Kind::Timeout(Phase::Proxy))
    }

    /// The handshake of TLS failed, the service's certificate is not trusted, or there are no roots to trust it by.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        matches!(self.0.kind, Kind::Roots | Kind::Tls | Kind::NotTls | Kind::Timeout(Phase::Tls))
    }

    /// The service's certificate is not trusted: it is of another name, has expired, or is of an authority that is not
    /// known. No later call gets another answer until somebody changes something.
    #[must_use]
    pub fn is_certificate(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.0.kind == Kind::Tls
            && matches!(self.of_rustls(), Some(rustls::Error::InvalidCertificate(_)));
        #[cfg(not(feature = "tls"))]
        return false;
    }

    /// A time limit passed: the connect timeout or the deadline of the call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.phase().is_some()
    }

    /// How far the call had come when a time limit passed.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        match self.0.kind {
            Kind::Timeout(phase) => Some(phase),
            _ => None,
        }
    }

    /// What came is not HTTP.
    #[must_use]
    pub fn is_protocol(&self) -> bool {
        self.0.kind == Kind::Protocol
    }

    /// The response body is larger than the client takes.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::TooLarge(_))
    }

    /// The base URL, the proxy's, the path or a header is not valid. Nothing was sent.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        matches!(self.0.kind, Kind::Url(_) | Kind::Proxy(_) | Kind::Request(_))
    }

    /// Whether the request may have reached the service, in whole or in part. Where this is false, it certainly did
    /// not, and the call may be made again.
    #[must_use]
    pub fn may_have_reached(&self) -> bool {
        match self.0.kind {
            Kind::Url(_)
            | Kind::Proxy(_)
            | Kind::Request(_)
            | Kind::Connect
            | Kind::Tunnel
            | Kind::Roots
            | Kind::Tls
            | Kind::NotTls
            | Kind::Unsent => false,
            Kind::Timeout(phase) => phase.may_have_sent(),
            Kind::Exchange | Kind::Protocol | Kind::TooLarge(_) => true,
        }
    }

    /// Whether the same request may get through later, without anybody's doing.
    pub(crate) fn may_pass(&self) -> bool {
        // What TLS itself says stays so: it is not spoken there, or the two do not agree, or the certificate is not trusted.
        !self.is_invalid() && self.0.kind != Kind::Roots && !self.chain().any(is_of_tls)
    }

    pub(crate) fn url(reason: &'static str) -> Self {
        Self::of(Kind::Url(reason))
    }

    pub(crate) fn url_syntax(source: http::uri::InvalidUri) -> Self {
        Self::url("it does not parse").because(source)
    }

    pub(crate) fn proxy_url(reason: &'static str) -> Self {
        Self::of(Kind::Proxy(reason))
    }

    pub(crate) fn request(reason: &'static str) -> Self {
        Self::of(Kind::Request(reason))
    }

    pub(crate) fn path_syntax(source: http::uri::InvalidUri) -> Self {
        Self::request("the path does not parse").because(source)
    }

    pub(crate) fn connect(source: impl Into<Source>) -> Self {
        Self::of(Kind::Connect).because(source).or_late(Phase::Connect)
    }

    pub(crate) fn proxy(source: impl Into<Source>) -> Self {
        Self::of(Kind::Tunnel).because(source).or_late(Phase::Proxy)
    }

    #[cfg(feature = "tls")]
    pub(crate) fn tls(source: impl Into<Source>) -> Self {
        let mut error = Self::of(Kind::Tls).because(source);
        // Such as a server of HTTP at this port. What rustls says of it is hard to understand.
        if let Some(rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)) =
            error.of_rustls()
        {
            error.0.kind = Kind::NotTls;
        }
        error
    }

    #[cfg(feature = "tls")]
    pub(crate) fn tls_roots(source: impl Into<Source>) -> Self {
        Self::of(Kind::Roots).because(source)
    }

    pub(crate) fn unsent(source: hyper::Error) -> Self {
        Self::of(Kind::Unsent).because(source)
    }

    pub(crate) fn exchange(source: hyper::Error) -> Self {
        let mut error = Self::of(Kind::Exchange).because(source);
        // An alert or a broken record of TLS is of the same kind of I/O as a broken chunk of HTTP.
        if error.is_of_no_http() && !error.chain().any(is_of_tls) {
            error.0.kind = Kind::Protocol;
        }
        error
    }

    pub(crate) fn timeout(phase: Phase) -> Self {
        Self::of(Kind::Timeout(phase))
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::of(Kind::TooLarge(limit))
    }

    pub(crate) fn because(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    fn of(kind: Kind) -> Self {
        Self(Box::new(Inner { kind, source: None }))
    }

    /// The same as a timeout, where the system or the connector gave up waiting.
    fn or_late(mut self, phase: Phase) -> Self {
        let late = |cause: &(dyn Error + 'static)| {
            cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
        };
        if self.chain().any(late) {
            self.0.kind = Kind::Timeout(phase);
        }
        self
    }

    /// Hyper says so of a head, and of a body's chunks by an error of I/O below its own.
    fn is_of_no_http(&self) -> bool {
        self.chain().any(|cause| {
            let parse = cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
            let chunk = cause.downcast_ref::<io::Error>().is_some_and(|error| {
                matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
            });
            parse || chunk
        })
    }

    #[cfg(feature = "tls")]
    fn of_rustls(&self) -> Option<&rustls::Error> {
        self.chain().find_map(|cause| cause.downcast_ref())
    }

    /// The causes, from the nearest on.
    fn chain(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        std::iter::successors(self.source(), |error| cause(*error))
    }
}

#[cfg(feature = "tls")]
fn is_of_tls(cause: &(dyn Error + 'static)) -> bool {
    cause.is::<rustls::Error>()
}

#[cfg(not(feature = "tls"))]
fn is_of_tls(_: &(dyn Error + 'static)) -> bool {
    false
}

/// What is behind an error. One of I/O that only wraps another does not name that as its source.
fn cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

impl fmt::Display for RawError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            Kind::Url(reason) => write!(formatter, "invalid base url: {reason}"),
            Kind::Proxy(reason) => write!(formatter, "invalid proxy: {reason}"),
            Kind::Request(reason) => write!(formatter, "invalid request: {reason}"),
            Kind::Connect => formatter.write_str("could not connect"),
            Kind::Tunnel => formatter.write_str("the proxy gave no tunnel to the service"),
            Kind::Roots => formatter.write_str("there are no certificates to trust the service by"),
            Kind::Tls => formatter.write_str("no TLS with the service"),
            Kind::NotTls => formatter.write_str("what came back is not TLS"),
            Kind::Unsent => formatter.write_str("the connection closed before the request was sent"),
            Kind::Exchange => formatter.write_str("the connection failed before the response was complete"),
            Kind::Protocol => formatter.write_str("what came back is not HTTP"),
            Kind::Timeout(phase) => write!(formatter, "the time was over while {phase}"),
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

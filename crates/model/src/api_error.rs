use std::fmt;

use serde::Serialize;

/// The body of an answer that is an error: the envelope around the error's identifier.
///
/// The service repeats the request's path in it, and the token stands in that path. So the path is kept only to be
/// written by `Serialize`, as an emulated endpoint must; `Debug` and `Display` leave it out, and nothing gives it back.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    status_code: u16,
    timestamp: String,
    path: String,
    message: String,
}

impl ApiError {
    /// The envelope. `path` is the path of the request as it was sent, `timestamp` a UTC time as RFC 3339 writes it.
    pub fn new(
        status_code: u16,
        timestamp: impl Into<String>,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { status_code, timestamp: timestamp.into(), path: path.into(), message: message.into() }
    }

    /// The HTTP status, as the body repeats it.
    #[must_use]
    pub fn status_code(&self) -> u16 {
        self.status_code
    }

    /// When the error came about, as the service wrote it: UTC, with three or nine fraction digits.
    #[must_use]
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// The identifier of the error with every occurrence of the request's path masked, as some errors repeat it there too.
    #[must_use]
    pub fn message(&self) -> String {
        if self.path.len() > 1 { self.message.replace(&self.path, "***") } else { self.message.clone() }
    }

    /// The identifier as it is. It may hold the path.
    pub(crate) fn raw_message(&self) -> &str {
        &self.message
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiError")
            .field("status_code", &self.status_code)
            .field("timestamp", &self.timestamp)
            .field("path", &"***")
            .field("message", &self.message())
            .finish()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HTTP {}: {}", self.status_code, self.message())
    }
}

impl std::error::Error for ApiError {}

/// Which error of the contract an answer is.
///
/// The three that the page documents have names here. A contract may know more; those go by their slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// `instance-starting`: the instance starts or restarts; the call may be repeated after some seconds.
    InstanceStarting,
    /// `instance-not-authorized`: nobody scanned the QR code.
    InstanceNotAuthorized,
    /// `bad-request-data`: the body is not valid.
    BadRequestData,
    /// Another error of the contract.
    Other,
}

impl ApiErrorKind {
    /// The kinds that have a name here.
    pub const NAMED: [Self; 3] = [Self::InstanceStarting, Self::InstanceNotAuthorized, Self::BadRequestData];

    /// The slug by which the contract names the error, or `None` for [`Other`](Self::Other).
    #[must_use]
    pub fn slug(self) -> Option<&'static str> {
        match self {
            Self::InstanceStarting => Some("instance-starting"),
            Self::InstanceNotAuthorized => Some("instance-not-authorized"),
            Self::BadRequestData => Some("bad-request-data"),
            Self::Other => None,
        }
    }

    /// The kind that has this slug.
    #[must_use]
    pub fn from_slug(slug: &str) -> Self {
        Self::NAMED.into_iter().find(|kind| kind.slug() == Some(slug)).unwrap_or(Self::Other)
    }
}

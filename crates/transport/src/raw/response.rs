use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, Version};

/// A response as it came over the wire, with its whole body.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawResponse {
    /// The status, of whatever class.
    pub status: StatusCode,
    /// The version that the server answered with.
    pub version: Version,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body without its transfer coding. A content coding is left as it is.
    pub body: Bytes,
    /// From the call to the last byte of the body, with the time to connect where a connection was made.
    pub elapsed: Duration,
}

impl RawResponse {
    pub(crate) fn new(response: Response<Bytes>, elapsed: Duration) -> Self {
        let (head, body) = response.into_parts();
        Self { status: head.status, version: head.version, headers: head.headers, body, elapsed }
    }
}

/// Shows status, version, time and sizes, not contents: the service's error bodies hold the token.
impl fmt::Debug for RawResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawResponse")
            .field("status", &self.status)
            .field("version", &self.version)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("elapsed", &self.elapsed)
            .finish()
    }
}

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};

use crate::raw::timings::Timings;

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
    /// How long it took.
    pub timings: Timings,
}

/// Shows status, version, times and sizes, not contents: the service's error bodies hold the token.
impl fmt::Debug for RawResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawResponse")
            .field("status", &self.status)
            .field("version", &self.version)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("timings", &self.timings)
            .finish()
    }
}

use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;

use crate::raw::base::Base;
use crate::raw::error::RawError;

/// A request as it is to go over the wire.
///
/// `host` and `content-length` are added where they are not given; nothing else is added or changed.
///
/// - A header's name is sent in lower case. Names keep their order; the values of a repeated name stand together, at
///   the place of the first.
/// - A `content-length` that is given rules: a body that is longer is cut, and after one that is shorter the server
///   waits for the rest, until it answers or the deadline passes. That connection is not used again.
/// - With `transfer-encoding: chunked` the body goes as one chunk and no `content-length` is added.
#[derive(Clone)]
pub struct RawRequest {
    method: Method,
    path: String,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Bytes,
}

impl RawRequest {
    /// A request without headers and body. `path` is path and query, percent-encoded by the caller; it is appended to
    /// the path of the client's base URL, so it is empty or begins with `/` or `?`.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Bytes::new() }
    }

    /// Adds a header, after those that are there, also where the name is there already. Bytes that HTTP does not allow
    /// in a name or value are an error of [`RawClient::send`](crate::RawClient::send).
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Replaces the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn message(&self, base: &Base) -> Result<Request<Full<Bytes>>, RawError> {
        let mut message = Request::new(Full::new(self.body.clone()));
        *message.method_mut() = self.method.clone();
        *message.uri_mut() = base.target(&self.path)?;
        let headers = message.headers_mut();
        let named = |name: &HeaderName| {
            self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name.as_str().as_bytes()))
        };
        if !named(&HOST) {
            let host = HeaderValue::from_str(&base.authority)
                .map_err(|error| RawError::request("the host is no header value").because(error))?;
            headers.insert(HOST, host);
        }
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name)
                .map_err(|error| RawError::request("a header name is not valid").because(error))?;
            let value = HeaderValue::from_bytes(value)
                .map_err(|error| RawError::request("a header value is not valid").because(error))?;
            headers
                .try_append(name, value)
                .map_err(|error| RawError::request("too many headers").because(error))?;
        }
        if !named(&CONTENT_LENGTH) && !named(&TRANSFER_ENCODING) && self.has_length() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        }
        Ok(message)
    }

    /// RFC 9110, 8.6: a length of 0 is said where the method is one that usually has a body.
    fn has_length(&self) -> bool {
        !self.body.is_empty() || matches!(self.method, Method::POST | Method::PUT | Method::PATCH)
    }
}

/// Shows sizes, not contents.
impl fmt::Debug for RawRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawRequest")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

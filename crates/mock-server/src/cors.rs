//! What pages in a browser may read of the answers (Cross-Origin Resource Sharing, <https://fetch.spec.whatwg.org/#http-cors-protocol>).

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Body;

use crate::service::{ConnectionHurt, EmulationService, unshared_value};

/// How many seconds a browser may go by a preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// Where a page in a browser is from: `https://app.example`, `http://localhost:3000`, `null` as that of a page in a file; or `*` for
/// any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let text = text.trim();
        if text == "*" || text == "null" {
            return Ok(Self(text.to_owned()));
        }
        let invalid = || InvalidOrigin(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        let (Some(scheme), Some(host), "/" | "", None) =
            (uri.scheme_str(), uri.host(), uri.path(), uri.query())
        else {
            return Err(invalid());
        };
        let default = match scheme {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        let port = uri.port_u16();
        let with_port = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        // A name of a user is in the authority, and so is a port that is no number.
        if uri.authority().is_none_or(|authority| *authority != with_port.as_str()) {
            return Err(invalid());
        }
        // A browser leaves out the port that goes without saying.
        let authority = if port == default { host.to_owned() } else { with_port };
        Ok(Self(format!("{scheme}://{authority}").to_ascii_lowercase()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The text is no origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOrigin(String);

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is no origin; write one such as `https://app.example` or `http://localhost:3000`, or `*` for any",
            self.0
        )
    }
}

impl std::error::Error for InvalidOrigin {}

/// The origins whose pages may call the emulation. There is at least one.
#[derive(Clone, Debug)]
pub(crate) struct Cors(Vec<Origin>);

impl Cors {
    pub(crate) fn of(origins: Vec<Origin>) -> Option<Self> {
        (!origins.is_empty()).then_some(Self(origins))
    }

    /// Answers a preflight, and has the emulation answer all else, with what tells a browser that the page may read it. Where a request
    /// has no origin, or one that is not among these, the answer is that without CORS.
    pub(crate) async fn answer<B: Body<Data = Bytes>>(
        &self,
        emulation: &EmulationService,
        head: Parts,
        body: B,
    ) -> Result<Response<Full<Bytes>>, ConnectionHurt> {
        let Some(allowed) = self.allowed(&head.headers) else {
            return emulation.answer(head, body, None).await;
        };
        let is_fixed = self.is_any();
        let asked_for = head.headers.get(ACCESS_CONTROL_REQUEST_METHOD);
        if let (&Method::OPTIONS, Some(method)) = (&head.method, asked_for) {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            let headers = response.headers_mut();
            allow(headers, allowed, is_fixed);
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
            if let Some(asked) = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
            }
            headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
            return Ok(response);
        }
        let mut response = emulation.answer(head, body, None).await?;
        allow(response.headers_mut(), allowed, is_fixed);
        response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, ANY);
        Ok(response)
    }

    fn is_any(&self) -> bool {
        self.0.iter().any(|origin| origin.0 == "*")
    }

    /// What the answer to a request from an allowed origin says of it.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        if self.is_any() {
            return Some(ANY);
        }
        self.0.iter().any(|allowed| allowed.0.as_bytes() == origin.as_bytes()).then(|| unshared_value(origin))
    }
}

fn allow(headers: &mut HeaderMap, allowed: HeaderValue, is_fixed: bool) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    if !is_fixed {
        headers.insert(VARY, HeaderValue::from_static("origin"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_a_browser_writes_it() {
        let check = |text: &str, expected: Option<&str>| {
            let found = text.parse::<Origin>().ok().map(|origin| origin.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        };
        check("*", Some("*"));
        check("null", Some("null"));
        check("https://app.example", Some("https://app.example"));
        check(" HTTPS://App.Example/ ", Some("https://app.example"));
        check("http://localhost:3000", Some("http://localhost:3000"));
        check("http://[::1]:3000", Some("http://[::1]:3000"));
        check("https://app.example:443", Some("https://app.example"));
        check("http://app.example:443", Some("http://app.example:443"));
        check("chrome-extension://abcdef", Some("chrome-extension://abcdef"));
        for wrong in [
            "",
            "app.example",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://u@a",
            "https://a:x",
            "https://*.a b",
            "**",
        ] {
            check(wrong, None);
        }
    }
}

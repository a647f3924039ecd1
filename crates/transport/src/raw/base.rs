use http::Uri;
use http::uri::PathAndQuery;

use crate::raw::error::RawError;

/// Where a client sends to: the host, the port, and what stands before each request's path.
pub(crate) struct Base {
    pub(crate) is_https: bool,
    /// What a resolver takes: an IPv6 address stands without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The value of the `Host` header.
    pub(crate) authority: String,
    /// Empty, or a path that does not end with a slash.
    prefix: String,
}

impl Base {
    pub(crate) fn parse(text: &str) -> Result<Self, RawError> {
        // The parser drops a fragment without a word.
        if text.contains('#') {
            return Err(RawError::url("it has a fragment"));
        }
        let uri: Uri = text.parse().map_err(RawError::url_syntax)?;
        let is_https = match uri.scheme_str().map(str::to_ascii_lowercase).as_deref() {
            Some("http") => false,
            Some("https") if cfg!(feature = "tls") => true,
            Some("https") => {
                return Err(RawError::url("https needs the feature `tls` of greenapi-transport"));
            }
            _ => return Err(RawError::url("it does not begin with http:// or https://")),
        };
        if uri.query().is_some() {
            return Err(RawError::url("it has a query"));
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(RawError::url("it has a user name or a password"));
        }
        let host = uri.host().unwrap_or_default();
        if host.is_empty() {
            return Err(RawError::url("it has no host"));
        }
        let default_port = if is_https { 443 } else { 80 };
        let port = port(&authority[host.len()..], default_port)?;
        Ok(Self {
            is_https,
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port,
            authority: if port == default_port { host.to_owned() } else { format!("{host}:{port}") },
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The URL without a path, and with its port, as a proxy is asked for it.
    pub(crate) fn origin(&self) -> Result<Uri, RawError> {
        let scheme = if self.is_https { "https" } else { "http" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{scheme}://{host}:{}/", self.port).parse().map_err(RawError::url_syntax)
    }

    /// The target of a request: the prefix, and then the request's own path and query as they are.
    pub(crate) fn target(&self, path: &str) -> Result<Uri, RawError> {
        if path.contains('#') {
            return Err(RawError::request("the path has a fragment"));
        }
        if !path.is_empty() && !path.starts_with(['/', '?']) {
            return Err(RawError::request("the path begins with neither a slash nor a question mark"));
        }
        let root = if self.prefix.is_empty() && !path.starts_with('/') { "/" } else { "" };
        let target = format!("{}{root}{path}", self.prefix);
        PathAndQuery::try_from(target).map(Uri::from).map_err(RawError::path_syntax)
    }
}

/// The port of `:8080`, or the default where none is named.
fn port(text: &str, default: u16) -> Result<u16, RawError> {
    let digits = text.trim_start_matches(':');
    if digits.is_empty() {
        return Ok(default);
    }
    // Parsing alone would take a plus sign.
    match digits.parse() {
        Ok(port) if port > 0 && digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(port),
        _ => Err(RawError::url("the port is not a number from 1 to 65535")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_and_a_path_make_a_target() {
        let check = |base: &str, path: &str, authority: &str, target: &str| {
            let base = Base::parse(base).unwrap();
            assert_eq!(base.authority, authority);
            assert_eq!(base.target(path).unwrap().to_string(), target);
        };
        check("http://127.0.0.1:8080", "/a", "127.0.0.1:8080", "/a");
        check("http://127.0.0.1:8080/", "/a", "127.0.0.1:8080", "/a");
        check("http://host", "/a?b=c", "host", "/a?b=c");
        check("http://host:", "/a", "host", "/a");
        check("http://host:80", "/a", "host", "/a");
        check("HTTP://host:81/", "/a", "host:81", "/a");
        check("http://host/prefix", "/a", "host", "/prefix/a");
        check("http://host/prefix/", "/a", "host", "/prefix/a");
        check("http://host/one/two//", "/a/", "host", "/one/two/a/");
        check("http://host/prefix", "", "host", "/prefix");
        check("http://host/prefix", "?q", "host", "/prefix?q");
        check("http://host", "", "host", "/");
        check("http://host", "?q", "host", "/?q");
        check("http://host", "//a/../b", "host", "//a/../b");
        check("http://host", "/%20%zz{}", "host", "/%20%zz{}");
        check("http://[::1]:8080/p", "/a", "[::1]:8080", "/p/a");
        assert_eq!(Base::parse("http://[::1]:8080").unwrap().host, "::1");
    }

    #[cfg(feature = "tls")]
    #[test]
    fn https_has_a_port_of_its_own() {
        let check = |base: &str, authority: &str, with_port: &str| {
            let base = Base::parse(base).unwrap();
            assert!(base.is_https);
            let origin = base.origin().unwrap().to_string();
            assert_eq!((base.authority.as_str(), origin), (authority, format!("https://{with_port}/")));
        };
        check("https://host", "host", "host:443");
        check("HTTPS://host:443/p/", "host", "host:443");
        check("https://host:80", "host:80", "host:80");
        check("https://[::1]", "[::1]", "[::1]:443");
        check("https://[::1]:8443", "[::1]:8443", "[::1]:8443");
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn https_needs_its_feature() {
        let error = Base::parse("https://host").err().unwrap();
        assert_eq!(
            error.to_string(),
            "invalid base url: https needs the feature `tls` of greenapi-transport"
        );
    }

    #[test]
    fn a_base_that_cannot_be_used_is_refused() {
        let check = |base: &str, reason: &str| {
            let error = Base::parse(base).err().unwrap();
            assert!(error.is_invalid());
            assert_eq!(error.to_string(), format!("invalid base url: {reason}"), "{base}");
        };
        check("ftp://host", "it does not begin with http:// or https://");
        check("host:8080", "it does not begin with http:// or https://");
        check("/path", "it does not begin with http:// or https://");
        check("http://host/?q", "it has a query");
        check("http://host/#f", "it has a fragment");
        check("http://user:secret@host", "it has a user name or a password");
        check("http://:80", "it has no host");
        check("http://host:0", "the port is not a number from 1 to 65535");
        check("http://host:65536", "the port is not a number from 1 to 65535");
        check("http://host:+80", "the port is not a number from 1 to 65535");
        check("http://host name", "it does not parse");
        check("", "it does not parse");
    }

    #[test]
    fn a_path_that_cannot_be_sent_is_refused() {
        let base = Base::parse("http://host").unwrap();
        for path in ["a", "*", "/a b", "/a\r\n", "/a#f"] {
            let error = base.target(path).unwrap_err();
            assert!(error.is_invalid() && !error.may_have_reached(), "{path}: {error}");
        }
    }
}

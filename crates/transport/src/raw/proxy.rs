use std::fmt;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::raw::base::Base;
use crate::raw::error::RawError;

/// A proxy that makes a tunnel to the service, by HTTP's `CONNECT`.
///
/// The tunnel is asked for whether the service speaks `https` or `http`, so a proxy never sees a path.
#[derive(Clone)]
pub struct Proxy(Intercept);

impl Proxy {
    /// The proxy at a URL such as `http://127.0.0.1:3128` or `http://user:password@proxy.example:3128`. Without a scheme it
    /// is taken for `http`.
    ///
    /// # Errors
    ///
    /// [`RawError::is_invalid`]: the text is no such URL. Proxies that are spoken to by TLS or SOCKS are not supported.
    pub fn new(url: &str) -> Result<Self, RawError> {
        let matcher = Matcher::builder().all(url).build();
        // It takes any host, as nothing is excepted.
        let intercept = matcher.intercept(&Uri::from_static("http://service/"));
        Self::of(intercept.ok_or_else(|| RawError::proxy_url("it is no URL of a proxy"))?)
    }

    /// The proxy that the environment names for a base URL: for `https` that of `HTTPS_PROXY` or else `ALL_PROXY`, unless
    /// `NO_PROXY` lists the host; also in lower case. For `http` there is none, so that an endpoint for tests is always
    /// reached directly.
    pub(crate) fn of_environment(base: &Base) -> Result<Option<Self>, RawError> {
        Self::chosen(&Matcher::from_env(), base)
    }

    fn chosen(matcher: &Matcher, base: &Base) -> Result<Option<Self>, RawError> {
        if !base.is_https {
            return Ok(None);
        }
        matcher.intercept(&base.origin()?).map(Self::of).transpose()
    }

    fn of(intercept: Intercept) -> Result<Self, RawError> {
        if intercept.uri().scheme_str() == Some("http") {
            Ok(Self(intercept))
        } else {
            Err(RawError::proxy_url("only proxies at http:// are supported"))
        }
    }

    pub(crate) fn uri(&self) -> &Uri {
        self.0.uri()
    }

    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.basic_auth()
    }
}

/// Shows where the proxy is, not who asks it.
impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Proxy").field(self.uri()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_proxy() {
        let check = |url: &str, uri: &str, authorization: Option<&str>| {
            let proxy = Proxy::new(url).unwrap();
            assert_eq!(proxy.uri(), uri);
            assert_eq!(proxy.authorization().map(|value| value.to_str().unwrap()), authorization);
            assert!(!format!("{proxy:?}").contains("secret"));
        };
        check("http://127.0.0.1:3128", "http://127.0.0.1:3128/", None);
        check("proxy.example:3128", "http://proxy.example:3128/", None);
        check("http://user:secret@proxy", "http://proxy/", Some("Basic dXNlcjpzZWNyZXQ="));
    }

    #[test]
    fn another_kind_of_proxy_is_refused() {
        for url in ["", "https://proxy:3128", "socks5://proxy:1080", "ftp://proxy", "http://", "http://a b"] {
            let error = Proxy::new(url).unwrap_err();
            assert!(error.is_invalid() && !error.may_have_reached(), "{url}: {error}");
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn the_environment_names_one_for_https_alone() {
        let matcher =
            |https: &str, no: &str| Matcher::builder().https(https.to_owned()).no(no.to_owned()).build();
        let check = |matcher: &Matcher, url: &str, expected: Option<&str>| {
            let proxy = Proxy::chosen(matcher, &Base::parse(url).unwrap()).unwrap();
            assert_eq!(proxy.map(|proxy| proxy.uri().to_string()).as_deref(), expected, "{url}");
        };
        let some = Some("http://proxy:3128/");
        check(&matcher("http://proxy:3128", ""), "https://api.example", some);
        check(&matcher("http://proxy:3128", ""), "http://api.example", None);
        check(&matcher("http://proxy:3128", "other.example"), "https://api.example", some);
        check(&matcher("http://proxy:3128", "example"), "https://api.example", None);
        check(&matcher("http://proxy:3128", "10.0.0.0/8"), "https://10.1.2.3:8443/p", None);
        check(&matcher("http://proxy:3128", "::1"), "https://[::1]:8443", None);
        check(&matcher("", ""), "https://api.example", None);
        let socks = matcher("socks5://proxy:1080", "");
        assert!(
            Proxy::chosen(&socks, &Base::parse("https://api.example").unwrap()).unwrap_err().is_invalid()
        );
    }
}

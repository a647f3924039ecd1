use std::fmt;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::raw::base::Base;
use crate::raw::error::RawError;

/// The variables that name a proxy, the first that is set before the others, and what is said of one that cannot be used.
const NAMED: [(&str, &str); 4] = [
    ("HTTPS_PROXY", "the variable HTTPS_PROXY is no URL of a proxy at http://"),
    ("https_proxy", "the variable https_proxy is no URL of a proxy at http://"),
    ("ALL_PROXY", "the variable ALL_PROXY is no URL of a proxy at http://"),
    ("all_proxy", "the variable all_proxy is no URL of a proxy at http://"),
];

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
    ///
    /// One that cannot be used is an error: whoever set it does not want calls to go past it.
    pub(crate) fn of_environment(base: &Base) -> Result<Option<Self>, RawError> {
        let variable = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        Self::chosen(&variable, base)
    }

    fn chosen(variable: &dyn Fn(&str) -> Option<String>, base: &Base) -> Result<Option<Self>, RawError> {
        let text = |name: &str| variable(name).filter(|text| !text.is_empty());
        // A program of CGI has variables that come from whoever calls it.
        if !base.is_https || text("REQUEST_METHOD").is_some() {
            return Ok(None);
        }
        let named = NAMED.iter().find_map(|(name, refusal)| Some((text(name)?, *refusal)));
        let Some((url, refusal)) = named else { return Ok(None) };
        let excepted = text("NO_PROXY").or_else(|| text("no_proxy")).unwrap_or_default();
        let any = Matcher::builder().all("http://proxy").no(excepted).build();
        if any.intercept(&base.origin()?).is_none() {
            return Ok(None);
        }
        Self::new(&url).map(Some).map_err(|_| RawError::proxy_url(refusal))
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
        let check = |variables: &[(&str, &str)], url: &str, expected: Result<Option<&str>, &str>| {
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
            };
            let proxy = Proxy::chosen(&variable, &Base::parse(url).unwrap());
            let found = proxy.map(|proxy| proxy.map(|proxy| proxy.uri().to_string()));
            let found = found.map_err(|error| error.to_string());
            let expected = expected.map(|uri| uri.map(str::to_owned)).map_err(|name| {
                format!("invalid proxy: the variable {name} is no URL of a proxy at http://")
            });
            assert_eq!(found, expected, "{variables:?} {url}");
        };
        let (api, some) = ("https://api.example", Ok(Some("http://proxy:3128/")));
        let named = ("HTTPS_PROXY", "http://proxy:3128");
        check(&[], api, Ok(None));
        check(&[("HTTP_PROXY", "http://proxy:3128")], api, Ok(None));
        check(&[named], "http://api.example", Ok(None));
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            check(&[(name, "http://proxy:3128")], api, some);
            check(&[(name, "")], api, Ok(None));
        }
        check(&[("ALL_PROXY", "http://other"), named], api, some);
        check(&[named, ("REQUEST_METHOD", "POST")], api, Ok(None));

        check(&[named, ("NO_PROXY", "other.example")], api, some);
        check(&[named, ("NO_PROXY", "example")], api, Ok(None));
        check(&[named, ("no_proxy", "*")], api, Ok(None));
        check(&[named, ("NO_PROXY", "10.0.0.0/8")], "https://10.1.2.3:8443/p", Ok(None));
        check(&[named, ("NO_PROXY", "::1")], "https://[::1]:8443", Ok(None));

        // What cannot be used is not passed over: the call would go past the proxy that was asked for.
        for url in ["ftp://proxy", "socks5://proxy:1080", "https://proxy", "http://a b", "://"] {
            check(&[("HTTPS_PROXY", url)], api, Err("HTTPS_PROXY"));
            check(&[("all_proxy", url)], api, Err("all_proxy"));
            check(&[("HTTPS_PROXY", url), ("ALL_PROXY", "http://proxy:3128")], api, Err("HTTPS_PROXY"));
            check(&[("HTTPS_PROXY", url), ("NO_PROXY", "example")], api, Ok(None));
        }
    }
}

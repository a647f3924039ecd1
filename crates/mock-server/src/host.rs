use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A host for which a certificate is good: a name such as `api.green-api.com` or `*.green-api.com`, or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

/// A name has at most so many characters, and a part of it at most so many (RFC 1035, section 2.3.4).
const NAME: usize = 253;
const LABEL: usize = 63;

impl Host {
    /// The host as text; an address without brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Host {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let text = text.trim();
        let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = address.parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        let name = text.strip_prefix("*.").unwrap_or(text);
        let is_label = |label: &str| {
            (1..=LABEL).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        // What ends in a number is an address, or a slip of one.
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_address = last.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() <= NAME && name.split('.').all(is_label) && !is_address {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(InvalidHost(text.to_owned()))
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self(address.to_string())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The text is no host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidHost(String);

impl fmt::Display for InvalidHost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is no host; write a name such as `api.green-api.com`, or an address, without a port",
            self.0
        )
    }
}

impl std::error::Error for InvalidHost {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address() {
        let check = |text: &str, expected: Option<&str>| {
            let found = text.parse::<Host>().ok();
            assert_eq!(found.as_ref().map(Host::as_str), expected, "{text:?}");
        };
        check("localhost", Some("localhost"));
        check(" API.green-api.com ", Some("api.green-api.com"));
        check("*.green-api.com", Some("*.green-api.com"));
        check("my_service", Some("my_service"));
        check("127.0.0.1", Some("127.0.0.1"));
        check("::1", Some("::1"));
        check("[::1]", Some("::1"));
        for wrong in [
            "",
            "*",
            "*.",
            "a..b",
            ".a",
            "a.",
            "-a",
            "a-",
            "a b",
            "a:80",
            "https://a",
            "a/b",
            "127.0.0.1:80",
            "[::1]:80",
            "256.0.0.1",
            "1",
            "a.*.b",
            "bücher.example",
            &"a".repeat(64),
            &"a.".repeat(127),
        ] {
            check(wrong, None);
        }
    }
}

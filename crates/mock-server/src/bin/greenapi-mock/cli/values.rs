//! How the values of options are read.

use std::str::FromStr;
use std::time::Duration;

use greenapi_mock_server::Clock;
use greenapi_model::{InstanceId, InstanceState};
use http::Uri;
use jiff::SignedDuration;

/// Instances with their states: `7103000001:starting,7103000002:not-authorized`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Instances(pub(crate) Vec<(InstanceId, InstanceState)>);

impl FromStr for Instances {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        items(text).into_iter().map(instance).collect::<Result<_, _>>().map(Self)
    }
}

fn instance(text: &str) -> Result<(InstanceId, InstanceState), String> {
    let (id, state) = text.split_once(':').ok_or("write ID:STATE, such as 7103000001:starting")?;
    let id = id.trim().parse().map_err(|error| format!("{error}"))?;
    // Whether the contract has an answer for the state is for the emulation to say.
    let Ok(state) = state.trim().parse::<InstanceState>();
    Ok((id, state))
}

/// Texts of faults: `wire.latency=uniform(10ms,1s),domain.not-created`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Faults(pub(crate) Vec<String>);

impl FromStr for Faults {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(items(text).into_iter().map(str::to_owned).collect()))
    }
}

/// Values with commas between them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T: FromStr> FromStr for List<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        items(text).into_iter().map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

/// The parts between commas that stand in no brackets. There are none in an empty text.
fn items(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

pub(crate) fn clock(text: &str) -> Result<Clock, String> {
    text.parse().map_err(|error| format!("write `example`, `system` or a time; {error}"))
}

/// Where an endpoint or its control plane is, as its URL says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Url {
    pub(crate) is_secure: bool,
    /// The host and the port.
    pub(crate) authority: String,
}

impl FromStr for Url {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write http://HOST:PORT, such as http://127.0.0.1:8080, or the same with https";
        let uri: Uri = text.parse().map_err(|_| FORM)?;
        let (is_secure, port) = match uri.scheme_str() {
            Some("http") => (false, 80),
            Some("https") => (true, 443),
            _ => return Err(FORM),
        };
        let host = uri.host().ok_or(FORM)?;
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(port));
        // A name of a user is in the authority, and so is a port that is no number.
        let is_plain = uri.authority().is_some_and(|whole| *whole == host || *whole == authority.as_str());
        let is_root = matches!(uri.path().trim_end_matches('/'), "" | "/__admin") && uri.query().is_none();
        if is_plain && is_root { Ok(Self { is_secure, authority }) } else { Err(FORM) }
    }
}

/// Reads a number between two.
pub(crate) fn within(
    least: usize,
    most: usize,
) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().map_err(|_| "write a whole number".to_owned())?;
        match number {
            _ if number < least => Err(format!("it is at least {least}")),
            _ if number > most => Err(format!("it is at most {most}")),
            _ => Ok(number),
        }
    }
}

/// How long something may take: more than nothing, an hour at most.
pub(crate) fn timeout(text: &str) -> Result<Duration, &'static str> {
    let read: Option<SignedDuration> = text.trim().parse().ok();
    read.and_then(|read| Duration::try_from(read).ok())
        .filter(|read| !read.is_zero() && *read <= Duration::from_secs(3600))
        .ok_or("write a duration such as 500ms or 2s, an hour at most")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_an_id_and_a_state() {
        let check = |text: &str, expected: Result<&[(u64, InstanceState)], ()>| {
            let pair = |(id, state): &(u64, InstanceState)| (InstanceId::new(*id), state.clone());
            let expected = expected.map(|pairs| Instances(pairs.iter().map(pair).collect()));
            assert_eq!(text.parse::<Instances>().map_err(drop), expected, "{text}");
        };
        check("7:starting", Ok(&[(7, InstanceState::Starting)]));
        check("7:notAuthorized", Ok(&[(7, InstanceState::NotAuthorized)]));
        check(
            "7:starting, 8:not-authorized",
            Ok(&[(7, InstanceState::Starting), (8, InstanceState::NotAuthorized)]),
        );
        check("7:paused", Ok(&[(7, InstanceState::Other("paused".to_owned()))]));
        check("", Ok(&[]));
        check("7", Err(()));
        check("x:starting", Err(()));
        check(":starting", Err(()));
    }

    #[test]
    fn a_url_is_a_host_and_a_port() {
        let check = |text: &str, expected: Option<&str>| {
            let found = text.parse::<Url>().ok();
            assert_eq!(found.as_ref().map(|url| url.authority.as_str()), expected, "{text}");
            assert!(found.is_none_or(|url| url.is_secure == text.starts_with("https:")), "{text}");
        };
        check("http://127.0.0.1:8080", Some("127.0.0.1:8080"));
        check("http://127.0.0.1:8080/", Some("127.0.0.1:8080"));
        check("http://127.0.0.1:8080/__admin", Some("127.0.0.1:8080"));
        check("http://[::1]:8080", Some("[::1]:8080"));
        check("http://mock", Some("mock:80"));
        check("https://mock", Some("mock:443"));
        check("https://[::1]:8443/__admin", Some("[::1]:8443"));
        check("ftp://mock", None);
        check("http://mock/other", None);
        check("http://mock/?query", None);
        check("http://name:secret@mock", None);
        check("http://mock:port", None);
        check("mock:8080", None);
        check("", None);
    }

    #[test]
    fn a_timeout_is_more_than_nothing() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(timeout(text).ok(), expected.map(Duration::from_millis), "{text}");
        };
        check("2s", Some(2000));
        check("500ms", Some(500));
        check("1h", Some(3_600_000));
        check("61m", None);
        check("0s", None);
        check("-1s", None);
        check("2", None);
    }

    #[test]
    fn a_comma_in_brackets_separates_nothing() {
        let check = |text: &str, expected: &[&str]| assert_eq!(items(text), expected, "{text}");
        check("a,b", &["a", "b"]);
        check(" a , ,b,", &["a", "b"]);
        check("wire.latency=uniform(1s,2s),b", &["wire.latency=uniform(1s,2s)", "b"]);
        check("a),b", &["a)", "b"]);
        check("", &[]);
    }
}

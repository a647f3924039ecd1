//! What a request asks for in its header `Prefer` (RFC 7240).

use std::time::Duration;

use http::HeaderName;

use crate::headers::Headers;
use crate::wire::Latency;

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The preferences that this endpoint knows; others are ignored, as the RFC asks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// `example=<name>`: how the call is to end.
    pub(crate) example: Option<String>,
    /// `wait=<seconds>`: how long the answer is to take.
    pub(crate) wait: Option<Duration>,
}

impl Preferences {
    /// Reads them, if there are any. Of one that is given twice the first counts.
    pub(crate) fn of(headers: Headers<'_>) -> Result<Option<Self>, String> {
        let mut values = headers.values(PREFER).peekable();
        if values.peek().is_none() {
            return Ok(None);
        }
        let mut found = Self::default();
        for value in values {
            let value = ascii(value).ok_or_else(|| "the header Prefer is not ASCII".to_owned())?;
            for preference in split(value, ',') {
                // Parameters behind a semicolon belong to preferences that are not known here.
                let preference = split(preference, ';').next().unwrap_or_default();
                let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
                let value = unquoted(value.trim());
                match name.trim().to_ascii_lowercase().as_str() {
                    "example" if found.example.is_none() => found.example = Some(value),
                    "wait" if found.wait.is_none() => found.wait = Some(wait(&value)?),
                    _ => {}
                }
            }
        }
        Ok(Some(found))
    }

    /// The value of `Preference-Applied`. A call may end otherwise than it was asked for: to another path, for instance.
    pub(crate) fn applied(&self, example_is_followed: bool) -> Option<String> {
        let example = self.example.as_ref().filter(|_| example_is_followed).map(|example| {
            let plain = example.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
            if plain { format!("example={example}") } else { format!("example=\"{example}\"") }
        });
        let wait = self.wait.map(|wait| format!("wait={}", wait.as_secs_f64()));
        let applied: Vec<_> = example.into_iter().chain(wait).collect();
        (!applied.is_empty()).then(|| applied.join(", "))
    }
}

/// The text of a value that has no other characters than those that are seen, and spaces.
fn ascii(value: &[u8]) -> Option<&str> {
    let is_seen = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    str::from_utf8(value).ok().filter(|text| text.as_bytes().iter().all(is_seen))
}

/// The parts of a text between separators that do not stand in quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        if character == '"' {
            quoted = !quoted;
        }
        character == separator && !quoted
    })
}

fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    inner.map_or_else(|| value.to_owned(), |inner| inner.replace("\\\"", "\"").replace("\\\\", "\\"))
}

fn wait(value: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = value.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|wait| *wait <= Latency::MOST)
        .ok_or_else(|| {
            format!("the preference `wait` is a number of seconds up to {}", Latency::MOST.as_secs())
        })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn preferences_are_read_as_the_rfc_writes_them() {
        let check = |values: &[&'static str], example: Option<&str>, wait: Option<u64>, applied: &str| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(PREFER, HeaderValue::from_static(value));
            }
            let found = Preferences::of(Headers::Map(&headers)).unwrap().unwrap_or_default();
            let wait = wait.map(Duration::from_millis);
            assert_eq!((found.example.as_deref(), found.wait), (example, wait), "{values:?}");
            assert_eq!(found.applied(true).unwrap_or_default(), applied, "{values:?}");
        };
        check(&[], None, None, "");
        check(&["example=instance-starting"], Some("instance-starting"), None, "example=instance-starting");
        check(&["Wait=2, Example = ok"], Some("ok"), Some(2000), "example=ok, wait=2");
        check(&["wait=0.25"], None, Some(250), "wait=0.25");
        check(&["example=a", "example=b, wait=1"], Some("a"), Some(1000), "example=a, wait=1");
        check(
            &["example=\"response.chatId.required/drop\""],
            Some("response.chatId.required/drop"),
            None,
            "example=\"response.chatId.required/drop\"",
        );
        check(&["example=\"a,b;c\"; x=y"], Some("a,b;c"), None, "example=\"a,b;c\"");
        check(&["respond-async, code=429; wait=9, handling=lenient"], None, None, "");
    }

    #[test]
    fn a_wait_that_is_no_number_of_seconds_is_refused() {
        for value in ["wait=soon", "wait=", "wait=-1", "wait=61", "wait=NaN", "wait"] {
            let mut headers = HeaderMap::new();
            headers.append(PREFER, HeaderValue::from_str(value).unwrap());
            let refused = Preferences::of(Headers::Map(&headers)).unwrap_err();
            assert_eq!(refused, "the preference `wait` is a number of seconds up to 60", "{value}");
        }
    }
}

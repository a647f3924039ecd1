use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

/// How soon the same body has to come again to look like a blind retry, as it is written: `10s`, `500ms`; an hour at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryWindow(pub Duration);

const LONGEST: Duration = Duration::from_secs(3600);

impl FromStr for RetryWindow {
    type Err = InvalidRetryWindow;

    fn from_str(text: &str) -> Result<Self, InvalidRetryWindow> {
        let read: Option<SignedDuration> = text.trim().parse().ok();
        let read = read.and_then(|read| Duration::try_from(read).ok()).filter(|read| *read <= LONGEST);
        read.map(Self).ok_or_else(|| InvalidRetryWindow(text.to_owned()))
    }
}

impl fmt::Display for RetryWindow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_nanos() == 0 {
            write!(formatter, "{}s", self.0.as_secs())
        } else if self.0.subsec_nanos().is_multiple_of(1_000_000) {
            write!(formatter, "{}ms", self.0.as_millis())
        } else {
            write!(formatter, "{}us", self.0.as_micros())
        }
    }
}

/// The text is no duration of that length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRetryWindow(String);

impl fmt::Display for InvalidRetryWindow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is no duration from 0s to 1h; write one such as `500ms` or `10s`", self.0)
    }
}

impl std::error::Error for InvalidRetryWindow {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_read_and_written() {
        let check = |text: &str, expected: Option<&str>| {
            let found = text.parse::<RetryWindow>().ok().map(|window| window.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("10s", Some("10s"));
        check("0s", Some("0s"));
        check("1h", Some("3600s"));
        check("1.5s", Some("1500ms"));
        check("61m", None);
        check("-1s", None);
        check("10", None);
        check("", None);
    }
}

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

/// A duration of the configuration, as it is written: `10s`, `500ms`; an hour at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(pub Duration);

const LONGEST: Duration = Duration::from_secs(3600);

impl Period {
    /// Reads one that is more than nothing, as a time limit has to be.
    ///
    /// # Errors
    ///
    /// If the text is no duration, or none of that length.
    pub fn above_zero(text: &str) -> Result<Self, InvalidPeriod> {
        let invalid = InvalidPeriod { text: text.to_owned(), may_be_zero: false };
        text.parse().ok().filter(|period: &Self| !period.0.is_zero()).ok_or(invalid)
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let read: Option<SignedDuration> = text.trim().parse().ok();
        let read = read.and_then(|read| Duration::try_from(read).ok()).filter(|read| *read <= LONGEST);
        read.map(Self).ok_or_else(|| InvalidPeriod { text: text.to_owned(), may_be_zero: true })
    }
}

impl fmt::Display for Period {
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
pub struct InvalidPeriod {
    text: String,
    may_be_zero: bool,
}

impl fmt::Display for InvalidPeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = if self.may_be_zero { "from 0s to 1h" } else { "above 0s and up to 1h" };
        write!(formatter, "`{}` is no duration {range}; write one such as `500ms` or `10s`", self.text)
    }
}

impl std::error::Error for InvalidPeriod {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_and_written() {
        let check = |text: &str, expected: Option<&str>| {
            let found = text.parse::<Period>().ok().map(|period| period.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
            let above = Period::above_zero(text).ok().map(|period| period.to_string());
            assert_eq!(above.as_deref(), expected.filter(|found| *found != "0s"), "{text}");
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

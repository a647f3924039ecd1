use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// Where the time in an answer comes from.
///
/// By default it stands still, at the time of the contract's own example, so that two runs give the same answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// The time in the contract's example of an error.
    #[default]
    Example,
    /// This time.
    Fixed(FixedTime),
    /// The time of the system.
    System,
}

impl Clock {
    /// A clock that stands still.
    ///
    /// # Errors
    ///
    /// If the text is no time as RFC 3339 writes it, such as `2020-06-29T12:00:00.000Z`.
    pub fn fixed(time: &str) -> Result<Self, InvalidTime> {
        time.parse().map(|time| Self::Fixed(FixedTime(time))).map_err(|_| InvalidTime)
    }

    /// The time as the service writes it: UTC, with three fraction digits.
    pub(crate) fn now(&self, example: &str) -> String {
        match self {
            Self::Example => example.to_owned(),
            Self::Fixed(FixedTime(time)) => format!("{time:.3}"),
            Self::System => format!("{:.3}", Timestamp::now()),
        }
    }

    /// The time itself; `example` is that of the contract's example.
    pub(crate) fn timestamp(&self, example: Timestamp) -> Timestamp {
        match self {
            Self::Example => example,
            Self::Fixed(FixedTime(time)) => *time,
            Self::System => Timestamp::now(),
        }
    }

    /// Whether it tells the real time, so that an answer may have a `Date`.
    pub(crate) fn is_real(&self) -> bool {
        matches!(self, Self::System)
    }
}

/// `example`, `system`, or the time that it stands still at.
impl fmt::Display for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Example => formatter.write_str("example"),
            Self::Fixed(FixedTime(time)) => write!(formatter, "{time:.3}"),
            Self::System => formatter.write_str("system"),
        }
    }
}

impl FromStr for Clock {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        match text {
            "example" => Ok(Self::Example),
            "system" => Ok(Self::System),
            time => Self::fixed(time),
        }
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedTime(Timestamp);

/// The text is no time as RFC 3339 writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTime;

impl fmt::Display for InvalidTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a time has the form 2020-06-29T12:00:00.000Z")
    }
}

impl std::error::Error for InvalidTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_writes_three_fraction_digits() {
        let check = |clock: Clock, expected: &str| assert_eq!(clock.now("example"), expected);
        check(Clock::Example, "example");
        check(Clock::fixed("2020-06-29T12:00:00Z").unwrap(), "2020-06-29T12:00:00.000Z");
        check(Clock::fixed("2020-06-29T12:00:00.5+03:00").unwrap(), "2020-06-29T09:00:00.500Z");
        assert_eq!(Clock::System.now("").len(), "2020-06-29T12:00:00.000Z".len());
        assert_eq!(Clock::fixed("today"), Err(InvalidTime));
    }
}

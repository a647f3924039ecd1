use std::fmt;

use serde::{Deserialize, Serialize};

/// How many calls are expected.
///
/// As JSON it is `{"exactly": 2}`, or `{"atLeast": 1}`, `{"atMost": 3}` or both of these.
///
/// ```
/// use greenapi_mock_server::Times;
///
/// let times: Times = serde_json::from_str(r#"{"atLeast": 1, "atMost": 3}"#)?;
/// assert_eq!(times, Times::between(1, 3));
/// assert!(times.contains(3) && !times.contains(4));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Times {
    least: u64,
    most: Option<u64>,
}

impl Times {
    /// So many, no more and no fewer. 0 is none at all.
    #[must_use]
    pub fn exactly(times: u64) -> Self {
        Self { least: times, most: Some(times) }
    }

    /// So many or more.
    #[must_use]
    pub fn at_least(least: u64) -> Self {
        Self { least, most: None }
    }

    /// So many or fewer.
    #[must_use]
    pub fn at_most(most: u64) -> Self {
        Self { least: 0, most: Some(most) }
    }

    /// A number between these two, or one of them. Which of them comes first does not matter.
    #[must_use]
    pub fn between(one: u64, other: u64) -> Self {
        Self { least: one.min(other), most: Some(one.max(other)) }
    }

    /// Whether so many calls are as many as expected.
    #[must_use]
    pub fn contains(&self, times: u64) -> bool {
        self.least <= times && self.most.is_none_or(|most| times <= most)
    }

    /// Whether so many calls are too many.
    pub(super) fn are_below(self, times: u64) -> bool {
        self.most.is_some_and(|most| times > most)
    }

    /// Whether there may be any number more.
    pub(super) fn is_open(self) -> bool {
        self.most.is_none()
    }
}

impl fmt::Display for Times {
    /// To go before "with": `no call`, `exactly 1 call`, `at least 2 calls`, `between 1 and 3 calls`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = |number: u64| if number == 1 { "1 call".to_owned() } else { format!("{number} calls") };
        match (self.least, self.most) {
            (0, Some(0)) => formatter.write_str("no call"),
            (least, Some(most)) if least == most => write!(formatter, "exactly {}", calls(most)),
            (0, Some(most)) => write!(formatter, "at most {}", calls(most)),
            (least, Some(most)) => write!(formatter, "between {least} and {}", calls(most)),
            (least, None) => write!(formatter, "at least {}", calls(least)),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exactly: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
}

impl From<Times> for Written {
    fn from(times: Times) -> Self {
        match times {
            Times { least, most: Some(most) } if least == most => {
                Self { exactly: Some(most), at_least: None, at_most: None }
            }
            Times { least: 0, most: Some(most) } => {
                Self { exactly: None, at_least: None, at_most: Some(most) }
            }
            Times { least, most } => Self { exactly: None, at_least: Some(least), at_most: most },
        }
    }
}

impl TryFrom<Written> for Times {
    type Error = InvalidTimes;

    fn try_from(written: Written) -> Result<Self, InvalidTimes> {
        match (written.exactly, written.at_least, written.at_most) {
            (Some(times), None, None) => Ok(Self::exactly(times)),
            (None, Some(least), None) => Ok(Self::at_least(least)),
            (None, least, Some(most)) if least.unwrap_or(0) <= most => {
                Ok(Self { least: least.unwrap_or(0), most: Some(most) })
            }
            _ => Err(InvalidTimes),
        }
    }
}

/// Times are `exactly`, or `atLeast` and `atMost` in their order, or one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimes;

impl fmt::Display for InvalidTimes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("times are `exactly`, or `atLeast` no greater than `atMost`, or one of these two")
    }
}

impl std::error::Error for InvalidTimes {}

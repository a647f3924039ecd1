//! Verifying afterwards which calls came.

mod difference;
pub(crate) mod explanation;
mod names;
mod pattern;
pub(crate) mod same_json;
mod times;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::names::UnknownName;
pub use self::pattern::CallPattern;
pub use self::times::{InvalidTimes, Times};
use crate::journal::{Calls, Entry};

/// What is expected of the calls that came.
///
/// As JSON it is one of `{"calls": {..}, "times": {"exactly": 2}}`, where the times are at least one if they are left out,
/// `{"inOrder": [{..}, {..}]}` and `{"nothingBut": [{..}]}`, with a [`CallPattern`] for each `{..}`.
///
/// ```
/// use greenapi_mock_server::{CallPattern, Emulation, Times, Verification};
/// use greenapi_model::Contract;
/// use http::HeaderMap;
///
/// let emulation = Emulation::new(Contract::default())?;
/// let headers = HeaderMap::new();
/// let call = emulation.open("POST", "/waInstance7103000001/createGroup/any-token", &headers);
/// let _ = call.answer(br#"{"groupName": 5, "phones": [79001234567]}"#);
///
/// let verified = Verification::of(CallPattern::created(), Times::exactly(1)).verify(&emulation.all_calls());
/// assert!(!verified.holds());
/// let explanation = verified.explanation().unwrap_or_default();
/// assert!(explanation.starts_with("expected exactly 1 call with outcome `created`, but none came"));
/// assert!(explanation.contains("not valid: /groupName is a number"));
/// # Ok::<(), greenapi_mock_server::Unemulable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
#[must_use = "a verification verifies nothing until it is given calls"]
pub struct Verification(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Times(CallPattern, Times),
    InOrder(Vec<CallPattern>),
    NothingBut(Vec<CallPattern>),
}

impl Verification {
    /// So many calls are like the pattern.
    pub fn of(pattern: CallPattern, times: Times) -> Self {
        Self(Kind::Times(pattern, times))
    }

    /// For each pattern there is a call like it, each after the one before. Other calls may have come between them.
    pub fn in_order(patterns: impl IntoIterator<Item = CallPattern>) -> Self {
        Self(Kind::InOrder(patterns.into_iter().collect()))
    }

    /// Each call is like one of the patterns.
    pub fn nothing_but(patterns: impl IntoIterator<Item = CallPattern>) -> Self {
        Self(Kind::NothingBut(patterns.into_iter().collect()))
    }

    /// Verifies it of these calls, which come in the order in which they were decided.
    ///
    /// Where older calls had to go from the journal, what says that there were no more calls of a kind does not hold: nobody
    /// knows.
    pub fn verify(&self, calls: &Calls) -> Verified {
        let entries = &calls.kept;
        let (matched, as_expected, is_certain) = match &self.0 {
            Kind::Times(pattern, times) => {
                let matched = count(entries, |entry| pattern.matches(entry));
                (matched, times.contains(matched), times.is_open())
            }
            Kind::InOrder(patterns) => {
                let matched = in_order(patterns, entries).len();
                (matched as u64, matched == patterns.len(), true)
            }
            Kind::NothingBut(patterns) => {
                let matched = count(entries, |entry| patterns.iter().any(|pattern| pattern.matches(entry)));
                (matched, matched == entries.len() as u64, false)
            }
        };
        let holds = as_expected && (is_certain || calls.dropped == 0);
        let explanation = (!holds).then(|| explanation::of(&self.0, calls, as_expected));
        Verified { holds, matched, explanation }
    }
}

fn count(entries: &[Arc<Entry>], matches: impl Fn(&Entry) -> bool) -> u64 {
    entries.iter().filter(|entry| matches(entry)).count() as u64
}

/// The places of the calls that are like the patterns, one after the other, up to the first pattern without one.
fn in_order(patterns: &[CallPattern], entries: &[Arc<Entry>]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut next = 0;
    for pattern in patterns {
        let Some(offset) = entries[next..].iter().position(|entry| pattern.matches(entry)) else { break };
        places.push(next + offset);
        next += offset + 1;
    }
    places
}

/// What came of a [`Verification`]. `Serialize` gives `{"holds": .., "matched": .., "explanation": ..}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use = "this says whether the verification holds"]
pub struct Verified {
    holds: bool,
    matched: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
}

impl Verified {
    /// Whether the calls are as expected.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.holds
    }

    /// How many calls are like the pattern; of several patterns in order, how many were found.
    #[must_use]
    pub fn matched(&self) -> u64 {
        self.matched
    }

    /// Why it does not hold, for people: several lines with what was expected and the calls that are nearest to it. It holds
    /// no secret.
    #[must_use]
    pub fn explanation(&self) -> Option<&str> {
        self.explanation.as_deref()
    }
}

/// A verification as it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<CallPattern>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<Times>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_order: Option<Vec<CallPattern>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nothing_but: Option<Vec<CallPattern>>,
}

impl From<Verification> for Written {
    fn from(verification: Verification) -> Self {
        let written = Self::default();
        match verification.0 {
            Kind::Times(calls, times) => Self { calls: Some(calls), times: Some(times), ..written },
            Kind::InOrder(patterns) => Self { in_order: Some(patterns), ..written },
            Kind::NothingBut(patterns) => Self { nothing_but: Some(patterns), ..written },
        }
    }
}

impl TryFrom<Written> for Verification {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written { calls: Some(calls), times, in_order: None, nothing_but: None } => {
                Ok(Self::of(calls, times.unwrap_or(Times::at_least(1))))
            }
            Written { calls: None, times: None, in_order: Some(patterns), nothing_but: None } => {
                Ok(Self::in_order(patterns))
            }
            Written { calls: None, times: None, in_order: None, nothing_but: Some(patterns) } => {
                Ok(Self::nothing_but(patterns))
            }
            _ => Err("a verification is `calls` with `times`, or `inOrder`, or `nothingBut`"),
        }
    }
}

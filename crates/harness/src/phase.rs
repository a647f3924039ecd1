use std::fmt;
use std::str::FromStr;

/// A part of a run, in the order of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// What failed in earlier runs.
    Kept,
    /// The contract's own examples.
    Examples,
    /// A table about each limit, each type and each member of a request.
    Boundary,
    /// Generated requests that keep the contract.
    Valid,
    /// Generated requests that break one clause and no other.
    Breaking,
    /// Any JSON, most of it nearly valid.
    Mixtures,
    /// What stands around a body: its content type and its size.
    Around,
    /// Paths, right ones and wrong ones.
    Paths,
    /// Other HTTP methods.
    Methods,
    /// The errors that come from an instance, the way into them and back.
    States,
    /// Several calls: no two groups with one id, one after the other, at once, and while the state changes.
    Sequences,
    /// HTTP and JSON themselves.
    Http,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Self; 12] = [
        Self::Kept,
        Self::Examples,
        Self::Boundary,
        Self::Valid,
        Self::Breaking,
        Self::Mixtures,
        Self::Around,
        Self::Paths,
        Self::Methods,
        Self::States,
        Self::Sequences,
        Self::Http,
    ];

    /// Its name: `boundary`. The ids of its cases begin so.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Examples => "examples",
            Self::Boundary => "boundary",
            Self::Valid => "valid",
            Self::Breaking => "breaking",
            Self::Mixtures => "mixtures",
            Self::Around => "around",
            Self::Paths => "paths",
            Self::Methods => "methods",
            Self::States => "states",
            Self::Sequences => "sequences",
            Self::Http => "http",
        }
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::Kept => "what failed in earlier runs",
            Self::Examples => "the contract's own examples",
            Self::Boundary => "each limit, type and member, at its edge and beyond",
            Self::Valid => "generated requests that keep the contract",
            Self::Breaking => "generated requests that break one clause each",
            Self::Mixtures => "any JSON, most of it nearly valid",
            Self::Around => "content types and sizes",
            Self::Paths => "paths and instances",
            Self::Methods => "other HTTP methods",
            Self::States => "the errors of an instance, and the way back",
            Self::Sequences => "several calls, one by one and at once",
            Self::Http => "HTTP and JSON themselves",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Phase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|phase| phase.as_str()).collect();
            format!("there is no phase `{text}`; there are: {}", known.join(", "))
        })
    }
}

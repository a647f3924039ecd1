use std::fmt;
use std::sync::Arc;

use crate::clause::{Clause, Part};
use crate::pointer::Pointer;

/// One clause that a body breaks, and where. It holds no text from the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    clause: Arc<Clause>,
    pointer: Pointer,
    found: String,
}

impl Violation {
    pub(crate) fn new(clause: &Arc<Clause>, pointer: Pointer, found: impl Into<String>) -> Self {
        Self { clause: Arc::clone(clause), pointer, found: found.into() }
    }

    /// The clause that is broken.
    #[must_use]
    pub fn clause(&self) -> &Arc<Clause> {
        &self.clause
    }

    /// Where in the body; empty for the whole of it. Something missing is named by where it should stand.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// What was found there, without the value: "is a number", "has 26 characters", "is missing".
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }
}

impl fmt::Display for Violation {
    /// `/groupName is a number, but `groupName` is a string (request.groupName.string, documented)`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match (self.pointer.as_str(), self.clause.part()) {
            ("", Part::Path) => "the path",
            ("", _) => "the body",
            (pointer, _) => pointer,
        };
        let Self { clause, found, .. } = self;
        write!(formatter, "{place} {found}, but {} ({clause}, {})", clause.sentence(), clause.evidence())
    }
}

/// All the clauses that a body breaks: at least one.
///
/// Of one clause the first 16 places are listed, and the rest is [counted](Self::more).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    found: Vec<Violation>,
    more: u64,
}

impl Violations {
    /// `None` where nothing is broken.
    pub(crate) fn from_vec(found: Vec<Violation>, more: u64) -> Option<Self> {
        if found.is_empty() { None } else { Some(Self { found, more }) }
    }

    /// The violations, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.found.iter()
    }

    /// How many more places there are, of clauses that are listed, which are not.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.more
    }

    /// The first one found.
    #[must_use]
    pub fn first(&self) -> &Violation {
        &self.found[0]
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self { found: vec![violation], more: 0 }
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    /// One line for each violation, and one for those that are only counted.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.iter().enumerate() {
            let line_end = if index == 0 { "" } else { "\n" };
            write!(formatter, "{line_end}{violation}")?;
        }
        if self.more > 0 {
            write!(formatter, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

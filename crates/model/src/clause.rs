use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::contract_error::ContractError;
use crate::pointer::Pointer;

/// How a fact about the method is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// The page that the edition is named after says so.
    Documented,
    /// Known from elsewhere: another page of the vendor, a recorded answer, an official client.
    Observed,
    /// Nothing is known; it is this project's choice.
    Assumed,
}

impl Evidence {
    /// All of them, the strongest first.
    pub const ALL: [Self; 3] = [Self::Documented, Self::Observed, Self::Assumed];

    /// The word that stands in the contract and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Evidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|evidence| evidence.as_str() == text)
            .ok_or_else(|| "evidence is `documented`, `observed` or `assumed`".to_owned())
    }
}

/// What a clause is about, which is the first word of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The path of the call, and the two parameters in it.
    Path,
    /// The body of a request and its content type.
    Request,
    /// The answer to a request that is valid, on an instance that can make groups.
    Response,
    /// An answer that is an error, and the body that all errors share.
    Error,
    /// The answer to another HTTP method than that of the call.
    Other,
}

impl Part {
    /// The part that a clause id belongs to.
    fn of(id: &str) -> Self {
        match id.split('.').next() {
            Some("path") => Self::Path,
            Some("request") => Self::Request,
            Some("response") => Self::Response,
            Some("error") => Self::Error,
            _ => Self::Other,
        }
    }
}

/// One checkable promise of the contract, with a stable id such as `request.groupName.required`.
///
/// Ids are derived from the document: the part, the path of property names, and the keyword; or, for an error, its slug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    id: String,
    part: Part,
    evidence: Evidence,
    pointer: Pointer,
    sentence: String,
}

impl Clause {
    /// The stable id, such as `request.phones.items.integer` or `error.instance-starting`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How the promise is known.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }

    /// What the promise is about.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// Where the promise stands in the contract's document (references resolved).
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// The promise as a sentence, without a capital and a full stop: "`groupName` is required".
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.id)
    }
}

/// The clauses found so far. Each id is given out once.
#[derive(Debug, Default)]
pub(crate) struct Clauses(Vec<Arc<Clause>>);

impl Clauses {
    pub(crate) fn add(
        &mut self,
        id: String,
        evidence: Evidence,
        pointer: &Pointer,
        sentence: String,
    ) -> Result<Arc<Clause>, ContractError> {
        if let Some(earlier) = self.0.iter().find(|clause| clause.id == id) {
            return Err(ContractError::new(
                pointer,
                format!("the clause id `{id}` is already that of {}: rename one of the two", earlier.pointer),
            ));
        }
        let (part, pointer) = (Part::of(&id), pointer.clone());
        let clause = Arc::new(Clause { id, part, evidence, pointer, sentence });
        self.0.push(Arc::clone(&clause));
        Ok(clause)
    }

    pub(crate) fn into_vec(self) -> Vec<Arc<Clause>> {
        self.0
    }
}

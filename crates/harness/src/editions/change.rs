use std::fmt;

use greenapi_model::Evidence;
use serde_json::{Value, json};

use super::breaks::Breaks;

/// Who was written for the old edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// It sends requests that the old edition allows, and reads the answers that this promises.
    Client,
    /// It does what the old edition asks of an endpoint, and is judged by the new one.
    Server,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Client, Self::Server];

    /// `client` or `server`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The new edition alone has it.
    Came,
    /// The old edition alone has it.
    Went,
    /// Both have it, in different words, or known in different ways.
    Changed,
}

impl ChangeKind {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Came, Self::Went, Self::Changed];

    /// `came`, `went` or `changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::Went => "went",
            Self::Changed => "changed",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What one edition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The promise as a sentence, without a capital and a full stop.
    pub sentence: String,
    /// How it is known, where the contract says so.
    pub evidence: Option<Evidence>,
}

impl Statement {
    fn to_json(&self) -> Value {
        json!({ "sentence": self.sentence, "evidence": self.evidence.map(Evidence::as_str) })
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)?;
        self.evidence.map_or(Ok(()), |evidence| write!(formatter, " ({evidence})"))
    }
}

/// One change: what it is about, what was said before and is said now, and who breaks by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    id: String,
    kind: ChangeKind,
    old: Option<Statement>,
    new: Option<Statement>,
    breaks: Breaks,
}

impl Change {
    pub(super) fn came(id: &str, new: &Statement, breaks: Breaks) -> Self {
        Self { id: id.to_owned(), kind: ChangeKind::Came, old: None, new: Some(new.clone()), breaks }
    }

    pub(super) fn went(id: &str, old: &Statement, breaks: Breaks) -> Self {
        Self { id: id.to_owned(), kind: ChangeKind::Went, old: Some(old.clone()), new: None, breaks }
    }

    pub(super) fn changed(id: &str, old: Statement, new: Statement, breaks: Breaks) -> Self {
        Self { id: id.to_owned(), kind: ChangeKind::Changed, old: Some(old), new: Some(new), breaks }
    }

    /// What it is about: the id of a clause, `possible.` and the slug of an answer that any request may get, `method`, or
    /// `errors.order`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it came, went or changed.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// What the old edition says, unless it came.
    #[must_use]
    pub fn before(&self) -> Option<&Statement> {
        self.old.as_ref()
    }

    /// What the new edition says, unless it went.
    #[must_use]
    pub fn after(&self) -> Option<&Statement> {
        self.new.as_ref()
    }

    /// Whether a side that was written for the old edition breaks by it.
    #[must_use]
    pub fn breaks(&self, side: Side) -> bool {
        match side {
            Side::Client => self.breaks.client,
            Side::Server => self.breaks.server,
        }
    }

    /// The sides that break by it.
    pub fn sides(&self) -> impl Iterator<Item = Side> {
        Side::ALL.into_iter().filter(|side| self.breaks(*side))
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "change": self.kind.as_str(),
            "old": self.old.as_ref().map(Statement::to_json),
            "new": self.new.as_ref().map(Statement::to_json),
            "breaks": self.sides().map(Side::as_str).collect::<Vec<_>>(),
        })
    }
}

/// Some lines, indented to stand below the kind.
impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "  {}", self.id)?;
        for (name, statement) in [("old", &self.old), ("new", &self.new)] {
            if let Some(statement) = statement {
                writeln!(formatter, "    {name}:    {statement}")?;
            }
        }
        let sides = self.sides().map(Side::as_str).collect::<Vec<_>>().join(", ");
        writeln!(formatter, "    breaks: {}", if sides.is_empty() { "nobody" } else { &sides })
    }
}

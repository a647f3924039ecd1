//! What differs between two editions of the contract, and who breaks by it.

mod breaks;
mod change;
mod direction;
mod promise;

use std::fmt;

use greenapi_model::Contract;
use serde_json::{Value, json};

pub use self::change::{Change, ChangeKind, Side, Statement};
use self::promise::Promises;

/// Compares two editions, or two contracts of your own.
///
/// ```
/// use greenapi_harness::{Side, compare_editions};
/// use greenapi_model::Contract;
///
/// let old = Contract::default();
/// let document = old.document().replace("\"maximum\": 9999999999,", "\"maximum\": 9999,");
/// let new = Contract::from_json(&document)?;
/// let difference = compare_editions(&old, &new);
/// let change = difference.changed().next().unwrap();
/// assert_eq!(change.id(), "path.idInstance.maximum");
/// assert!(change.breaks(Side::Client) && change.breaks(Side::Server));
/// # Ok::<(), greenapi_model::ContractError>(())
/// ```
///
/// Compared are the clauses by their ids, the answers that any request may get, the HTTP method, and the order of those
/// errors of which the first one is the answer. What promises nothing is not: titles, descriptions, examples, the address
/// of the service, the list of states.
///
/// The statuses and identifiers of errors, and the path, are what their clauses say; another status of success is one clause
/// that went and one that came.
#[must_use]
pub fn compare_editions(old: &Contract, new: &Contract) -> Difference {
    let (old, new) = (Promises::of(old), Promises::of(new));
    let mut changes: Vec<_> = new.without(&old).map(|promise| promise.came(&old, &new)).collect();
    changes.extend(old.without(&new).map(|promise| promise.went(&old, &new)));
    changes.extend(old.iter().filter_map(|before| before.changed(new.find(&before.id)?)));
    changes.extend(promise::reordered(&old, &new));
    Difference { old: old.contract.edition().to_owned(), new: new.contract.edition().to_owned(), changes }
}

/// What differs between two editions.
///
/// `Display` gives a list: what came, what went, what changed, each with the sentences and with who breaks by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    old: String,
    new: String,
    /// What came, in the order of the new edition; then what went and what changed, in the order of the old one.
    changes: Vec<Change>,
}

impl Difference {
    /// The name of the old edition.
    #[must_use]
    pub fn old_edition(&self) -> &str {
        &self.old
    }

    /// The name of the new edition.
    #[must_use]
    pub fn new_edition(&self) -> &str {
        &self.new
    }

    /// Whether both editions promise the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// All changes: what came, what went, what changed.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What the new edition alone has.
    pub fn came(&self) -> impl Iterator<Item = &Change> {
        self.of_kind(ChangeKind::Came)
    }

    /// What the old edition alone has.
    pub fn went(&self) -> impl Iterator<Item = &Change> {
        self.of_kind(ChangeKind::Went)
    }

    /// What both have, in different words.
    pub fn changed(&self) -> impl Iterator<Item = &Change> {
        self.of_kind(ChangeKind::Changed)
    }

    /// The changes by which a side breaks.
    pub fn breaking(&self, side: Side) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.breaks(side))
    }

    /// The same as JSON.
    ///
    /// The object has `old` and `new`, the names of the editions, and `changes`. Each of those has an `id`, a `change` that
    /// is `came`, `went` or `changed`, the statements `old` and `new` where there are such, each with a `sentence` and an
    /// `evidence`, and the list `breaks` of `client` and `server`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let changes: Vec<_> = self.changes.iter().map(Change::to_json).collect();
        json!({ "old": self.old, "new": self.new, "changes": changes })
    }

    fn of_kind(&self, kind: ChangeKind) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.kind() == kind)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<_> = ChangeKind::ALL
            .into_iter()
            .map(|kind| format!("{} {}", self.of_kind(kind).count(), kind.as_str()))
            .collect();
        writeln!(formatter, "from {} to {}: {}", self.old, self.new, counts.join(", "))?;
        for kind in ChangeKind::ALL {
            let mut changes = self.of_kind(kind).peekable();
            if changes.peek().is_some() {
                writeln!(formatter, "\n{}", kind.as_str())?;
            }
            for change in changes {
                write!(formatter, "{change}")?;
            }
        }
        Ok(())
    }
}

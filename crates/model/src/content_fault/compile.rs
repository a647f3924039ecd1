//! Derives the faults from the contract: for each clause the ways to break it.

mod answers;
mod requests;

use std::sync::Arc;

use super::edit::Edit;
use super::strict::Strict;
use super::{Action, ContentFault, Way};
use crate::clause::Clause;
use crate::operation::Operation;

/// All the faults, in the order of the clauses.
pub(crate) fn all(operation: &Arc<Operation>) -> Vec<ContentFault> {
    let mut faults = Faults { operation, found: Vec::new() };
    faults.of_the_path();
    faults.of_requests();
    faults.of_successes();
    faults.of_errors();
    let place = |fault: &ContentFault| {
        operation.clauses.iter().position(|clause| Arc::ptr_eq(clause, &fault.clause)).unwrap_or(usize::MAX)
    };
    faults.found.sort_by_key(place);
    faults.found
}

struct Faults<'o> {
    operation: &'o Arc<Operation>,
    found: Vec<ContentFault>,
}

impl Faults<'_> {
    fn add(&mut self, clause: &Arc<Clause>, way: Way, summary: String, action: Action) {
        self.found.push(ContentFault {
            id: format!("{}/{}", clause.id(), way.as_str()),
            clause: Arc::clone(clause),
            way,
            summary,
            action,
            operation: Arc::clone(self.operation),
        });
    }

    fn not_enforced(&mut self, clause: &Arc<Clause>) {
        let summary =
            format!("A request is accepted that breaks this and nothing else: {}.", clause.sentence());
        self.add(clause, Way::NotEnforced, summary, Action::Accept);
    }

    /// `which` says which valid requests are refused: "a query".
    fn too_strict(&mut self, clause: &Arc<Clause>, which: &str, strict: Strict) {
        let summary = format!("A valid request is refused for {which}.");
        self.add(clause, Way::TooStrict, summary, Action::Refuse(strict));
    }
}

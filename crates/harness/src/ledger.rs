//! Keeps what was found of each clause.

use std::sync::Arc;

use greenapi_model::Clause;

use crate::judge::Findings;
use crate::report::{ClauseResult, Counterexample, Verdict};

pub(crate) struct Ledger {
    entries: Vec<Entry>,
}

struct Entry {
    clause: Arc<Clause>,
    checks: u64,
    broken: Option<Counterexample>,
    reason: Option<String>,
}

impl Ledger {
    pub(crate) fn new(clauses: &[Arc<Clause>]) -> Self {
        let entry = |clause: &Arc<Clause>| Entry {
            clause: Arc::clone(clause),
            checks: 0,
            broken: None,
            reason: None,
        };
        Self { entries: clauses.iter().map(entry).collect() }
    }

    /// Counts what an answer could have broken.
    pub(crate) fn count(&mut self, findings: &Findings) {
        for clause in &findings.checked {
            if let Some(entry) = self.entry(clause.id()) {
                entry.checks += 1;
            }
        }
    }

    /// Whether the clause is known to be broken.
    pub(crate) fn is_broken(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.clause.id() == id && entry.broken.is_some())
    }

    pub(crate) fn broken(&mut self, id: &str, counterexample: Counterexample) {
        if let Some(entry) = self.entry(id) {
            entry.broken.get_or_insert(counterexample);
        }
    }

    /// Says why a clause could not be checked, if nothing else did.
    pub(crate) fn not_checked(&mut self, id: &str, reason: impl Into<String>) {
        if let Some(entry) = self.entry(id) {
            entry.reason.get_or_insert(reason.into());
        }
    }

    pub(crate) fn into_results(self) -> Vec<ClauseResult> {
        self.entries
            .into_iter()
            .map(|Entry { clause, checks, broken, reason }| {
                let verdict = match broken {
                    Some(counterexample) => Verdict::Broken(Box::new(counterexample)),
                    None if checks > 0 => Verdict::Kept,
                    None => {
                        let reason = reason.unwrap_or_else(|| "no case came to it".to_owned());
                        Verdict::NotChecked(reason)
                    }
                };
                ClauseResult { clause, checks, verdict }
            })
            .collect()
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.clause.id() == id)
    }
}

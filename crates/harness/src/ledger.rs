//! Keeps what was found of each clause.

use std::sync::Arc;

use greenapi_model::{Body, Clause, Contract, Evidence, Part};

use crate::case::Expected;
use crate::judge::Findings;
use crate::report::{ClauseResult, Counterexample, Coverage, Verdict};

pub(crate) struct Ledger {
    entries: Vec<Entry>,
    /// How many valid requests were answered.
    valid: u64,
}

struct Entry {
    clause: Arc<Clause>,
    checks: u64,
    /// How many requests broke it, where a request can.
    breaking: Option<u64>,
    broken: Option<Counterexample>,
    reason: Option<String>,
}

impl Ledger {
    pub(crate) fn new(contract: &Contract) -> Self {
        let can_be_broken = |clause: &Clause| match clause.part() {
            Part::Request => true,
            // What widens the path is broken by no request.
            Part::Path => clause.id() != "path.ignore-case",
            Part::Error => contract.errors().iter().any(|error| error.clause().id() == clause.id()),
            Part::Response | Part::Other => false,
        };
        let entry = |clause: &Arc<Clause>| Entry {
            clause: Arc::clone(clause),
            checks: 0,
            breaking: can_be_broken(clause).then_some(0),
            broken: None,
            reason: None,
        };
        Self { entries: contract.clauses().iter().map(entry).collect(), valid: 0 }
    }

    /// Counts an answer: what it could have broken, and what the request did break.
    pub(crate) fn count(&mut self, expected: &Expected, findings: &Findings) {
        // Where nothing was sent, nothing was tried.
        if findings.checked.is_empty() {
            return;
        }
        for clause in &findings.checked {
            if let Some(entry) = self.entry(clause.id()) {
                entry.checks += 1;
            }
        }
        let broken = match expected {
            Expected::Success(_) => {
                self.valid += 1;
                return;
            }
            Expected::Refused(clause, error) => [Some(clause), Some(error.clause())],
            Expected::Error(error) => [Some(error.clause()), None],
            Expected::Plain(_) => return,
        };
        for clause in broken.into_iter().flatten() {
            if let Some(breaking) = self.entry(clause.id()).and_then(|entry| entry.breaking.as_mut()) {
                *breaking += 1;
            }
        }
    }

    /// Whether the clause is known to be broken, by evidence that is as strong as this.
    pub(crate) fn is_broken(&self, id: &str, evidence: Evidence) -> bool {
        self.counterexample(id).is_some_and(|counterexample| counterexample.evidence <= evidence)
    }

    pub(crate) fn counterexample(&self, id: &str) -> Option<&Counterexample> {
        self.entries.iter().find(|entry| entry.clause.id() == id)?.broken.as_ref()
    }

    /// Keeps a counterexample, unless there is one that is as strong.
    pub(crate) fn broken(&mut self, id: &str, counterexample: Counterexample) {
        if let Some(entry) = self.entry(id)
            && entry.broken.as_ref().is_none_or(|known| counterexample.evidence < known.evidence)
        {
            entry.broken = Some(counterexample);
        }
    }

    /// Says why a clause could not be checked, if nothing else did.
    pub(crate) fn not_checked(&mut self, id: &str, reason: impl Into<String>) {
        if let Some(entry) = self.entry(id) {
            entry.reason.get_or_insert(reason.into());
        }
    }

    /// Says so of each clause of a part.
    pub(crate) fn part_not_checked(&mut self, part: Part, reason: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.clause.part() == part) {
            entry.reason.get_or_insert_with(|| reason.to_owned());
        }
    }

    pub(crate) fn into_results(self) -> Vec<ClauseResult> {
        let valid = self.valid;
        let unread: Vec<Part> = [Body::Response, Body::Error]
            .into_iter()
            .filter_map(|body| self.counterexample(&format!("{}.json", body.name())).map(|_| body))
            .map(|body| if body == Body::Response { Part::Response } else { Part::Error })
            .collect();
        let default = |clause: &Clause, breaking: Option<u64>| match clause.id() {
            _ if breaking.is_some_and(|count| count > 0) => {
                "each request that should have got it was accepted"
            }
            _ if unread.contains(&clause.part()) => "no body that came is JSON",
            id if id.ends_with(".unique") => "no answer had a value of it",
            _ => "no case came to it",
        };
        let result = |Entry { clause, checks, breaking, broken, reason }| {
            let verdict = match broken {
                Some(counterexample) => Verdict::Broken(Box::new(counterexample)),
                // Where no request broke it, nobody knows whether it is enforced.
                None if checks > 0 && breaking != Some(0) => Verdict::Kept,
                None => Verdict::NotChecked(reason.unwrap_or_else(|| default(&clause, breaking).to_owned())),
            };
            let keeping = if breaking.is_some() { valid } else { checks };
            ClauseResult::new(clause, checks, Coverage { keeping, breaking }, verdict)
        };
        self.entries.into_iter().map(result).collect()
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.clause.id() == id)
    }
}

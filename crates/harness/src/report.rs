//! What a run found.

mod accepted;
mod counterexample;
mod curl;
mod html;
mod json;
mod junit;
mod latencies;
mod markdown;
mod summary;
mod terminal;
mod words;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use greenapi_model::{Clause, Evidence};

pub use accepted::{Accepted, AcceptedDeviations};
pub use counterexample::Counterexample;
#[cfg(feature = "schemars")]
pub use json::report_schema;
pub(crate) use latencies::Latencies;
pub use summary::Summary;

/// What a run found, clause by clause.
///
/// `Display` gives the table that a person reads, the broken clauses first with their smallest requests. The same as
/// [JSON](Self::to_json), [`JUnit`'s XML](Self::to_junit), [Markdown](Self::to_markdown) and [HTML](Self::to_html) is for
/// others. The token stands in none of them.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) edition: String,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) instance: String,
    pub(crate) seed: u64,
    pub(crate) cases: u32,
    pub(crate) sent: u64,
    pub(crate) groups: u64,
    pub(crate) timings: RunTimings,
    pub(crate) results: Vec<ClauseResult>,
    pub(crate) deviations: Vec<Deviation>,
    pub(crate) agreement: Agreement,
    pub(crate) problems: Vec<String>,
}

/// How long a run took. The only part of a report that differs between two runs with one seed.
#[derive(Clone, Debug, Default)]
pub struct RunTimings {
    /// The whole run.
    pub total: Duration,
    /// The first answer, with its connection; `None` where there is no socket.
    pub first_look: Option<Duration>,
    /// Half of the answers took at most this.
    pub median: Duration,
    /// Of a hundred answers 99 took at most this.
    pub p99: Duration,
    /// Each phase with the number of its requests.
    pub phases: Vec<(&'static str, u64, Duration)>,
}

/// What was found of one clause.
#[derive(Clone, Debug)]
pub struct ClauseResult {
    /// The clause.
    pub clause: Arc<Clause>,
    /// How many answers could have broken it.
    pub checks: u64,
    /// By how many requests it was kept and broken.
    pub coverage: Coverage,
    /// What they say.
    pub verdict: Verdict,
    /// How much it matters. Of a clause that is not broken it is [`Severity::None`].
    pub severity: Severity,
    /// Why a broken clause is only a note.
    pub accepted: Option<Accepted>,
}

impl ClauseResult {
    pub(crate) fn new(clause: Arc<Clause>, checks: u64, coverage: Coverage, verdict: Verdict) -> Self {
        let severity = match &verdict {
            Verdict::Broken(counterexample) => Severity::of(counterexample.evidence, false),
            Verdict::Kept | Verdict::NotChecked(_) => Severity::None,
        };
        Self { clause, checks, coverage, verdict, severity, accepted: None }
    }
}

/// By how many requests a clause was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Requests that keep it; of a clause about answers, the answers that could have broken it.
    pub keeping: u64,
    /// Requests that break it; `None` where no request can.
    pub breaking: Option<u64>,
}

impl Coverage {
    /// Whether there was at least one of each.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.keeping > 0 && self.breaking != Some(0)
    }
}

/// Whether a target keeps a clause.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It was checked, and no answer broke it.
    Kept,
    /// An answer broke it.
    Broken(Box<Counterexample>),
    /// It was not checked, for this reason.
    NotChecked(String),
}

impl Verdict {
    /// `kept`, `broken` or `not checked`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken(_) => "broken",
            Self::NotChecked(_) => "not checked",
        }
    }
}

/// How much a broken clause matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is broken.
    None,
    /// It is broken, and was accepted for a time.
    Note,
    /// That it is a promise is observed or assumed.
    Warning,
    /// It is a documented promise, or the run was strict.
    Failure,
}

impl Severity {
    fn of(evidence: Evidence, strict: bool) -> Self {
        if strict || evidence == Evidence::Documented { Self::Failure } else { Self::Warning }
    }

    /// `none`, `note`, `warning` or `failure`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A check of HTTP or JSON itself, of which the contract says nothing. One that fails is a warning, never a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// Its name, such as `http.chunked`.
    pub check: &'static str,
    /// What is expected, as a sentence without a capital and a full stop.
    pub sentence: &'static str,
    /// Where that stands: "RFC 9112, section 7.1".
    pub source: &'static str,
    /// What was found: `Ok` where it was as expected, what came instead, or why it was not tried.
    pub found: DeviationFound,
}

/// What came of a check of HTTP or JSON itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviationFound {
    /// What was expected.
    AsExpected,
    /// Something else, in words, and what was sent, as text.
    Other {
        /// What came.
        found: String,
        /// What was sent.
        request: String,
    },
    /// It was not tried, for this reason.
    NotChecked(String),
}

/// How far the three readers of a request agree: the JSON Schema, the model, and the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How many bodies all three were asked about.
    pub bodies: u64,
    /// How many of them are valid.
    pub valid: u64,
    /// A body on which the schema and the model differ, which is a defect of this project and not of the target.
    pub defect: Option<String>,
}

impl Report {
    /// The seed of the run.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many requests were sent.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// How many groups the target says that it made.
    #[must_use]
    pub fn groups(&self) -> u64 {
        self.groups
    }

    /// How long it took.
    #[must_use]
    pub fn timings(&self) -> &RunTimings {
        &self.timings
    }

    /// The results, in the order of the contract.
    #[must_use]
    pub fn results(&self) -> &[ClauseResult] {
        &self.results
    }

    /// The result for the clause of that id.
    #[must_use]
    pub fn result(&self, clause: &str) -> Option<&ClauseResult> {
        self.results.iter().find(|result| result.clause.id() == clause)
    }

    /// What was found of HTTP and JSON themselves.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// The agreement of schema, model and target.
    #[must_use]
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// What is wrong beside the clauses, each of it a failure: what is out of date or not needed in the list of accepted
    /// deviations, and a body on which the contract's own readers differ.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The ids of the broken clauses, of whatever severity.
    pub fn broken(&self) -> impl Iterator<Item = &str> {
        self.with(|result| matches!(result.verdict, Verdict::Broken(_)))
    }

    /// The ids of the clauses whose break is a failure.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        self.with(|result| result.severity == Severity::Failure)
    }

    /// The ids of the clauses that were not checked.
    pub fn not_checked(&self) -> impl Iterator<Item = &str> {
        self.with(|result| matches!(result.verdict, Verdict::NotChecked(_)))
    }

    /// Whether nothing is a failure: no clause that is [severe](Severity) enough, and none of the
    /// [problems](Self::problems). Clauses that were not checked do not count: see [`is_complete`](Self::is_complete).
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.failures().next().is_none() && self.problems.is_empty()
    }

    /// Whether each clause was checked, from both sides where it has two.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.results
            .iter()
            .all(|result| result.coverage.is_complete() && !matches!(result.verdict, Verdict::NotChecked(_)))
    }

    /// The numbers of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count = |wanted: &dyn Fn(&&ClauseResult) -> bool| self.results.iter().filter(wanted).count();
        let of = |severity| count(&|result| result.severity == severity);
        Summary {
            clauses: self.results.len(),
            kept: count(&|result| matches!(result.verdict, Verdict::Kept)),
            failures: of(Severity::Failure),
            warnings: of(Severity::Warning),
            notes: of(Severity::Note),
            not_checked: self.not_checked().count(),
            covered: count(&|result| result.coverage.is_complete()),
        }
    }

    /// The same with every broken clause as a failure, whatever its evidence.
    #[must_use]
    pub fn strict(mut self) -> Self {
        for result in &mut self.results {
            if let (Verdict::Broken(counterexample), None) = (&result.verdict, &result.accepted) {
                result.severity = Severity::of(counterexample.evidence, true);
            }
        }
        self
    }

    /// Goes on if the target keeps the contract, for a test.
    ///
    /// # Panics
    ///
    /// If it does not. The message has the broken clauses with their smallest requests.
    #[track_caller]
    pub fn assert_kept(&self) {
        assert!(
            self.is_kept(),
            "{} does not keep the contract\n{}",
            self.url,
            self.told(terminal::Told::Failures)
        );
    }

    fn with(&self, wanted: fn(&ClauseResult) -> bool) -> impl Iterator<Item = &str> {
        self.results.iter().filter(move |result| wanted(result)).map(|result| result.clause.id())
    }

    /// The results as they are shown: failures, then warnings, notes, what was not checked, and what is kept.
    fn worst_first(&self) -> Vec<&ClauseResult> {
        let mut results: Vec<_> = self.results.iter().collect();
        // A stable sort keeps the order of the contract within each.
        results.sort_by_key(|result| {
            let is_open = matches!(result.verdict, Verdict::NotChecked(_));
            (std::cmp::Reverse(result.severity), !is_open)
        });
        results
    }
}

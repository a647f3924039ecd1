use std::fmt;
use std::sync::Arc;

use greenapi_model::Clause;

/// What a run found, clause by clause.
///
/// `Display` gives a table, the seed first; what is broken follows with its smallest request.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) edition: String,
    pub(crate) url: String,
    pub(crate) seed: u64,
    pub(crate) sent: u64,
    pub(crate) results: Vec<ClauseResult>,
    pub(crate) agreement: Agreement,
}

/// What was found of one clause.
#[derive(Clone, Debug)]
pub struct ClauseResult {
    /// The clause.
    pub clause: Arc<Clause>,
    /// How many answers could have broken it.
    pub checks: u64,
    /// What they say.
    pub verdict: Verdict,
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

/// The smallest request that was found to break a clause. The token in it is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// What was found, in words.
    pub found: String,
    /// The request as text.
    pub request: String,
    /// The answer as text.
    pub answer: String,
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

    /// How many requests were judged.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent
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

    /// The agreement of schema, model and target.
    #[must_use]
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// The ids of the broken clauses.
    pub fn broken(&self) -> impl Iterator<Item = &str> {
        self.with(|verdict| matches!(verdict, Verdict::Broken(_)))
    }

    /// The ids of the clauses that were not checked.
    pub fn not_checked(&self) -> impl Iterator<Item = &str> {
        self.with(|verdict| matches!(verdict, Verdict::NotChecked(_)))
    }

    /// Whether no clause is broken. Clauses that were not checked do not count: see [`is_complete`](Self::is_complete).
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.broken().next().is_none() && self.agreement.defect.is_none()
    }

    /// Whether each clause was checked.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_checked().next().is_none()
    }

    fn with(&self, wanted: fn(&Verdict) -> bool) -> impl Iterator<Item = &str> {
        self.results.iter().filter(move |result| wanted(&result.verdict)).map(|result| result.clause.id())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { edition, url, seed, sent, results, agreement } = self;
        writeln!(formatter, "seed {seed}, contract {edition}, target {url}, {sent} requests\n")?;
        let width = results.iter().map(|result| result.clause.id().len()).max().unwrap_or_default();
        writeln!(formatter, "{:<11}  {:<width$}  {:<10}  {:>7}", "verdict", "clause", "evidence", "checks")?;
        for ClauseResult { clause, checks, verdict } in results {
            let verdict = verdict.as_str();
            writeln!(formatter, "{verdict:<11}  {clause:<width$}  {:<10}  {checks:>7}", clause.evidence())?;
        }
        for ClauseResult { clause, verdict, .. } in results {
            match verdict {
                Verdict::Kept => {}
                Verdict::NotChecked(reason) => writeln!(formatter, "\nnot checked: {clause}: {reason}")?,
                Verdict::Broken(counterexample) => {
                    let Counterexample { found, request, answer } = counterexample.as_ref();
                    writeln!(formatter, "\nbroken: {clause} ({})", clause.evidence())?;
                    writeln!(formatter, "  promised: {}", clause.sentence())?;
                    writeln!(formatter, "  found:    {found}")?;
                    writeln!(formatter, "{}", indented("  > ", request))?;
                    writeln!(formatter, "{}", indented("  < ", answer))?;
                }
            }
        }
        let count = |name: &str| results.iter().filter(|result| result.verdict.as_str() == name).count();
        writeln!(
            formatter,
            "\n{} clauses: {} kept, {} broken, {} not checked",
            results.len(),
            count("kept"),
            count("broken"),
            count("not checked")
        )?;
        let Agreement { bodies, valid, defect } = agreement;
        match defect {
            None => writeln!(
                formatter,
                "schema and model agreed on {bodies} bodies, {valid} of them valid; where the target did not, it says so above"
            ),
            Some(body) => {
                writeln!(formatter, "DEFECT of the contract's readers: schema and model differ on\n{body}")
            }
        }
    }
}

fn indented(margin: &str, text: &str) -> String {
    text.trim_end().lines().map(|line| format!("{margin}{line}")).collect::<Vec<_>>().join("\n")
}

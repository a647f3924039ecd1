//! Two targets on the same cases.

use std::collections::BTreeMap;
use std::fmt;

use greenapi_model::Contract;
use serde_json::{Value, json};

use crate::event::{Event, Observe};
use crate::report::Report;

/// So many cases are shown for one clause.
const SHOWN: usize = 3;

/// So many answers are remembered of one target. Cases beyond that are not compared, and counted.
const REMEMBERED: usize = 200_000;

/// What one target answered to each case, to be compared with what another one does.
#[derive(Clone, Debug)]
pub struct Answers {
    contract: Contract,
    /// By the case: the clause that it is about, and the answer in a few words.
    answers: BTreeMap<String, (String, String)>,
    forgotten: u64,
}

impl Answers {
    /// None yet. It is the [observer](Observe) of a run.
    #[must_use]
    pub fn new(contract: &Contract) -> Self {
        Self { contract: contract.clone(), answers: BTreeMap::new(), forgotten: 0 }
    }

    /// The answer as far as two targets that keep the contract have to agree: not ids, times and paths.
    fn in_words(&self, status: Option<u16>, body: &[u8]) -> String {
        let Some(status) = status else { return "no answer".to_owned() };
        if status == self.contract.success().0 {
            return match self.contract.response(body) {
                Ok(group) if group.created() => format!("{status} with a group"),
                Ok(_) => format!("{status} without a group"),
                Err(_) => format!("{status} with what is no response of the contract"),
            };
        }
        let named = self.contract.error(body).ok().and_then(|error| self.contract.recognize(&error).cloned());
        match named {
            Some(error) => format!("{status} {}", error.slug()),
            None if body.is_empty() => format!("{status} with an empty body"),
            None => format!("{status} with a body that is no error of the contract"),
        }
    }
}

impl Observe for Answers {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::Answer { case, clause, status, body } = event {
            if self.answers.len() >= REMEMBERED && !self.answers.contains_key(*case) {
                self.forgotten += 1;
                return;
            }
            let clause =
                clause.map_or_else(|| self.contract.success().1.id(), |clause| clause.id()).to_owned();
            let words = self.in_words(*status, body);
            // The first answer is that to the case as it was generated; what follows are smaller ones.
            self.answers.entry((*case).to_owned()).or_insert((clause, words));
        }
    }
}

/// What differs between two targets, clause by clause.
///
/// `Display` gives a table for a person.
#[derive(Clone, Debug)]
pub struct Comparison {
    urls: [String; 2],
    clauses: Vec<Differing>,
    cases: usize,
    forgotten: u64,
}

/// A clause of which two targets differ.
#[derive(Clone, Debug)]
struct Differing {
    clause: String,
    verdicts: [&'static str; 2],
    /// Cases about it to which the answers differ: the id, and both answers in a few words.
    cases: Vec<(String, [String; 2])>,
    count: usize,
}

impl Comparison {
    /// Compares two runs with the same seed and the same cases.
    #[must_use]
    pub fn of(reports: [&Report; 2], answers: [&Answers; 2]) -> Self {
        let [one, other] = answers;
        let mut differing: BTreeMap<&str, Vec<(String, [String; 2])>> = BTreeMap::new();
        let mut cases = 0;
        for (case, (clause, answer)) in &one.answers {
            let Some((_, second)) = other.answers.get(case) else { continue };
            cases += 1;
            if answer != second {
                let pair = (case.clone(), [answer.clone(), second.clone()]);
                differing.entry(clause).or_default().push(pair);
            }
        }
        let verdict = |report: &Report, clause: &str| {
            report.result(clause).map_or("not checked", |result| result.verdict.as_str())
        };
        let clauses = reports[0]
            .results()
            .iter()
            .filter_map(|result| {
                let clause = result.clause.id();
                let verdicts = reports.map(|report| verdict(report, clause));
                let mut cases = differing.remove(clause).unwrap_or_default();
                let count = cases.len();
                cases.truncate(SHOWN);
                (verdicts[0] != verdicts[1] || count > 0).then(|| Differing {
                    clause: clause.to_owned(),
                    verdicts,
                    cases,
                    count,
                })
            })
            .collect();
        let urls = reports.map(|report| report.url.clone());
        Self { urls, clauses, cases, forgotten: one.forgotten + other.forgotten }
    }

    /// Whether both have the same verdict on each clause, and gave the same answer to each case.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The ids of the clauses of which they differ.
    pub fn clauses(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().map(|differing| differing.clause.as_str())
    }

    /// The same as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let clauses = self.clauses.iter().map(|differing| {
            let cases =
                differing.cases.iter().map(|(case, answers)| json!({ "case": case, "answers": answers }));
            json!({
                "clause": differing.clause,
                "verdicts": differing.verdicts,
                "differingCases": differing.count,
                "cases": cases.collect::<Vec<_>>(),
            })
        });
        json!({ "targets": self.urls, "comparedCases": self.cases, "clauses": clauses.collect::<Vec<_>>() })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = &self.urls;
        writeln!(formatter, "A  {one}\nB  {other}\n{} cases compared", self.cases)?;
        if self.forgotten > 0 {
            writeln!(formatter, "{} answers were too many to be compared", self.forgotten)?;
        }
        if self.is_same() {
            return writeln!(
                formatter,
                "both have the same verdict on each clause, and gave the same answers"
            );
        }
        for Differing { clause, verdicts, cases, count } in &self.clauses {
            let verdict = if verdicts[0] == verdicts[1] {
                format!("both {}", verdicts[0])
            } else {
                format!("A {}, B {}", verdicts[0], verdicts[1])
            };
            writeln!(formatter, "\n{clause}: {verdict}; {count} cases differ")?;
            for (case, answers) in cases {
                writeln!(formatter, "  {case}\n    A  {}\n    B  {}", answers[0], answers[1])?;
            }
        }
        Ok(())
    }
}

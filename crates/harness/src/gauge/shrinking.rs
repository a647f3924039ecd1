//! The smallest request that still shows what is broken.

use std::sync::Arc;

use greenapi_model::{Body, Clause, Part};

use super::{Found, Gauge};
use crate::case::{Case, Expected, Reply};
use crate::json_text;
use crate::judge::Problem;
use crate::smaller::smaller;

/// How many smaller cases are tried for one counterexample.
const SHRINKS: u32 = 1_000;

/// A body with more bytes is left as it is.
const SHRUNK: usize = 50_000;

impl Gauge<'_> {
    /// The smallest request that still breaks the clause in the same way.
    pub(super) async fn smallest(&mut self, mut smallest: Found) -> Found {
        // A target that is silent is not asked again and again.
        let mut left = if matches!(smallest.reply, Reply::Answer(_)) { SHRINKS } else { 0 };
        'smaller: while left > 0 && smallest.case.request.body.len() <= SHRUNK {
            for body in smaller(&smallest.case.request.body) {
                let Some(case) = self.with_smaller_body(&smallest.case, body) else { continue };
                if left == 0 || self.wire.is_over().is_some() {
                    break 'smaller;
                }
                left -= 1;
                let (reply, findings) = self.judged(&case).await;
                let is_same = |problem: &Problem| is_same(&smallest, &case, problem);
                if let Some(problem) = findings.broken.into_iter().find(is_same) {
                    // Why a request was refused was found out for the first one.
                    let known = smallest.problem;
                    let problem = if known.is_refusal {
                        known
                    } else {
                        Problem { evidence: problem.evidence.max(known.evidence), ..problem }
                    };
                    smallest = Found { case, reply, problem };
                    continue 'smaller;
                }
            }
            break;
        }
        smallest
    }

    /// The case with another body, if the answer has to be of the same kind: it breaks no clause that the body of the case
    /// does not break.
    fn with_smaller_body(&self, case: &Case, body: Vec<u8>) -> Option<Case> {
        let broken = |body: &[u8]| -> Vec<Arc<Clause>> {
            let violations = self.contract.request(body).err();
            violations.iter().flatten().map(|violation| Arc::clone(violation.clause())).collect()
        };
        let now = broken(&body);
        let expected = match &case.expected {
            Expected::Refused(clause, error) if clause.part() == Part::Request => {
                let before = broken(&case.request.body);
                let json = format!("{}.json", Body::Request.name());
                if now.iter().any(|one| one.id() == json) && json_text::is_disputed(&body)
                    || !now.iter().all(|one| before.contains(one))
                {
                    return None;
                }
                let clause = now.iter().find(|one| one.id() == clause.id()).or(now.first())?;
                Expected::Refused(Arc::clone(clause), error.clone())
            }
            Expected::Plain(_) => case.expected.clone(),
            expected if now.is_empty() => expected.clone(),
            _ => return None,
        };
        Some(Case { id: case.id.clone(), request: case.request.clone().with_body(body), expected })
    }
}

/// Whether it is the same problem, at a smaller case.
fn is_same(known: &Found, case: &Case, problem: &Problem) -> bool {
    let is_of = |case: &Case, problem: &Problem| {
        case.expected.clause().is_some_and(|own| own.id() == problem.clause.id())
    };
    if known.problem.is_refusal {
        return problem.is_refusal;
    }
    problem.evidence <= known.problem.evidence
        && (problem.clause.id() == known.problem.clause.id()
            // A request that broke several clauses and was accepted breaks fewer of them now, and is accepted.
            || is_of(case, problem) && is_of(&known.case, &known.problem))
}

//! Why a valid request was refused.

use std::sync::Arc;

use greenapi_model::Evidence;
use serde_json::{Map, Value};

use super::{Found, Gauge};
use crate::case::{Case, Reply};

impl Gauge<'_> {
    /// Finds out why a valid request was refused: because of how it is written, or of a member that is known to be taken
    /// too strictly. That decides how well it is known that it should have been taken.
    pub(super) async fn explained(&mut self, mut found: Found) -> Found {
        let Ok(request) = self.contract.request(&found.case.request.body) else { return found };
        if !found.problem.is_refusal || found.problem.evidence == Evidence::Assumed {
            return found;
        }
        let is_example = |body: &[u8]| {
            self.contract
                .examples(greenapi_model::Body::Request)
                .iter()
                .any(|one| one.body().as_bytes() == body)
        };
        if is_example(&found.case.request.body) {
            return found;
        }
        let Ok(Value::Object(plain)) = serde_json::to_value(&request) else { return found };
        let Some((case, reply)) = self.with_members(&found.case, &plain).await else { return found };
        if self.is_success(&reply) {
            found.problem.evidence = Evidence::Assumed;
            found.problem.found += "; a request with the same values in the plainest form is taken";
            return found;
        }
        // It is refused in the plainest form too, which is easier to read.
        (found.case, found.reply) = (case, reply);
        let example: Map<String, Value> = serde_json::from_str(&self.example()).unwrap_or_default();
        for (member, value) in example.iter().filter(|(member, _)| plain.contains_key(*member)) {
            let mut tamed = plain.clone();
            tamed.insert(member.clone(), value.clone());
            let Some((_, reply)) = self.with_members(&found.case, &tamed).await else { continue };
            if self.is_success(&reply) {
                self.blame(&mut found, member);
                break;
            }
        }
        found
    }

    /// With another value of a member the request is taken. If it is known that a clause about the member is taken too strictly,
    /// that is what is broken.
    fn blame(&self, found: &mut Found, member: &str) {
        let about = format!("request.{member}.");
        let clauses = self.contract.clauses().iter().filter(|clause| clause.id().starts_with(&about));
        let known = clauses
            .filter_map(|clause| Some((clause, self.ledger.counterexample(clause.id())?)))
            .find(|(_, counterexample)| counterexample.evidence > found.problem.evidence);
        if let Some((clause, counterexample)) = known {
            found.problem.evidence = counterexample.evidence;
            found.problem.clause = Arc::clone(clause);
        } else {
            found.problem.found =
                format!("{}; with the example's `{member}` it is taken", found.problem.found);
        }
    }

    /// The case with these members as its body and the answer to it, if that is a valid request.
    async fn with_members(&self, case: &Case, members: &Map<String, Value>) -> Option<(Case, Reply)> {
        let body = Value::Object(members.clone()).to_string();
        self.contract.request(body.as_bytes()).ok()?;
        let request = case.request.clone().with_body(body);
        let reply = self.wire.send(&request).await;
        Some((Case { request, ..case.clone() }, reply))
    }
}

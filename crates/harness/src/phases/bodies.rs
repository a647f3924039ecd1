use std::sync::Arc;

use greenapi_model::{Body, Clause, Condition, ErrorCase, InstanceId, Part, strategy};

use crate::case::{Case, LARGEST, Reply, size_to_send};
use crate::gauge::{Expected, Gauge};
use crate::judge::Findings;

/// Valid requests, in all the spellings that JSON has for them, make groups; no two of them share an id or a link.
pub(super) fn valid(gauge: &mut Gauge<'_>, instance: InstanceId) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    gauge.many(
        "valid",
        gauge.cases,
        &strategy::valid(contract, Body::Request),
        |body| Case::call(contract, target, instance, body.as_bytes().to_vec()),
        |gauge, case| gauge.judged(case, Expected::Success),
    );
}

/// For each clause about the body of a request: requests that break it and nothing else are refused.
pub(super) fn breaking(gauge: &mut Gauge<'_>, instance: InstanceId) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let Some(error) = invalid_request(gauge) else { return };
    for clause in contract.clauses().iter().filter(|clause| clause.part() == Part::Request) {
        let Some(bodies) = strategy::breaking(contract, clause) else {
            gauge.ledger.not_checked(clause.id(), "no body breaks this clause and no other");
            continue;
        };
        gauge.many(
            clause.id(),
            gauge.cases_per_clause(),
            &bodies,
            |body| Case::call(contract, target, instance, body.as_bytes().to_vec()),
            |gauge, case| refused(gauge, case, clause, error),
        );
    }
}

/// What stands around the body: its content type and its size.
pub(super) fn around(gauge: &mut Gauge<'_>, instance: InstanceId) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let Some(example) = contract.examples(Body::Request).first() else { return };
    let call = Case::call(contract, target, instance, example.body().as_bytes().to_vec());
    let media_type = contract.media_type(Body::Request);
    for right in [format!("{media_type}; charset=utf-8"), media_type.to_ascii_uppercase()] {
        gauge.one(&call.clone().with_content_type(&right), Expected::Success);
    }
    let clause = contract.clause("request.content-type");
    if let (Some(clause), Some(error)) = (clause, invalid_request(gauge)) {
        for wrong in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
            let case = call.clone().with_content_type(wrong);
            let (reply, findings) = refused(gauge, &case, clause, error);
            gauge.note(&case, &reply, findings);
        }
    }
    for error in contract.errors() {
        if let Condition::BodyAbove(bytes) = error.condition() {
            let Some(most) = size_to_send(*bytes) else {
                let reason = format!("no body of more than {LARGEST} bytes is sent");
                gauge.ledger.not_checked(error.clause().id(), reason);
                continue;
            };
            // No example is itself above the limit: such a contract is refused.
            gauge.one(&call.clone().padded_to(most), Expected::Success);
            gauge.one(&call.clone().padded_to(most + 1), Expected::Error(error));
        }
    }
}

pub(super) fn invalid_request<'r>(gauge: &Gauge<'r>) -> Option<&'r ErrorCase> {
    gauge.contract.error_when(&Condition::InvalidRequest)
}

/// Sends a request that breaks a clause. If it is accepted, the clause is not enforced; if it is refused in another way
/// than the contract says, that is what is broken.
pub(super) fn refused(
    gauge: &mut Gauge<'_>,
    case: &Case,
    clause: &Arc<Clause>,
    error: &ErrorCase,
) -> (Reply, Findings) {
    let reply = gauge.send(case);
    let (success, _) = gauge.contract.success();
    if reply.status() == Some(success) {
        let mut findings = Findings::default();
        findings.fail(clause, format!("the request breaks the clause and was answered with {success}"));
        return (reply, findings);
    }
    let error = gauge.too_large(case).unwrap_or(error);
    let mut findings = gauge.judge.error(error, case, &reply);
    findings.check(clause);
    (reply, findings)
}

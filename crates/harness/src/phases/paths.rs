use greenapi_model::{Body, Condition, InstanceId, Part, strategy};
use http::Method;

use super::bodies::refused;
use crate::case::Case;
use crate::gauge::{Expected, Gauge};

/// Paths that are not those of the method, and words in other cases.
pub(super) fn paths(gauge: &mut Gauge<'_>, instance: InstanceId) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let Some(example) = contract.examples(Body::Request).first() else { return };
    let call = Case::call(contract, target, instance, example.body().as_bytes().to_vec());
    let Some(error) = contract.error_when(&Condition::OtherPath) else {
        return;
    };
    for clause in contract.clauses().iter().filter(|clause| clause.part() == Part::Path) {
        if clause.id() == "path.ignore-case" {
            gauge.many(
                clause.id(),
                gauge.cases_per_clause(),
                &strategy::path(contract, instance, &target.token),
                |path| call.clone().with_path(path.clone()),
                |gauge, case| {
                    let (reply, mut findings) = gauge.judged(case, Expected::Success);
                    // The path is all that is unusual here, so an answer of another status is about it.
                    if reply.status() == Some(contract.success().0) || case.path() == call.path() {
                        findings.check(clause);
                    } else {
                        findings.broken.clear();
                        findings.fail(clause, "the path is valid and was refused");
                    }
                    (reply, findings)
                },
            );
            continue;
        }
        let Some(paths) = strategy::breaking_path(contract, clause, instance, &target.token) else {
            gauge.ledger.not_checked(clause.id(), "no path breaks this clause and no other");
            continue;
        };
        gauge.many(
            clause.id(),
            gauge.cases_per_clause(),
            &paths,
            |path| call.clone().with_path(path.clone()),
            |gauge, case| refused(gauge, case, clause, error),
        );
    }
}

/// Other HTTP methods on the path of the method.
pub(super) fn methods(gauge: &mut Gauge<'_>, instance: InstanceId) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let call = Case::call(contract, target, instance, "");
    for plain in contract.plain_answers() {
        if let Ok(method) = plain.method().parse::<Method>() {
            gauge.one(&call.clone().with_method(method), Expected::Plain(plain));
        }
    }
    let errors = contract.errors().iter().filter(|error| *error.condition() == Condition::OtherMethod);
    for error in errors {
        // HEAD is left out: its answer has no body to judge.
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::POST] {
            let named = contract.plain_answers().iter().any(|plain| plain.method() == method.as_str());
            if !named && method.as_str() != contract.method() {
                gauge.one(&call.clone().with_method(method), Expected::Error(error));
            }
        }
    }
}

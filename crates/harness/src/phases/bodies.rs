//! Generated requests.

use greenapi_model::{Body, Part, strategy};
use proptest::strategy::Strategy as _;

use crate::case::Expected;
use crate::gauge::Gauge;
use crate::json_text;

/// Valid requests, in all the spellings that JSON has for them, make groups; no two of them share an id or a link.
pub(super) async fn valid(gauge: &mut Gauge<'_>) {
    let call = gauge.call("");
    let make = |body: &strategy::RawBody| {
        (call.clone().with_body(body.as_bytes().to_vec()), Expected::Success(None))
    };
    gauge.many("valid", gauge.harness.cases, &strategy::valid(gauge.contract, Body::Request), make).await;
}

/// For each clause about the body of a request: requests that break it and nothing else are refused.
pub(super) async fn breaking(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    let Some(error) = gauge.invalid_request() else { return };
    let json = format!("{}.json", Body::Request.name());
    for clause in contract.clauses().iter().filter(|clause| clause.part() == Part::Request) {
        let name = format!("breaking/{}", clause.id());
        if !gauge.wants_some(&format!("{name}/")) {
            continue;
        }
        let Some(bodies) = strategy::breaking(contract, clause) else {
            gauge.ledger.not_checked(clause.id(), "no body breaks this clause and no other");
            continue;
        };
        let is_json = clause.id() == json;
        let bodies = bodies
            .prop_filter("readers of JSON agree on it", move |body| {
                // What they differ on is no matter of the clause.
                !is_json || !json_text::is_disputed(body.as_bytes())
            })
            .boxed();
        let call = gauge.call("");
        let make = |body: &strategy::RawBody| {
            let request = call.clone().with_body(body.as_bytes().to_vec());
            (request, Expected::Refused(clause.clone(), error.clone()))
        };
        gauge.many(&name, gauge.cases_per_clause(), &bodies, make).await;
    }
}

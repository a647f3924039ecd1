//! Paths that are not those of the method, words in other cases, and instances at the limits.

use greenapi_model::{ApiToken, Clause, Condition, ErrorCase, InstanceId, InstanceState, Part, strategy};
use proptest::strategy::Strategy as _;
use serde_json::Value;

use crate::case::{Case, Expected, Near, Request};
use crate::gauge::Gauge;

pub(super) async fn paths(gauge: &mut Gauge<'_>) {
    let Some(error) = gauge.contract.error_when(&Condition::OtherPath) else { return };
    let call = gauge.call(gauge.example());
    wrong(gauge, error, &call).await;
    spellings(gauge, &call).await;
    query(gauge, &call).await;
    instances(gauge).await;
    tokens(gauge).await;
}

/// Paths that break one clause each.
async fn wrong(gauge: &mut Gauge<'_>, error: &ErrorCase, call: &Request) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    for clause in contract.clauses().iter().filter(|clause| clause.part() == Part::Path) {
        let name = format!("paths/{}", clause.id());
        if clause.id() == IGNORE_CASE || !gauge.wants_some(&format!("{name}/")) {
            continue;
        }
        let Some(paths) = strategy::breaking_path(contract, clause, gauge.instance, &target.token) else {
            gauge.ledger.not_checked(clause.id(), "no path breaks this clause and no other");
            continue;
        };
        // Whether a slash at the end is a part of a path, and whether the case of its words matters, routers differ on, and nothing
        // is known of the service.
        let call_path = call.target.clone();
        let is_other = move |path: &String| !path.trim_end_matches('/').eq_ignore_ascii_case(&call_path);
        let paths = paths.prop_filter("not the same to a lenient router", is_other).boxed();
        let make = |path: &String| {
            (call.clone().with_target(path.clone()), Expected::Refused(clause.clone(), error.clone()))
        };
        gauge.many(&name, gauge.cases_per_clause(), &paths, make).await;
    }
}

const IGNORE_CASE: &str = "path.ignore-case";

/// The words that are matched without regard to case, in other cases.
async fn spellings(gauge: &mut Gauge<'_>, call: &Request) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let Some(clause) = contract.clause(IGNORE_CASE) else { return };
    let paths = strategy::path(contract, gauge.instance, &target.token);
    let make =
        |path: &String| (call.clone().with_target(path.clone()), Expected::Success(Some(Near::to(clause))));
    gauge.many(&format!("paths/{IGNORE_CASE}"), 30, &paths, make).await;
}

/// A query behind the path says nothing.
async fn query(gauge: &mut Gauge<'_>, call: &Request) {
    let Some(clause) = gauge.contract.clause("path") else { return };
    let request = call.clone().with_target(format!("{}?a=b", call.target));
    let expected = Expected::Success(Some(Near::assumed(clause)));
    gauge.one(Case { id: "paths/query".to_owned(), request, expected }).await;
}

/// Instances of which the number is at a limit, where the target makes instances when it is asked for a state.
async fn instances(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    let Some((name, limits)) = parameter(gauge, "integer") else { return };
    let bounds = [("minimum", "minimum"), ("maximum", "maximum")];
    let mut cases: Vec<(&str, u64)> = bounds
        .iter()
        .filter_map(|(keyword, clause)| Some((*clause, limits.get(*keyword)?.as_u64()?)))
        .collect();
    cases.push(("integer", u64::from(u32::MAX) + 1));
    cases.retain(|(_, number)| contract.instance((*number).into()).is_ok());
    // One that is far from any that has a meaning: if it can be called, so can those at the limits.
    let other = InstanceId::new(gauge.instance.number() / 2 + 500_000_017);
    if !gauge.wants_some("paths/instance/") {
        return;
    }
    if !control(gauge, other).await {
        return;
    }
    for (keyword, number) in cases {
        let Some(clause) = contract.clause(&format!("path.{name}.{keyword}")) else { continue };
        if gauge.set_state(number.into(), &InstanceState::Authorized).await.is_err() {
            continue;
        }
        let request = gauge.call_on(number.into(), gauge.example());
        let expected = Expected::Success(Some(Near::to(clause)));
        gauge.one(Case { id: format!("paths/instance/{keyword}"), request, expected }).await;
    }
}

/// Whether the target has an instance of that number once it is asked for its state.
async fn control(gauge: &mut Gauge<'_>, instance: InstanceId) -> bool {
    if gauge.contract.instance(instance).is_err()
        || gauge.set_state(instance, &InstanceState::Authorized).await.is_err()
    {
        return false;
    }
    let request = gauge.call_on(instance, gauge.example());
    gauge.is_success(&gauge.wire.send(&request).await)
}

/// A token of which the length is at a limit, where the target takes any token.
async fn tokens(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    if !gauge.wants_some("paths/token/") {
        return;
    }
    let call = |gauge: &Gauge<'_>, token: &str| {
        let token: ApiToken = token.parse().ok()?;
        let body = gauge.example();
        Some(Request { target: contract.path(gauge.instance, &token), ..gauge.call(body) })
    };
    // One that nobody has named: if it is taken, so are those at the limits.
    let Some(control) = call(gauge, "another0token0of0the0harness") else { return };
    if !gauge.is_success(&gauge.wire.send(&control).await) {
        return;
    }
    let Some((name, limits)) = parameter(gauge, "string") else { return };
    for keyword in ["minLength", "maxLength"] {
        let Some(length) = limits.get(keyword).and_then(Value::as_u64).filter(|length| *length <= 1_000)
        else {
            continue;
        };
        let Some(clause): Option<&std::sync::Arc<Clause>> =
            contract.clause(&format!("path.{name}.{keyword}"))
        else {
            continue;
        };
        let length = usize::try_from(length).unwrap_or(1);
        let Some(request) = call(gauge, &"a".repeat(length)) else { continue };
        let expected = Expected::Success(Some(Near::to(clause)));
        gauge.one(Case { id: format!("paths/token/{keyword}"), request, expected }).await;
    }
}

/// The name and the schema of the parameter of the path that is of this type: the instance is an integer, the token a text.
fn parameter(gauge: &Gauge<'_>, kind: &str) -> Option<(String, Value)> {
    let document: Value = serde_json::from_str(&gauge.contract.document()).ok()?;
    let parameters = document["paths"][gauge.contract.path_template()]["parameters"].as_array()?.clone();
    let found = parameters.into_iter().find(|parameter| parameter["schema"]["type"] == kind)?;
    Some((found["name"].as_str()?.to_owned(), found["schema"].clone()))
}

//! The errors that come from an instance, its state or its token, the way into them and back.

use greenapi_model::{Condition, ErrorCase, Evidence, InstanceId, InstanceState, Repeat};

use crate::case::{Case, Expected, Request};
use crate::gauge::Gauge;

/// How often a recovering instance is called before it counts as one that does not recover.
const PATIENCE: u32 = 10;

pub(super) async fn states(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    for error in contract.errors() {
        match error.condition() {
            Condition::Instance(state) => state_of_an_instance(gauge, error, state).await,
            Condition::OtherToken => other_token(gauge, error).await,
            _ => {}
        }
    }
    changes(gauge).await;
}

/// The errors of a state of an instance, with the state.
pub(super) fn errors_of_states<'c>(gauge: &Gauge<'c>) -> Vec<(&'c ErrorCase, &'c InstanceState)> {
    let errors = gauge.contract.errors().iter();
    errors
        .filter_map(|error| match error.condition() {
            Condition::Instance(state) => Some((error, state)),
            _ => None,
        })
        .collect()
}

async fn state_of_an_instance(gauge: &mut Gauge<'_>, error: &ErrorCase, state: &InstanceState) {
    let slug = error.slug();
    let target = gauge.wire.target;
    if let Some(instance) = target.in_state(state) {
        // Twice: the instance stays as it is.
        for index in 0..2 {
            let request = gauge.call_on(instance, gauge.example());
            let case = Case {
                id: format!("states/{slug}/{index}"),
                request,
                expected: Expected::Error(error.clone()),
            };
            gauge.state = state.clone();
            gauge.one(case).await;
        }
        wins_over_an_invalid_request(gauge, error, instance).await;
    }
    if target.states.is_some() && gauge.wants_some(&format!("states/{slug}/")) {
        into_and_back(gauge, error, state).await;
    } else if target.in_state(state).is_none() {
        let lacking = format!("no instance is named that is {state}, and no way to bring one there");
        gauge.ledger.not_checked(error.clause().id(), lacking);
    }
    gauge.state = InstanceState::Authorized;
    if *state == InstanceState::Starting && error.repeat() == Repeat::Later {
        recovery(gauge, error).await;
    }
}

/// The instance of the run is brought into the state, and back.
async fn into_and_back(gauge: &mut Gauge<'_>, error: &ErrorCase, state: &InstanceState) {
    let slug = error.slug();
    let instance = gauge.instance;
    if let Err(why) = gauge.set_state(instance, state).await {
        gauge.ledger.not_checked(error.clause().id(), why);
        return;
    }
    gauge.state = state.clone();
    for id in ["into", "stays"] {
        let (request, expected) = (gauge.call(gauge.example()), Expected::Error(error.clone()));
        gauge.one(Case { id: format!("states/{slug}/{id}"), request, expected }).await;
    }
    wins_over_an_invalid_request(gauge, error, instance).await;
    back(gauge, &format!("states/{slug}/back")).await;
}

/// The instance is authorized again, and makes groups.
async fn back(gauge: &mut Gauge<'_>, id: &str) {
    let instance = gauge.instance;
    let set = gauge.set_state(instance, &InstanceState::Authorized).await;
    gauge.state = InstanceState::Authorized;
    if set.is_ok() {
        let request = gauge.call(gauge.example());
        gauge.one(Case { id: id.to_owned(), request, expected: Expected::Success(None) }).await;
    }
}

/// Where the request is not valid either, the error that stands first in the contract is the answer. That is assumed.
async fn wins_over_an_invalid_request(gauge: &mut Gauge<'_>, error: &ErrorCase, instance: InstanceId) {
    let is_either =
        |case: &&ErrorCase| case.slug() == error.slug() || *case.condition() == Condition::InvalidRequest;
    let Some(first) = gauge.contract.errors().iter().find(is_either) else { return };
    let request = gauge.call_on(instance, "{}");
    let id = format!("states/{}/invalid-request", error.slug());
    let case = Case { id, request, expected: Expected::Error(first.clone()) };
    if !gauge.wants(&case.id) || !gauge.goes_on() || gauge.contract.request(b"{}").is_ok() {
        return;
    }
    let (reply, mut findings) = gauge.judged(&case).await;
    for problem in &mut findings.broken {
        problem.evidence = problem.evidence.max(Evidence::Assumed);
    }
    gauge.note(&case, &reply, findings).await;
}

/// From each state straight into each other one.
async fn changes(gauge: &mut Gauge<'_>) {
    if gauge.wire.target.states.is_none() || !gauge.wants_some("states/change/") {
        return;
    }
    let states = errors_of_states(gauge);
    let instance = gauge.instance;
    for (_, from) in &states {
        for (error, to) in states.iter().filter(|(_, to)| to != from) {
            if gauge.set_state(instance, from).await.is_err() || gauge.set_state(instance, to).await.is_err()
            {
                continue;
            }
            gauge.state = (*to).clone();
            let (request, expected) = (gauge.call(gauge.example()), Expected::Error((*error).clone()));
            gauge.one(Case { id: format!("states/change/{from}-{to}"), request, expected }).await;
        }
    }
    back(gauge, "states/change/back").await;
}

/// An instance that is starting becomes an authorized one, and stays that.
async fn recovery(gauge: &mut Gauge<'_>, error: &ErrorCase) {
    let Some(instance) = gauge.wire.target.recovering_instance() else { return };
    if !gauge.wants_some("states/recovery/") || !gauge.goes_on() {
        return;
    }
    let request: Request = gauge.call_on(instance, gauge.example());
    let fails =
        Case { id: "states/recovery/starting".to_owned(), request, expected: Expected::Error(error.clone()) };
    let makes = |id: &str| Case {
        id: format!("states/recovery/{id}"),
        request: fails.request.clone(),
        expected: Expected::Success(None),
    };
    let mut reply = gauge.wire.send(&fails.request).await;
    if !gauge.is_success(&reply) {
        let findings = gauge.judge(&fails, &reply);
        gauge.note(&fails, &reply, findings).await;
        for _ in 0..PATIENCE {
            if reply.status() != Some(error.status()) {
                break;
            }
            reply = gauge.wire.send(&fails.request).await;
        }
    }
    // Else an earlier run has brought it there: it stays authorized, and the error has its own instance.
    let recovered = makes("recovered");
    let findings = gauge.judge(&recovered, &reply);
    gauge.note(&recovered, &reply, findings).await;
    gauge.one(makes("stays")).await;
}

async fn other_token(gauge: &mut Gauge<'_>, error: &ErrorCase) {
    let Some(instance) = gauge.wire.target.instance_with_other_token() else {
        let lacking = "no instance is named whose token is another one";
        gauge.ledger.not_checked(error.clause().id(), lacking);
        return;
    };
    for index in 0..2 {
        let request = gauge.call_on(instance, gauge.example());
        let id = format!("states/{}/{index}", error.slug());
        gauge.one(Case { id, request, expected: Expected::Error(error.clone()) }).await;
    }
}

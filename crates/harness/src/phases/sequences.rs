//! Several calls: one after the other, at once, and while the state of the instance changes.

use greenapi_model::{ErrorCase, InstanceState};

use super::states::errors_of_states;
use crate::case::{Case, Expected, Reply};
use crate::gauge::Gauge;
use crate::join::join_all;
use crate::states::StateChange;

/// How often the same body is sent.
const SAME: usize = 20;
/// How many calls are on their way at once, and how often.
const AT_ONCE: usize = 16;
const ROUNDS: usize = 4;

pub(super) async fn calls(gauge: &mut Gauge<'_>) {
    same_body(gauge).await;
    // Each of these has a connection of its own; one that is kept would make a server wait that serves one at a time.
    gauge.wire.hang_up();
    at_once(gauge).await;
    for (error, state) in errors_of_states(gauge) {
        state_changes(gauge, error, state).await;
    }
}

/// createGroup is not idempotent: the same request makes another group.
async fn same_body(gauge: &mut Gauge<'_>) {
    for index in 0..SAME {
        let request = gauge.call(gauge.example());
        let id = format!("sequences/same-body/{index}");
        gauge.one(Case { id, request, expected: Expected::Success(None) }).await;
    }
}

async fn at_once(gauge: &mut Gauge<'_>) {
    for round in 0..ROUNDS {
        let id = format!("sequences/at-once/{round}");
        if !gauge.wants(&id) || !gauge.goes_on() {
            continue;
        }
        all_at_once(gauge, &id, AT_ONCE, &Expected::Success(None)).await;
    }
}

/// The same call so many times at once. The answers are judged in the order of the calls.
async fn all_at_once(gauge: &mut Gauge<'_>, id: &str, count: usize, expected: &Expected) {
    let request = gauge.call(gauge.example());
    let wire = gauge.wire;
    let replies = join_all((0..count).map(|_| wire.send_apart(&request))).await;
    let case = Case { id: id.to_owned(), request, expected: expected.clone() };
    for reply in replies {
        let findings = gauge.judge(&case, &reply);
        gauge.note(&case, &reply, findings).await;
    }
}

/// While calls are on their way the instance gets into the state, and out of it. Each answer is the one of the state before
/// or of the state after; once the change is confirmed, all answers are those of the state after.
async fn state_changes(gauge: &mut Gauge<'_>, error: &ErrorCase, state: &InstanceState) {
    let prefix = format!("sequences/{}/", error.slug());
    if gauge.wire.target.states.is_none() || !gauge.wants_some(&prefix) || !gauge.goes_on() {
        return;
    }
    let there = Expected::Error(error.clone());
    for (state, name, expected) in
        [(state, "into", there), (&InstanceState::Authorized, "back", Expected::Success(None))]
    {
        if let Err(why) = while_it_changes(gauge, error, state, &format!("{prefix}while-{name}")).await {
            gauge.ledger.not_checked(error.clause().id(), why);
            return;
        }
        gauge.state = state.clone();
        all_at_once(gauge, &format!("{prefix}{name}"), AT_ONCE / 4, &expected).await;
    }
}

async fn while_it_changes(
    gauge: &mut Gauge<'_>,
    error: &ErrorCase,
    state: &InstanceState,
    id: &str,
) -> Result<(), String> {
    enum Done {
        Change(Result<(), String>),
        Call(Reply),
    }
    let Some(states) = &gauge.wire.target.states else { return Ok(()) };
    let change = StateChange { instance: gauge.instance, state: state.clone(), teardown: false };
    let request = gauge.call(gauge.example());
    let wire = gauge.wire;
    let (request, change) = (&request, &change);
    let calls = (0..=AT_ONCE).map(|index| async move {
        // In the middle of the calls, as all of them are begun in their order.
        if index == AT_ONCE / 2 {
            Done::Change(states.set(change).await)
        } else {
            Done::Call(wire.send_apart(request).await)
        }
    });
    let mut changed = Ok(());
    for done in join_all(calls).await {
        let reply = match done {
            Done::Change(result) => {
                changed = result;
                continue;
            }
            Done::Call(reply) => reply,
        };
        let failed = reply.status() == Some(error.status());
        let expected = if failed { Expected::Error(error.clone()) } else { Expected::Success(None) };
        let case = Case { id: id.to_owned(), request: request.clone(), expected };
        let findings = gauge.judge(&case, &reply);
        gauge.note(&case, &reply, findings).await;
    }
    changed
}

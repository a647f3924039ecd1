use greenapi_model::InstanceState;

use crate::gauge::Gauge;

/// What failed in earlier runs, as far as the contract still knows it.
pub(super) async fn replays(gauge: &mut Gauge<'_>) {
    let harness = gauge.harness;
    let target = gauge.wire.target;
    for replay in &harness.kept {
        let moves = replay.own && !harness.keeps_instances;
        let replay = if moves { replay.clone().on(gauge.instance) } else { replay.clone() };
        let Ok(case) = replay.case_for(gauge.contract, target) else { continue };
        let (instance, state) = (replay.instance.into(), replay.state());
        let is_named = replay.own && state == InstanceState::Authorized
            || target.in_state(&state) == Some(instance)
            || target.instance_with_other_token() == Some(instance);
        if !is_named && let Err(why) = gauge.set_state(instance, &state).await {
            gauge.ledger.not_checked(replay.clause(), why);
            continue;
        }
        gauge.state = state;
        gauge.one(case).await;
        if !is_named {
            // If it cannot be brought back, the phases that follow will say so.
            let _ = gauge.set_state(instance, &InstanceState::Authorized).await;
        }
        gauge.state = InstanceState::Authorized;
    }
}

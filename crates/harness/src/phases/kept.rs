use greenapi_model::InstanceState;

use crate::gauge::Gauge;

/// What failed in earlier runs, as far as the contract still knows it.
pub(super) async fn replays(gauge: &mut Gauge<'_>) {
    let harness = gauge.harness;
    for replay in &harness.kept {
        let Ok(case) = replay.case_for(gauge.contract, gauge.wire.target) else { continue };
        let state = replay.state();
        let elsewhere = state != InstanceState::Authorized;
        let instance = replay.instance.into();
        if elsewhere && gauge.wire.target.in_state(&state) != Some(instance) {
            if let Err(why) = gauge.set_state(instance, &state).await {
                gauge.ledger.not_checked(replay.clause(), why);
                continue;
            }
            gauge.state = state;
        }
        gauge.one(case).await;
        if elsewhere && gauge.state != InstanceState::Authorized {
            // If it cannot be brought back, the phases that follow will say so.
            let _ = gauge.set_state(instance, &InstanceState::Authorized).await;
            gauge.state = InstanceState::Authorized;
        }
    }
}

use greenapi_model::{Body, Condition, InstanceState, Repeat};

use crate::case::Case;
use crate::gauge::{Expected, Gauge};

/// How often a recovering instance is called before it counts as one that does not recover.
const PATIENCE: u32 = 10;

/// The errors that come from the instance, its state or its token, and the way back to success.
pub(super) fn states(gauge: &mut Gauge<'_>) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let Some(example) = contract.examples(Body::Request).first() else { return };
    let body = example.body().as_bytes().to_vec();
    for error in contract.errors() {
        let (instance, lacking) = match error.condition() {
            Condition::Instance(state) => {
                (target.in_state(state), format!("no instance is named that is {state}"))
            }
            Condition::OtherToken => (
                target.instance_with_other_token(),
                "no instance is named whose token is another one".to_owned(),
            ),
            _ => continue,
        };
        if let Some(instance) = instance {
            let call = Case::call(contract, target, instance, body.clone());
            // Twice: the instance stays as it is.
            gauge.one(&call, Expected::Error(error));
            gauge.one(&call, Expected::Error(error));
        } else {
            gauge.ledger.not_checked(error.clause().id(), lacking);
        }
        let starting = *error.condition() == Condition::Instance(InstanceState::Starting);
        if starting && error.repeat() == Repeat::Later {
            recovery(gauge, &body, error);
        }
    }
}

/// An instance that is starting becomes an authorized one, and stays that.
fn recovery(gauge: &mut Gauge<'_>, body: &[u8], error: &greenapi_model::ErrorCase) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let Some(instance) = target.recovering_instance() else { return };
    let call = Case::call(contract, target, instance, body.to_vec());
    let mut reply = gauge.send(&call);
    if reply.status() == Some(contract.success().0) {
        // An earlier run has brought it there: it stays authorized, and the error has its own instance.
        let findings = gauge.judge.success(&reply);
        gauge.note(&call, &reply, findings);
        return;
    }
    let findings = gauge.judge.error(error, &call, &reply);
    gauge.note(&call, &reply, findings);
    for _ in 0..PATIENCE {
        if reply.status() != Some(error.status()) {
            break;
        }
        reply = gauge.send(&call);
    }
    // The last answer is judged as that of an authorized instance, and so is one more.
    let findings = gauge.judge.success(&reply);
    gauge.note(&call, &reply, findings);
    gauge.one(&call, Expected::Success);
}

//! What is checked, in this order.

mod agreement;
mod bodies;
mod examples;
mod paths;
mod states;

use greenapi_model::InstanceState;

use crate::case::Case;
use crate::gauge::Gauge;
use crate::harness::Event;
use crate::target::TargetError;

/// What a phase does.
type Phase<'p> = &'p dyn Fn(&mut Gauge<'_>);

pub(crate) fn run(gauge: &mut Gauge<'_>, mut events: impl FnMut(Event)) -> Result<(), TargetError> {
    let target = gauge.wire.target;
    let Some(instance) = target.in_state(&InstanceState::Authorized) else {
        return Err(TargetError::other("no authorized instance is named, so nothing can be checked"));
    };
    gauge.wire.first_look(&Case::call(gauge.contract, target, instance, ""))?;
    let phases: [(&str, Phase<'_>); 8] = [
        ("examples", &|gauge| examples::requests(gauge, instance)),
        ("valid requests", &|gauge| bodies::valid(gauge, instance)),
        ("requests that break one clause", &|gauge| bodies::breaking(gauge, instance)),
        ("content types and sizes", &|gauge| bodies::around(gauge, instance)),
        ("paths", &|gauge| paths::paths(gauge, instance)),
        ("methods", &|gauge| paths::methods(gauge, instance)),
        ("states", &states::states),
        ("agreement of schema, model and target", &|gauge| agreement::three_readers(gauge, instance)),
    ];
    for (name, phase) in phases {
        events(Event::Phase(name));
        phase(gauge);
    }
    Ok(())
}

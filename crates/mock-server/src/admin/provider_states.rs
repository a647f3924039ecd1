//! Provider states, in the shape in which Pact's verifiers ask for them.

use greenapi_model::{InstanceId, InstanceState};
use serde_json::json;

use super::call::Call;
use super::fields::Item;
use super::instances::instance_id;
use super::reply::{Refusal, Reply};
use crate::emulation::{Emulation, Scope, Unemulable};
use crate::fault::KnownFault;
use crate::script::{Script, Step};

const INSTANCE_IS: &str = "the instance is ";
const NEXT_CALL: &str = "the next call ends with ";

/// What a provider state asks for.
enum State {
    /// The interaction needs none.
    Any,
    Instance(InstanceState),
    NextCall(Step),
}

pub(super) fn set(call: &Call<'_>) -> Result<Reply, Refusal> {
    let emulation = call.emulation;
    let body = call.json()?;
    let fields = Item::whole(&body).fields(&["state", "params", "action", "consumer"])?;
    let tears_down = match fields.find("action") {
        None => false,
        Some(item) => match item.text()? {
            "setup" => false,
            "teardown" => true,
            _ => return Err(item.refuse("it is `setup` or `teardown`")),
        },
    };
    let state = read(emulation, &fields.need("state")?)?;
    if matches!(state, State::Any) {
        return Ok(Reply::done());
    }
    let params = fields.need("params")?;
    if !params.value.is_object() {
        return Err(params.refuse("it has to be an object"));
    }
    // Parameters are the consumer's, so others than ours may stand there.
    let Some(id) = params.value.get("idInstance") else {
        let pointer = params.pointer.child("idInstance");
        return Err(Refusal::at(&pointer, "`idInstance` is required: which instance it is about"));
    };
    let item = Item { value: id, pointer: params.pointer.child("idInstance") };
    let id = instance_id(&item)?;
    if tears_down {
        emulation.reset_instance(id);
    } else {
        apply(emulation, id, state).map_err(|error| item.refuse(error.to_string()))?;
    }
    Ok(Reply::ok(&json!({ "idInstance": id })))
}

fn read(emulation: &Emulation, item: &Item<'_>) -> Result<State, Refusal> {
    let text = item.text()?.trim();
    if text.is_empty() {
        return Ok(State::Any);
    }
    let of_instance = |words: &str| emulation.states().find(|state| state.words() == words);
    if let Some(state) = text.strip_prefix(INSTANCE_IS).and_then(of_instance) {
        return Ok(State::Instance(state.clone()));
    }
    match text.strip_prefix(NEXT_CALL) {
        Some(step) => {
            emulation.step(step).map(State::NextCall).map_err(|error| item.refuse(error.to_string()))
        }
        None => Err(item.refuse(format!("there is no such provider state; there are: {}", known(emulation)))),
    }
}

/// Says the state first where there are several: it ends a script, and switches off the faults of the instance.
fn apply(emulation: &Emulation, id: InstanceId, state: State) -> Result<(), Unemulable> {
    match state {
        State::Any => Ok(()),
        State::Instance(state) => {
            emulation.set_state(id, state)?;
            emulation.set_script(id, Script::default())?;
            emulation.withdraw_all(Scope::Instance(id));
            Ok(())
        }
        State::NextCall(step) => emulation.set_script(id, Script::of([step])),
    }
}

fn known(emulation: &Emulation) -> String {
    let states = emulation.states().map(|state| format!("`{INSTANCE_IS}{}`", state.words()));
    let contract = emulation.contract();
    let errors = contract.errors().iter().map(|case| case.slug().to_owned());
    // Those of the content are too many to be listed here.
    let faults = emulation.faults().iter().filter(|fault| fault.is_of_calls());
    let faults = faults.map(KnownFault::id).filter(|id| !id.contains('/'));
    let faults = faults.map(|id| id.strip_prefix("domain.").unwrap_or(id).to_owned());
    let steps = ["ok".to_owned()].into_iter().chain(errors).chain(faults);
    let steps = steps.map(|step| format!("`{NEXT_CALL}{step}`"));
    states.chain(steps).collect::<Vec<_>>().join(", ")
}

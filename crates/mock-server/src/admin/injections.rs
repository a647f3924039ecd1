//! Faults that are switched on: for one instance, or for all.

use serde_json::json;

use super::behaviour;
use super::call::Call;
use super::fields::Item;
use super::reply::{Refusal, Reply};
use crate::emulation::Scope;
use crate::fault::Effect;

pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let injections = call.emulation.injections(call.existing_scope()?);
    let injections = injections.iter().map(|(number, injection)| behaviour::injected(*number, injection));
    Ok(Reply::ok(&json!({ "injections": injections.collect::<Vec<_>>() })))
}

pub(super) fn add(call: &Call<'_>) -> Result<Reply, Refusal> {
    let scope = call.scope()?;
    let body = call.json()?;
    let item = Item::whole(&body);
    let injection = behaviour::injection(call.emulation, &item)?;
    let is_of_connections = matches!(injection.fault().effect(), Effect::CloseAfterAccept);
    if call.shared && is_of_connections && scope == Scope::Everywhere && injection.calls_left().is_none() {
        return Err(Refusal::at(
            &item.pointer.child("calls"),
            "this fault closes connections to the control plane too, as it has no address of its own, so that nobody could \
             switch the fault off: say for how many `calls`",
        ));
    }
    let shown = |number| behaviour::injected(number, &injection);
    let number =
        call.emulation.inject(scope, injection.clone()).map_err(|error| item.refuse(error.to_string()))?;
    let location = match scope {
        Scope::Instance(id) => format!("/__admin/instances/{id}/injections/{number}"),
        Scope::Everywhere => format!("/__admin/injections/{number}"),
    };
    Ok(Reply::created(location, &shown(number)))
}

pub(super) fn clear(call: &Call<'_>) -> Result<Reply, Refusal> {
    call.emulation.withdraw_all(call.existing_scope()?);
    Ok(Reply::done())
}

pub(super) fn remove(call: &Call<'_>) -> Result<Reply, Refusal> {
    let scope = call.existing_scope()?;
    let number = call.parameter("number").and_then(|text| text.parse().ok());
    if number.is_some_and(|number| call.emulation.withdraw(scope, number)) {
        Ok(Reply::done())
    } else {
        Err(Refusal::not_there("number", "no fault of this number is switched on"))
    }
}

//! Instances: list, read, create, change, remove.

use greenapi_model::InstanceId;
use serde_json::{Value, json};

use super::behaviour::{self, FIELDS, Wanted};
use super::call::Call;
use super::fields::Item;
use super::reply::{Refusal, Reply};
use crate::emulation::{Scope, Unemulable};
use crate::script::Script;

/// So many instances are listed at a time unless the query says otherwise.
const LISTED: usize = 1000;

#[allow(clippy::unnecessary_wraps)] // All that stands in the table of routes has one form.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let all = call.emulation.instances();
    let after = call.query.after;
    let shown = all.iter().filter(|view| after.is_none_or(|after| view.id.number() > after));
    let shown: Vec<_> = shown.take(call.query.limit.unwrap_or(LISTED)).map(behaviour::instance).collect();
    Ok(Reply::ok(&json!({ "instances": shown, "meta": { "total": all.len() } })))
}

pub(super) fn create(call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let fields = Item::whole(&body).fields(&[&["id"][..], &FIELDS].concat())?;
    let item = fields.need("id")?;
    let id = instance_id(&item)?;
    let wanted = Wanted::read(call.emulation, &fields)?;
    if call.emulation.instance(id).is_some() {
        return Err(Refusal::of(409, "Conflict")
            .detail(format!("there is an instance {id} already; PUT /__admin/instances/{id} replaces it")));
    }
    call.emulation
        .set_instance(id, wanted.into_behaviour())
        .map_err(|error| item.refuse(error.to_string()))?;
    Ok(Reply::created(format!("/__admin/instances/{id}"), &shown(call, id)))
}

pub(super) fn show(call: &Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::ok(&behaviour::instance(&call.instance()?)))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.instance_id()?;
    let body = call.json()?;
    let wanted = Wanted::read(call.emulation, &Item::whole(&body).fields(&FIELDS)?)?;
    let was_there = call.emulation.instance(id).is_some();
    call.emulation.set_instance(id, wanted.into_behaviour()).map_err(|error| impossible(&error))?;
    let shown = shown(call, id);
    Ok(if was_there { Reply::ok(&shown) } else { Reply::created(format!("/__admin/instances/{id}"), &shown) })
}

pub(super) fn change(call: &Call<'_>) -> Result<Reply, Refusal> {
    let emulation = call.emulation;
    let id = call.instance()?.id;
    let body = call.json()?;
    // All is read before anything is changed.
    let wanted = Wanted::read(emulation, &Item::whole(&body).fields(&FIELDS)?)?;
    let changed = || -> Result<(), Unemulable> {
        if let Some(state) = wanted.state {
            emulation.set_state(id, state)?;
        }
        if let Some(token) = wanted.token {
            emulation.set_token(id, token)?;
        }
        if let Some(script) = wanted.script {
            emulation.set_script(id, script)?;
        }
        if let Some(faults) = wanted.faults {
            emulation.withdraw_all(Scope::Instance(id));
            for injection in faults {
                emulation.inject(Scope::Instance(id), injection)?;
            }
        }
        Ok(())
    };
    changed().map_err(|error| impossible(&error))?;
    Ok(Reply::ok(&shown(call, id)))
}

pub(super) fn remove(call: &Call<'_>) -> Result<Reply, Refusal> {
    call.emulation.remove_instance(call.instance()?.id);
    Ok(Reply::done())
}

pub(super) fn set_state(call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.instance_id()?;
    let body = call.json()?;
    let state = behaviour::state(call.emulation, &Item::whole(&body).fields(&["state"])?.need("state")?)?;
    call.emulation.set_state(id, state).map_err(|error| impossible(&error))?;
    Ok(Reply::ok(&shown(call, id)))
}

pub(super) fn set_script(call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.instance_id()?;
    let body = call.json()?;
    let script = behaviour::script(call.emulation, &Item::whole(&body))?;
    call.emulation.set_script(id, script).map_err(|error| impossible(&error))?;
    Ok(Reply::ok(&shown(call, id)))
}

pub(super) fn clear_script(call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.instance()?.id;
    call.emulation.set_script(id, Script::default()).map_err(|error| impossible(&error))?;
    Ok(Reply::ok(&shown(call, id)))
}

pub(super) fn reset(call: &Call<'_>) -> Result<Reply, Refusal> {
    call.emulation.reset_instance(call.instance()?.id);
    Ok(Reply::done())
}

pub(super) fn groups(call: &Call<'_>) -> Result<Reply, Refusal> {
    let groups = call.emulation.groups(call.instance()?.id);
    Ok(Reply::ok(&json!({ "made": groups.made, "groups": groups.kept })))
}

/// The id of an instance in a body: a number, or its text.
pub(super) fn instance_id(item: &Item<'_>) -> Result<InstanceId, Refusal> {
    let form = "it has to be the id of an instance: a number in decimal digits";
    match item.value {
        Value::String(text) => text.parse().map_err(|_| item.refuse(form)),
        Value::Number(_) => item.integer().map(InstanceId::new).map_err(|_| item.refuse(form)),
        _ => Err(item.refuse(form)),
    }
}

/// What can be wrong when all that the body says is right: the id, or there are too many instances.
fn impossible(error: &Unemulable) -> Refusal {
    Refusal::parameter("id", error.to_string())
}

fn shown(call: &Call<'_>, id: InstanceId) -> Value {
    call.emulation.instance(id).map_or_else(|| json!({}), |view| behaviour::instance(&view))
}

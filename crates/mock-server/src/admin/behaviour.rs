//! How an instance behaves, read from JSON and written as it.

use greenapi_model::{ApiToken, InstanceState};
use serde_json::{Value, json};

use super::fields::{Fields, Item};
use super::reply::Refusal;
use crate::emulation::Emulation;
use crate::injection::Injection;
use crate::instance::{Behaviour, InstanceView};
use crate::script::{Script, Step, Then};

/// The fields of a behaviour. All of them may be missing.
pub(super) const FIELDS: [&str; 4] = ["state", "token", "script", "faults"];

/// What a body says of a behaviour.
pub(super) struct Wanted {
    pub(super) state: Option<InstanceState>,
    /// `Some(None)` is said as null: any token is taken.
    #[allow(clippy::option_option)] // Not said, any, or this one.
    pub(super) token: Option<Option<ApiToken>>,
    pub(super) script: Option<Script>,
    pub(super) faults: Option<Vec<Injection>>,
}

impl Wanted {
    pub(super) fn read(emulation: &Emulation, fields: &Fields<'_>) -> Result<Self, Refusal> {
        let faults = |item: Item<'_>| {
            let faults =
                item.items()?.iter().map(|item| injection(emulation, item)).collect::<Result<Vec<_>, _>>()?;
            let of_faults = faults.iter().cloned().fold(plain(), Behaviour::fault);
            possible(emulation, &item, &of_faults).map(|()| faults)
        };
        Ok(Self {
            state: fields.find("state").map(|item| state(emulation, &item)).transpose()?,
            token: fields.find("token").map(|item| token(emulation, &item)).transpose()?,
            script: fields.find("script").map(|item| script(emulation, &item)).transpose()?,
            faults: fields.find("faults").map(faults).transpose()?,
        })
    }

    /// The whole behaviour of an instance: what is not said is as by default.
    pub(super) fn into_behaviour(self) -> Behaviour {
        let behaviour = Behaviour::of(self.state.unwrap_or(InstanceState::Authorized));
        let behaviour = behaviour.script(self.script.unwrap_or_default());
        let behaviour = match self.token.flatten() {
            Some(token) => behaviour.token(token),
            None => behaviour,
        };
        self.faults.unwrap_or_default().into_iter().fold(behaviour, Behaviour::fault)
    }
}

/// A state for which the contract has an answer.
pub(super) fn state(emulation: &Emulation, item: &Item<'_>) -> Result<InstanceState, Refusal> {
    let Ok(state) = item.text()?.parse::<InstanceState>();
    possible(emulation, item, &Behaviour::of(state.clone())).map(|()| state)
}

/// An array of steps, or an object that says too what comes after them.
pub(super) fn script(emulation: &Emulation, item: &Item<'_>) -> Result<Script, Refusal> {
    if item.value.is_array() {
        return Ok(Script::of(steps(emulation, item)?));
    }
    let fields = item.fields(&["steps", "then"])?;
    let steps = steps(emulation, &fields.need("steps")?)?;
    let then = match fields.find("then") {
        None => Then::Normal,
        Some(item) => match item.text()? {
            "normal" => Then::Normal,
            "repeat" => Then::Repeat,
            _ => return Err(item.refuse("it is `normal` or `repeat`")),
        },
    };
    Ok(Script::of(steps).then(then))
}

/// A fault as text, or an object that says too how often it strikes.
pub(super) fn injection(emulation: &Emulation, item: &Item<'_>) -> Result<Injection, Refusal> {
    let fault = |item: &Item<'_>| {
        let fault = emulation.fault(item.text()?).map_err(|error| item.refuse(error.to_string()))?;
        Ok(Injection::of(fault))
    };
    if item.value.is_string() {
        return fault(item);
    }
    let fields = item.fields(&["fault", "calls", "probability"])?;
    let mut injection = fault(&fields.need("fault")?)?;
    if let Some(item) = fields.find("calls") {
        match item.integer()? {
            0 => return Err(item.refuse("it is a number from 1 on")),
            calls => injection = injection.calls(calls),
        }
    }
    if let Some(item) = fields.find("probability") {
        let probability = item.number()?;
        injection = injection.probability(probability).map_err(|error| item.refuse(error.to_string()))?;
    }
    Ok(injection)
}

/// An instance as JSON. Its token is not shown, only whether it minds it.
pub(super) fn instance(view: &InstanceView) -> Value {
    let faults = view.faults.iter().map(|(number, injection)| injected(*number, injection));
    json!({
        "id": view.id,
        "state": view.state.as_str(),
        "script": {
            "steps": view.script.steps().map(ToString::to_string).collect::<Vec<_>>(),
            "then": match view.script.after() {
                Then::Normal => "normal",
                Then::Repeat => "repeat",
            },
        },
        "faults": faults.collect::<Vec<_>>(),
        "mindsToken": view.minds_token,
        "setUp": view.set_up,
        "calls": view.calls,
        "groupsMade": view.groups_made,
    })
}

/// A fault that is switched on, as JSON.
pub(super) fn injected(number: u64, injection: &Injection) -> Value {
    json!({
        "number": number,
        "fault": injection.fault().to_string(),
        "calls": injection.calls_left(),
        "probability": injection.chance(),
    })
}

fn plain() -> Behaviour {
    Behaviour::of(InstanceState::Authorized)
}

fn possible(emulation: &Emulation, item: &Item<'_>, behaviour: &Behaviour) -> Result<(), Refusal> {
    emulation.check(behaviour).map_err(|error| item.refuse(error.to_string()))
}

fn steps(emulation: &Emulation, item: &Item<'_>) -> Result<Vec<Step>, Refusal> {
    let step = |item: Item<'_>| emulation.step(item.text()?).map_err(|error| item.refuse(error.to_string()));
    item.items()?.into_iter().map(step).collect()
}

fn token(emulation: &Emulation, item: &Item<'_>) -> Result<Option<ApiToken>, Refusal> {
    if item.value.is_null() {
        return Ok(None);
    }
    let token: ApiToken = item.text()?.parse().map_err(|error: greenapi_model::InvalidApiToken| {
        // It does not hold the text.
        item.refuse(error.to_string())
    })?;
    possible(emulation, item, &plain().token(token.clone())).map(|()| Some(token))
}

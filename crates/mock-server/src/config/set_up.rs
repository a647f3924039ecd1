//! The instances and faults of the file: read as far as that goes without a contract, and then with one.

use std::collections::HashMap;
use std::ops::Range;

use greenapi_model::{ApiToken, InstanceId, InstanceState};

use super::at::At;
use super::document::{self, AfterScript, FaultTable};
use super::problem::Found;
use crate::emulation::{Emulation, Unemulable};
use crate::injection::Injection;
use crate::instance::Behaviour;
use crate::script::{Script, Then};

/// What is set up at the start beside the test instances.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SetUp {
    /// The instances, each with its behaviour.
    pub instances: Vec<(InstanceId, Behaviour)>,
    /// The faults that are switched on for all instances.
    pub faults: Vec<Injection>,
}

impl Emulation {
    /// Sets all of it up. A reset leads back to it.
    ///
    /// # Errors
    ///
    /// As for [`set_instance`](Self::set_instance) and [`inject`](Self::inject).
    pub fn set_up(&self, set_up: SetUp) -> Result<(), Unemulable> {
        for (id, behaviour) in set_up.instances {
            self.start_with_instance(id, behaviour)?;
        }
        self.start_with(set_up.faults)
    }
}

/// Reads the instances and faults of a file, and collects what is wrong with them.
pub(super) struct Reading<'r> {
    pub(super) emulation: &'r Emulation,
    pub(super) found: Vec<Found>,
}

impl Reading<'_> {
    pub(super) fn instances(&mut self, instances: &[At<document::Instance>]) -> Vec<(InstanceId, Behaviour)> {
        let mut places: HashMap<u64, Range<usize>> = HashMap::new();
        let mut read = Vec::new();
        for at in instances {
            let Some(instance) = self.value(at) else { continue };
            let Some(number) = self.value(&instance.id) else { continue };
            let id = InstanceId::new(*number);
            if let Err(violation) = self.emulation.contract().instance(id) {
                self.wrong(&instance.id.span, format!("the instance {id}: {violation}"));
            }
            if places.insert(*number, instance.id.span.clone()).is_some() {
                self.wrong(&instance.id.span, format!("the instance {id} is set up twice"));
            }
            read.push((id, self.behaviour(instance)));
        }
        read
    }

    fn behaviour(&mut self, instance: &document::Instance) -> Behaviour {
        let state = self.optional(instance.state.as_ref()).map(|(text, span)| {
            let Ok(state) = text.parse::<InstanceState>();
            self.check(&Behaviour::of(state.clone()), span);
            state
        });
        let mut behaviour = Behaviour::of(state.unwrap_or(InstanceState::Authorized));
        if let Some((secret, span)) = self.optional(instance.token.as_ref()) {
            match secret.0.parse::<ApiToken>() {
                Ok(token) => {
                    self.check(&Behaviour::of(InstanceState::Authorized).token(token.clone()), span);
                    behaviour = behaviour.token(token);
                }
                Err(error) => self.wrong(span, error.to_string()),
            }
        }
        let then = match self.optional(instance.then.as_ref()) {
            Some((AfterScript::Repeat, _)) => Then::Repeat,
            Some((AfterScript::Normal, _)) | None => Then::Normal,
        };
        let mut steps = Vec::new();
        for step in self.list(instance.script.as_ref()) {
            let Some(text) = self.value(step) else { continue };
            match self.emulation.step(text) {
                Ok(read) => {
                    self.check(
                        &Behaviour::of(InstanceState::Authorized).script(Script::of([read.clone()])),
                        &step.span,
                    );
                    steps.push(read);
                }
                Err(error) => self.wrong(&step.span, error.to_string()),
            }
        }
        behaviour = behaviour.script(Script::of(steps).then(then));
        for fault in self.list(instance.faults.as_ref()) {
            let Some(injection) = self.fault(fault) else { continue };
            self.check(&Behaviour::of(InstanceState::Authorized).fault(injection.clone()), &fault.span);
            behaviour = behaviour.fault(injection);
        }
        behaviour
    }

    pub(super) fn faults(&mut self, faults: &[At<document::Fault>]) -> Vec<Injection> {
        faults.iter().filter_map(|fault| self.fault(fault)).collect()
    }

    fn fault(&mut self, at: &At<document::Fault>) -> Option<Injection> {
        match self.value(at)? {
            document::Fault::Text(text) => self.injection(text, &at.span),
            document::Fault::Table(FaultTable { fault, calls, probability }) => {
                let text = self.value(fault);
                let calls = self.optional(calls.as_ref());
                let probability = self.optional(probability.as_ref());
                let mut injection = self.injection(text?, &fault.span)?;
                if let Some((calls, span)) = calls {
                    if *calls == 0 {
                        self.wrong(span, "a fault for 0 calls never strikes".to_owned());
                    }
                    injection = injection.calls(*calls);
                }
                if let Some((probability, span)) = probability {
                    match injection.clone().probability(*probability) {
                        Ok(with) => injection = with,
                        Err(error) => self.wrong(span, error.to_string()),
                    }
                }
                Some(injection)
            }
        }
    }

    fn injection(&mut self, text: &str, span: &Range<usize>) -> Option<Injection> {
        match self.emulation.fault(text) {
            Ok(fault) => Some(Injection::of(fault)),
            Err(error) => {
                self.wrong(span, error.to_string());
                None
            }
        }
    }

    fn check(&mut self, behaviour: &Behaviour, span: &Range<usize>) {
        if let Err(error) = self.emulation.check(behaviour) {
            self.wrong(span, error.to_string());
        }
    }

    /// The items of a list, those that are there.
    pub(super) fn list<'a, T>(&mut self, list: Option<&'a At<Vec<At<T>>>>) -> &'a [At<T>] {
        self.optional(list).map(|(items, _)| items.as_slice()).unwrap_or_default()
    }

    fn optional<'a, T>(&mut self, at: Option<&'a At<T>>) -> Option<(&'a T, &'a Range<usize>)> {
        let at = at?;
        self.value(at).map(|value| (value, &at.span))
    }

    fn value<'a, T>(&mut self, at: &'a At<T>) -> Option<&'a T> {
        match &at.value {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong(&at.span, message.clone());
                None
            }
        }
    }

    fn wrong(&mut self, span: &Range<usize>, message: String) {
        self.found.push(Found { span: span.clone(), message });
    }
}

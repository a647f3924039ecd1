//! How an emulation is steered, and how it tells what happened.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use greenapi_model::{ApiToken, Body, Condition, InstanceId, InstanceState};

use super::groups::GroupMint;
use super::{Changing, Emulation, Unemulable};
use crate::clock::Clock;
use crate::fault::{Effect, Fault, KnownFault, UnknownFault, nearest};
use crate::injection::{Injection, Injections};
use crate::instance::{Behaviour, Groups, Instance, InstanceView};
use crate::journal::{Calls, Entry};
use crate::script::{Script, Step};

/// For whom a fault is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One instance.
    Instance(InstanceId),
    /// All instances, and calls that belong to none.
    Everywhere,
}

impl Emulation {
    /// Reads how a call may end: `ok`, a state, the slug of an error, the name of an example, or a fault.
    ///
    /// # Errors
    ///
    /// If the text is none of them, with what is nearest.
    pub fn step(&self, text: &str) -> Result<Step, UnknownStep> {
        let text = text.trim();
        let first_example = self.contract.examples(Body::Response).first();
        if text == "ok" || first_example.is_some_and(|example| example.name() == text) {
            return Ok(Step::Ok);
        }
        let Ok(state) = text.parse::<InstanceState>();
        if self.states().any(|known| *known == state) {
            return Ok(Step::State(state));
        }
        if let Some(slug) = self.error_names.iter().find(|slug| ***slug == *text) {
            return Ok(Step::Error(Arc::clone(slug)));
        }
        self.faults.parse(text).map(Step::Fault).map_err(|error| self.unknown_step(text, &error))
    }

    fn unknown_step(&self, text: &str, error: &UnknownFault) -> UnknownStep {
        if text.contains(['/', '=']) {
            return UnknownStep(error.to_string());
        }
        let names = ["ok"]
            .into_iter()
            .chain(self.states().map(InstanceState::as_str))
            .chain(self.error_names.iter().map(AsRef::as_ref))
            .chain(self.faults.iter().map(KnownFault::id).filter(|id| !id.contains('/')));
        UnknownStep(match nearest(text, names) {
            Some(near) => format!("no call ends with `{text}`; the nearest is `{near}`"),
            None => format!(
                "no call ends with `{text}`; write `ok`, a state, the slug of an error, or a fault (`greenapi-mock faults` \
                 lists them)"
            ),
        })
    }

    /// Reads a fault from its text, such as `response.chatId.required/drop` or `wire.latency=500ms`.
    ///
    /// # Errors
    ///
    /// If there is no such fault, with the one that is nearest; or if its parameter cannot be read.
    pub fn fault(&self, text: &str) -> Result<Fault, UnknownFault> {
        self.faults.parse(text)
    }

    /// Sets an instance up, in place of one that there may have been, with no groups and an empty journal.
    ///
    /// # Errors
    ///
    /// [`Unemulable`] if the contract does not say how the method answers in one of the states, or if no instance can have
    /// that id, or if there are too many instances.
    pub fn set_instance(&self, id: InstanceId, behaviour: Behaviour) -> Result<(), Unemulable> {
        self.contract
            .instance(id)
            .map_err(|violation| Unemulable(format!("the instance {id}: {violation}")))?;
        self.check(&behaviour)?;
        self.instances.set(id, behaviour).map_err(|most| {
            Unemulable(format!("there are {most} instances, which is as many as there may be"))
        })
    }

    /// Whether the contract has what a behaviour needs.
    pub(crate) fn check(&self, behaviour: &Behaviour) -> Result<(), Unemulable> {
        if let Some(state) = behaviour.states().find(|state| !self.states().any(|known| known == *state)) {
            let known: Vec<_> = self.states().map(InstanceState::as_str).collect();
            return Err(Unemulable(format!(
                "the contract {} does not say how createGroup answers in the state `{state}`; it does for {}",
                self.contract.edition(),
                known.join(", ")
            )));
        }
        if behaviour.minds_token() && self.contract.error_when(&Condition::OtherToken).is_none() {
            return Err(Unemulable(format!(
                "the contract {} does not say how createGroup answers where the token is a wrong one",
                self.contract.edition()
            )));
        }
        if behaviour.faults().len() > self.settings.most_faults {
            return Err(too_many_faults(self.settings.most_faults));
        }
        behaviour.faults().iter().try_for_each(|injection| of_instances(injection.fault()))
    }

    /// Changes the state of an instance, which is made if it was not there. Its script and its faults stay.
    ///
    /// # Errors
    ///
    /// As for [`set_instance`](Self::set_instance).
    pub fn set_state(&self, id: InstanceId, state: InstanceState) -> Result<(), Unemulable> {
        self.check(&Behaviour::of(state.clone()))?;
        self.existing(id)?.lock().state = state;
        Ok(())
    }

    /// Gives an instance a script in place of the one that it may have had. The instance is made if it was not there.
    ///
    /// # Errors
    ///
    /// As for [`set_instance`](Self::set_instance).
    pub fn set_script(&self, id: InstanceId, script: Script) -> Result<(), Unemulable> {
        self.check(&Behaviour::of(InstanceState::Authorized).script(script.clone()))?;
        self.existing(id)?.lock().script = script;
        Ok(())
    }

    /// Gives an instance the one token that it takes, or with `None` any token. The instance is made if it was not there.
    ///
    /// # Errors
    ///
    /// As for [`set_instance`](Self::set_instance).
    pub fn set_token(&self, id: InstanceId, token: Option<ApiToken>) -> Result<(), Unemulable> {
        if let Some(token) = &token {
            self.check(&Behaviour::of(InstanceState::Authorized).token(token.clone()))?;
        }
        self.existing(id)?.lock().token = token;
        Ok(())
    }

    /// Switches a fault on, and gives the number by which it is switched off.
    ///
    /// # Errors
    ///
    /// As for [`set_instance`](Self::set_instance); or if there are too many, or the fault is one for all instances alone.
    pub fn inject(&self, scope: Scope, injection: Injection) -> Result<u64, Unemulable> {
        let most = self.settings.most_faults;
        match scope {
            Scope::Instance(id) => {
                of_instances(injection.fault())?;
                let instance = self.existing(id)?;
                let mut inner = instance.lock();
                if inner.injections.len() >= most {
                    return Err(too_many_faults(most));
                }
                Ok(inner.injections.add(injection))
            }
            Scope::Everywhere => self.everywhere.change(|injections| {
                if injections.len() >= most {
                    return Err(too_many_faults(most));
                }
                Ok(injections.add(injection))
            }),
        }
    }

    /// Switches faults on for all instances, as a part of the set-up: a reset leads back to them, in place of those that were
    /// given before.
    ///
    /// # Errors
    ///
    /// If there are too many.
    pub fn start_with(&self, injections: Vec<Injection>) -> Result<(), Unemulable> {
        for injection in &injections {
            self.inject(Scope::Everywhere, injection.clone())?;
        }
        *self.everywhere.initial.lock().unwrap_or_else(PoisonError::into_inner) = injections;
        Ok(())
    }

    /// The faults that are switched on, each with the number by which it is switched off.
    #[must_use]
    pub fn injections(&self, scope: Scope) -> Vec<(u64, Injection)> {
        match scope {
            Scope::Instance(id) => {
                self.instances.find(id).map(|instance| instance.lock().injections.list()).unwrap_or_default()
            }
            Scope::Everywhere => self.everywhere.lock().list(),
        }
    }

    /// Switches a fault off. `false` if it was not on.
    pub fn withdraw(&self, scope: Scope, number: u64) -> bool {
        match scope {
            Scope::Instance(id) => {
                self.instances.find(id).is_some_and(|instance| instance.lock().injections.remove(number))
            }
            Scope::Everywhere => self.everywhere.change(|injections| injections.remove(number)),
        }
    }

    /// Switches all faults off.
    pub fn withdraw_all(&self, scope: Scope) {
        match scope {
            Scope::Instance(id) => {
                if let Some(instance) = self.instances.find(id) {
                    instance.lock().injections.clear();
                }
            }
            Scope::Everywhere => self.everywhere.change(Injections::clear),
        }
    }

    /// An instance as it is now; `None` if nobody set it up and nobody called it.
    #[must_use]
    pub fn instance(&self, id: InstanceId) -> Option<InstanceView> {
        self.instances.find(id).map(|instance| instance.lock().view(id))
    }

    /// All instances as they are now, by their ids.
    #[must_use]
    pub fn instances(&self) -> Vec<InstanceView> {
        self.instances.all().iter().map(|instance| instance.lock().view(instance.id())).collect()
    }

    /// How many instances there are.
    #[must_use]
    pub fn instance_count(&self) -> usize {
        self.instances.count()
    }

    /// Removes an instance with all that is known of it. `false` if it was not there.
    pub fn remove_instance(&self, id: InstanceId) -> bool {
        self.instances.remove(id)
    }

    /// The groups of an instance: none if it was never called.
    #[must_use]
    pub fn groups(&self, id: InstanceId) -> Groups {
        self.instances.find(id).map(|instance| instance.lock().groups()).unwrap_or_default()
    }

    /// The calls of an instance that are kept.
    #[must_use]
    pub fn calls(&self, id: InstanceId) -> Calls {
        self.instances.find(id).map(|instance| instance.lock().journal.calls()).unwrap_or_default()
    }

    /// The calls that are kept and belong to no instance: to another path, or to an id that is not there.
    #[must_use]
    pub fn stray_calls(&self) -> Calls {
        self.stray().calls()
    }

    /// The calls of all instances and those of none, in the order in which they were decided.
    #[must_use]
    pub fn all_calls(&self) -> Calls {
        let mut all = self.stray_calls();
        for instance in self.instances.all() {
            let calls = instance.lock().journal.calls();
            all.kept.extend(calls.kept);
            all.dropped += calls.dropped;
        }
        all.kept.sort_unstable_by_key(|entry| entry.number());
        all
    }

    /// How many calls of all instances, and of none, are kept no more.
    #[must_use]
    pub fn dropped_calls(&self) -> u64 {
        let of_instances = self.instances.all();
        let of_instances = of_instances.iter().map(|instance| instance.lock().journal.dropped());
        of_instances.sum::<u64>() + self.stray().dropped()
    }

    /// Takes one call out of the journal. `false` if it was not there.
    pub fn forget_call(&self, entry: &Entry) -> bool {
        let of_instance = entry.instance().and_then(|id| self.instances.find(id));
        of_instance.is_some_and(|instance| instance.lock().journal.remove(entry.number()))
            || self.stray().remove(entry.number())
    }

    /// Empties the journal of an instance.
    pub fn forget_calls(&self, id: InstanceId) {
        if let Some(instance) = self.instances.find(id) {
            instance.lock().journal.clear();
        }
    }

    /// Empties all journals.
    pub fn forget_all_calls(&self) {
        for instance in self.instances.all() {
            instance.lock().journal.clear();
        }
        self.stray().clear();
    }

    /// Puts an instance back to how it was set up: its state, script and faults, no groups, an empty journal. One that came to
    /// be by being called is gone. `false` if it was not there.
    pub fn reset_instance(&self, id: InstanceId) -> bool {
        let Some(instance) = self.instances.find(id) else { return false };
        if !instance.lock().reset() {
            self.instances.remove(id);
        }
        true
    }

    /// Puts everything back to how it was at the start: instances, faults, journals, seed and clock. Instances that were set
    /// up since stay, as they were set up; the numbers of [`metrics`](Self::metrics) stay too.
    pub fn reset(&self) {
        self.instances.reset();
        self.withdraw_all(Scope::Everywhere);
        self.everywhere.calls.store(0, Ordering::Relaxed);
        let initial = self.everywhere.initial.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for injection in initial {
            // They were switched on before, so there is room for them.
            let _ = self.inject(Scope::Everywhere, injection);
        }
        self.stray().clear();
        // The contract was emulated with this seed before.
        let _ = self.set_seed(self.settings.seed);
        self.set_clock(self.settings.clock.clone());
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.changing().seed
    }

    /// Changes the seed. Ids and links that were made with another one may come again.
    ///
    /// # Errors
    ///
    /// Never, for a contract that was emulated with one seed; the type leaves room for others.
    pub fn set_seed(&self, seed: u64) -> Result<(), Unemulable> {
        let mint = GroupMint::new(&self.contract, seed)?;
        let mut changing = self.changing.write().unwrap_or_else(PoisonError::into_inner);
        *changing = Arc::new(Changing { seed, clock: changing.clock.clone(), mint: Arc::new(mint) });
        Ok(())
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.changing().clock.clone()
    }

    /// Changes the clock. Connections that are open go on having a `Date` or none.
    pub fn set_clock(&self, clock: Clock) {
        let mut changing = self.changing.write().unwrap_or_else(PoisonError::into_inner);
        *changing = Arc::new(Changing { seed: changing.seed, clock, mint: Arc::clone(&changing.mint) });
    }

    /// Whether a connection that was just accepted is to be closed at once: the fault `wire.close-after-accept`.
    pub(crate) fn closes_after_accept(&self) -> bool {
        let closes = |fault: &Fault| matches!(fault.effect(), Effect::CloseAfterAccept);
        !self.strike_everywhere(closes).is_empty()
    }

    /// The instance, made if it was not there.
    fn existing(&self, id: InstanceId) -> Result<Arc<Instance>, Unemulable> {
        if let Some(instance) = self.instances.find(id) {
            return Ok(instance);
        }
        self.set_instance(id, Behaviour::of(InstanceState::Authorized))?;
        self.instances.find(id).ok_or_else(|| Unemulable(format!("the instance {id} was removed meanwhile")))
    }
}

fn too_many_faults(most: usize) -> Unemulable {
    Unemulable(format!("there are {most} faults switched on, which is as many as there may be"))
}

/// A fault that strikes before a request has come cannot belong to an instance.
fn of_instances(fault: &Fault) -> Result<(), Unemulable> {
    if matches!(fault.effect(), Effect::CloseAfterAccept) {
        return Err(Unemulable(format!(
            "the fault `{fault}` can be switched on for all instances alone: no instance is known when a connection is accepted"
        )));
    }
    Ok(())
}

/// The text does not say how a call may end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStep(String);

impl fmt::Display for UnknownStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnknownStep {}

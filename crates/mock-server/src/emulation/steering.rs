//! How an emulation is steered: its instances, its seed and its clock.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use greenapi_model::{ApiToken, Condition, InstanceId, InstanceState};

use super::groups::GroupMint;
use super::injections::{Scope, of_instances, too_many_faults};
use super::{Emulation, Unemulable};
use crate::clock::Clock;
use crate::injection::Injection;
use crate::instance::{Behaviour, Instance, InstanceView};
use crate::script::{Script, Step};

impl Emulation {
    /// Sets an instance up, in place of one that there may have been, with no groups and an empty journal.
    ///
    /// # Errors
    ///
    /// [`Unemulable`] if the contract does not say how the method answers in one of the states, or if no instance can have
    /// that id, or if there are too many instances.
    pub fn set_instance(&self, id: InstanceId, behaviour: Behaviour) -> Result<(), Unemulable> {
        self.can_be(id)?;
        self.check(&behaviour)?;
        self.instances.set(id, behaviour).map_err(too_many_instances)
    }

    /// The same for one that a [`reset`](Self::reset) brings back, even if it was removed or replaced meanwhile.
    ///
    /// # Errors
    ///
    /// As for [`set_instance`](Self::set_instance).
    pub fn start_with_instance(&self, id: InstanceId, behaviour: Behaviour) -> Result<(), Unemulable> {
        self.set_instance(id, behaviour.clone())?;
        self.at_start.lock().unwrap_or_else(PoisonError::into_inner).insert(id, behaviour);
        Ok(())
    }

    /// Whether an instance can have this id.
    fn can_be(&self, id: InstanceId) -> Result<(), Unemulable> {
        self.contract.instance(id).map_err(|violation| Unemulable(format!("the instance {id}: {violation}")))
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
        let of_steps = behaviour.steps().steps().filter_map(|step| match step {
            Step::Fault(fault) => Some(fault),
            _ => None,
        });
        behaviour.faults().iter().map(Injection::fault).chain(of_steps).try_for_each(of_instances)
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
        for (id, behaviour) in self.at_start.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            // There was room for them at the start. Where there is none now, others took it.
            let _ = self.instances.set(*id, behaviour.clone());
        }
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
        self.seed.load(Ordering::Relaxed)
    }

    /// Changes the seed. Ids and links that were made with another one may come again.
    ///
    /// # Errors
    ///
    /// Never, for a contract that was emulated with one seed; the type leaves room for others.
    pub fn set_seed(&self, seed: u64) -> Result<(), Unemulable> {
        // What is made with a seed takes some time, and a reset mostly leads back to the same one.
        if seed == self.seed() {
            return Ok(());
        }
        let mint = GroupMint::new(&self.contract, seed)?;
        let mut changing = self.changing.write().unwrap_or_else(PoisonError::into_inner);
        changing.mint = Arc::new(mint);
        self.seed.store(seed, Ordering::Relaxed);
        Ok(())
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.changing().clock.clone()
    }

    /// Changes the clock. Connections that are open go on having a `Date` or none.
    pub fn set_clock(&self, clock: Clock) {
        self.changing.write().unwrap_or_else(PoisonError::into_inner).clock = clock;
    }

    /// The instance, made if it was not there.
    pub(super) fn existing(&self, id: InstanceId) -> Result<Arc<Instance>, Unemulable> {
        self.can_be(id)?;
        let authorized = |id| Instance::set_up(id, Behaviour::of(InstanceState::Authorized));
        self.instances.find_or(id, authorized).map_err(too_many_instances)
    }
}

fn too_many_instances(most: usize) -> Unemulable {
    Unemulable(format!("there are {most} instances, which is as many as there may be"))
}

//! Faults that are switched on and off.

use std::sync::PoisonError;

use greenapi_model::InstanceId;

use super::{Emulation, Unemulable};
use crate::fault::Fault;
use crate::injection::{Injection, Injections};

/// For whom a fault is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One instance.
    Instance(InstanceId),
    /// All instances, and calls that belong to none.
    Everywhere,
}

impl Emulation {
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

    /// Whether a connection that was just accepted is to be closed at once: the fault `wire.close-after-accept`.
    pub(crate) fn closes_after_accept(&self) -> bool {
        !self.strike_everywhere(|fault| !fault.known().is_of_calls()).is_empty()
    }
}

pub(super) fn too_many_faults(most: usize) -> Unemulable {
    Unemulable(format!("there are {most} faults switched on, which is as many as there may be"))
}

/// A fault that strikes before a request has come cannot belong to an instance.
pub(super) fn of_instances(fault: &Fault) -> Result<(), Unemulable> {
    if !fault.known().is_of_calls() {
        return Err(Unemulable(format!(
            "the fault `{fault}` can be switched on for all instances alone: no instance is known when a connection is accepted"
        )));
    }
    Ok(())
}

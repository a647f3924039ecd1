//! What happened: groups and calls.

use greenapi_model::InstanceId;

use super::Emulation;
use crate::instance::Groups;
use crate::journal::{Calls, Entry};

impl Emulation {
    /// The groups of an instance: none if it was never called.
    #[must_use]
    pub fn groups(&self, id: InstanceId) -> Groups {
        self.instances.find(id).map(|instance| instance.lock().groups(id)).unwrap_or_default()
    }

    /// The calls to an instance that are kept, in the order in which they were decided; also those that named it before it was
    /// there. As some of these may have gone, the calls to no instance that are kept no more are counted too.
    #[must_use]
    pub fn calls(&self, id: InstanceId) -> Calls {
        let mut calls = self.stray_calls();
        calls.kept.retain(|entry| entry.instance() == Some(id));
        if let Some(instance) = self.instances.find(id) {
            let own = instance.lock().journal.calls();
            calls.kept.extend(own.kept);
            calls.dropped += own.dropped;
        }
        calls.kept.sort_unstable_by_key(|entry| entry.number());
        calls
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
        self.stray().forget_instance(id);
    }

    /// Empties all journals.
    pub fn forget_all_calls(&self) {
        for instance in self.instances.all() {
            instance.lock().journal.clear();
        }
        self.stray().clear();
    }
}

use std::sync::Arc;

use greenapi_model::{InstanceId, InstanceState};

use super::expectation::{Expect, Expected, Whose};
use super::injected::{Injectable, Injected};
use super::{MockServer, orderly};
use crate::emulation::Scope;
use crate::instance::{Behaviour, Groups};
use crate::journal::Entry;
use crate::script::{Script, Then};
use crate::verify::CallPattern;

/// One instance of a [`MockServer`]. What steers it makes it if it was not there.
#[derive(Clone, Copy, Debug)]
pub struct MockInstance<'s> {
    server: &'s MockServer,
    id: InstanceId,
}

impl<'s> MockInstance<'s> {
    pub(super) fn new(server: &'s MockServer, id: InstanceId) -> Self {
        Self { server, id }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> InstanceId {
        self.id
    }

    /// Sets it up anew, with no groups and an empty journal.
    ///
    /// # Panics
    ///
    /// If the contract does not say how the method answers then, or there is no room for the instance.
    #[track_caller]
    pub fn set_up(&self, behaviour: Behaviour) {
        orderly(self.server.emulation.set_instance(self.id, behaviour));
    }

    /// Changes its state: `starting`.
    ///
    /// # Panics
    ///
    /// If the contract does not say how the method answers in this state, or there is no room for the instance.
    #[track_caller]
    pub fn set_state(&self, state: &str) {
        let Ok(state) = state.parse::<InstanceState>();
        orderly(self.server.emulation.set_state(self.id, state));
    }

    /// Says how its next calls end, one step a call; then it behaves as if there had been no script. A step is `ok`, a state,
    /// the slug of an error, or a fault, as [`Emulation::step`](crate::Emulation::step) reads it.
    ///
    /// ```
    /// use greenapi_mock_server::MockServer;
    ///
    /// let server = MockServer::start_blocking();
    /// server.instance(7103000001).script(["starting", "ok", "wire.empty-reply"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If a text is no step, with the one that is nearest.
    #[track_caller]
    pub fn script<'t>(&self, steps: impl IntoIterator<Item = &'t str>) {
        self.set_script(steps, Then::Normal);
    }

    /// The same, over and over again.
    ///
    /// # Panics
    ///
    /// As for [`script`](Self::script).
    #[track_caller]
    pub fn repeat_script<'t>(&self, steps: impl IntoIterator<Item = &'t str>) {
        self.set_script(steps, Then::Repeat);
    }

    #[track_caller]
    fn set_script<'t>(&self, steps: impl IntoIterator<Item = &'t str>, then: Then) {
        let emulation = &self.server.emulation;
        let steps: Result<Vec<_>, _> = steps.into_iter().map(|text| emulation.step(text)).collect();
        orderly(emulation.set_script(self.id, Script::of(orderly(steps)).then(then)));
    }

    /// Switches a fault on.
    ///
    /// # Panics
    ///
    /// If there is no such fault, or it is one for all instances alone, or there are too many switched on.
    #[track_caller]
    pub fn inject(&self, fault: impl Injectable) -> Injected {
        Injected::inject(&self.server.emulation, Scope::Instance(self.id), fault)
    }

    /// Its groups.
    #[must_use]
    pub fn groups(&self) -> Groups {
        self.server.emulation.groups(self.id)
    }

    /// The calls to it that are kept, in the order in which they were decided; also those that were refused because there is no
    /// such instance.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<Entry>> {
        Whose::Instance(self.id).calls(&self.server.emulation).kept
    }

    /// How many older calls are not kept any more that went to it, or to no instance.
    #[must_use]
    pub fn calls_dropped(&self) -> u64 {
        Whose::Instance(self.id).calls(&self.server.emulation).dropped
    }

    /// Expects calls like this to this instance. How many is said next.
    ///
    /// # Panics
    ///
    /// If the pattern has a name that the contract does not have, so that no call could ever be like it.
    #[track_caller]
    pub fn expect(&self, pattern: CallPattern) -> Expect<'s> {
        Expect::new(self.server, Whose::Instance(self.id), pattern)
    }

    /// Expects a call like each of these to this instance, in this order. Others may come between them.
    ///
    /// # Panics
    ///
    /// As for [`expect`](Self::expect).
    #[track_caller]
    pub fn expect_in_order(&self, patterns: impl IntoIterator<Item = CallPattern>) -> Expected<'s> {
        Expected::in_order(self.server, Whose::Instance(self.id), patterns)
    }

    /// Puts it back to how it was set up, with no groups and an empty journal. What is expected of it stays, and is verified of
    /// the calls that come from now on.
    pub fn reset(&self) {
        self.server.emulation.reset_instance(self.id);
    }
}

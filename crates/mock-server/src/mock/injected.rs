use std::sync::Arc;

use super::orderly;
use crate::emulation::{Emulation, Scope};
use crate::injection::Injection;

/// What can be switched on: the text of a fault, such as `wire.latency=500ms`, or an [`Injection`].
pub trait Injectable: sealed::Sealed {
    #[doc(hidden)]
    fn injection(self, emulation: &Emulation) -> Result<Injection, String>;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for &str {}
impl sealed::Sealed for Injection {}

impl Injectable for &str {
    fn injection(self, emulation: &Emulation) -> Result<Injection, String> {
        emulation.fault(self).map(Injection::of).map_err(|error| error.to_string())
    }
}

impl Injectable for Injection {
    fn injection(self, _: &Emulation) -> Result<Injection, String> {
        Ok(self)
    }
}

/// A fault that was switched on. It stays on when this is dropped.
#[derive(Clone, Debug)]
pub struct Injected {
    emulation: Arc<Emulation>,
    scope: Scope,
    number: u64,
}

impl Injected {
    #[track_caller]
    pub(super) fn inject(emulation: &Arc<Emulation>, scope: Scope, fault: impl Injectable) -> Self {
        let injection = orderly(fault.injection(emulation));
        let number = orderly(emulation.inject(scope, injection));
        Self { emulation: Arc::clone(emulation), scope, number }
    }

    /// Switches the fault off.
    pub fn withdraw(self) {
        self.emulation.withdraw(self.scope, self.number);
    }

    /// The fault is to be on only as long as what this gives is kept.
    ///
    /// ```
    /// use greenapi_mock_server::{MockServer, Scope};
    ///
    /// let server = MockServer::start_blocking();
    /// let slow = server.inject_everywhere("wire.latency=50ms").guard();
    /// assert_eq!(server.emulation().injections(Scope::Everywhere).len(), 1);
    /// drop(slow);
    /// assert_eq!(server.emulation().injections(Scope::Everywhere).len(), 0);
    /// ```
    pub fn guard(self) -> InjectionGuard {
        InjectionGuard(self)
    }
}

/// A fault that is on as long as this is kept.
#[derive(Debug)]
#[must_use = "the fault is switched off when this is dropped"]
pub struct InjectionGuard(Injected);

impl Drop for InjectionGuard {
    fn drop(&mut self) {
        self.0.clone().withdraw();
    }
}

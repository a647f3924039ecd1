use std::future::Future;
use std::io;

use greenapi_model::{Contract, InstanceId};

use super::MockServer;
use crate::clock::Clock;
use crate::emulation::{Emulation, Settings};
use crate::instance::Behaviour;
use crate::journal::JournalLimits;

/// How a [`MockServer`] is to be.
///
/// ```
/// use greenapi_mock_server::{Behaviour, MockServer};
/// use greenapi_model::InstanceState;
///
/// let starting = Behaviour::of(InstanceState::Starting);
/// let server = MockServer::builder().seed(7).strict().instance(7103000001, starting).start_blocking();
/// assert!(server.emulation().instance(7103000001.into()).is_some_and(|instance| instance.set_up));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing serves until it is started"]
pub struct MockServerBuilder {
    contract: Contract,
    settings: Settings,
    instances: Vec<(InstanceId, Behaviour)>,
}

impl MockServerBuilder {
    /// Another contract.
    pub fn contract(self, contract: Contract) -> Self {
        Self { contract, ..self }
    }

    /// All the settings. What is set by one of the methods below is set after this.
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// The seed, see [`Settings::seed`].
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// The clock, see [`Settings::clock`].
    pub fn clock(mut self, clock: Clock) -> Self {
        self.settings.clock = clock;
        self
    }

    /// An id that nobody set up is refused, see [`Settings::strict`].
    pub fn strict(mut self) -> Self {
        self.settings.strict = true;
        self
    }

    /// How much of what happened is kept, see [`Settings::journal`].
    pub fn journal(mut self, limits: JournalLimits) -> Self {
        self.settings.journal = limits;
        self
    }

    /// An instance that is there from the start, beside the test instances. May be called often.
    pub fn instance(mut self, id: impl Into<InstanceId>, behaviour: Behaviour) -> Self {
        self.instances.push((id.into(), behaviour));
        self
    }

    /// Starts the server. It is there as soon as this is called, before anything is awaited.
    ///
    /// # Panics
    ///
    /// If the contract or an instance cannot be emulated, or the system has no port or no thread for the server.
    #[track_caller]
    pub fn start(self) -> impl Future<Output = MockServer> + Send {
        std::future::ready(self.start_blocking())
    }

    /// The same for tests that are not async. It may be called anywhere.
    ///
    /// # Panics
    ///
    /// As for [`start`](Self::start).
    #[track_caller]
    pub fn start_blocking(self) -> MockServer {
        let emulation = Emulation::with(self.contract, self.settings).and_then(|emulation| {
            for (id, behaviour) in self.instances {
                emulation.set_instance(id, behaviour)?;
            }
            Ok(emulation)
        });
        match emulation.map_err(io::Error::other).and_then(MockServer::serve) {
            Ok(server) => server,
            Err(error) => panic!("the mock server cannot start: {error}"),
        }
    }
}

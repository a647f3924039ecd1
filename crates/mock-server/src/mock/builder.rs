use std::future::Future;
use std::io;

use greenapi_model::{Contract, InstanceId};

use super::MockServer;
use crate::clock::Clock;
use crate::cors::Origin;
use crate::emulation::{Emulation, Settings};
use crate::instance::Behaviour;
use crate::journal::JournalLimits;
use crate::limits::Limits;
use crate::server::Server;
#[cfg(feature = "tls")]
use crate::tls::Tls;

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
    serving: Serving,
}

/// How the server serves, which is nothing to the emulation.
#[derive(Clone, Debug, Default)]
pub(super) struct Serving {
    limits: Limits,
    origins: Vec<Origin>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Serving {
    pub(super) fn put(self, server: Server) -> Server {
        let server = server.limits(self.limits).cors(self.origins);
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls {
            return server.tls(tls);
        }
        server
    }
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

    /// What the server bears of its clients, see [`Server::limits`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.serving.limits = limits;
        self
    }

    /// Pages in a browser from these origins may call it, see [`Server::cors`].
    pub fn cors(mut self, origins: impl IntoIterator<Item = Origin>) -> Self {
        self.serving.origins = origins.into_iter().collect();
        self
    }

    /// It speaks `https`, by this certificate: for a client whose `https://` is built in. See [`Server::tls`].
    ///
    /// ```
    /// use greenapi_mock_server::{MockServer, Tls};
    ///
    /// let tls = Tls::for_hosts(["127.0.0.1".parse()?])?;
    /// let to_trust = tls.authority().unwrap_or_default().to_owned(); // Your client's trusted root.
    /// let server = MockServer::builder().tls(tls).start_blocking();
    /// assert!(server.url().starts_with("https://127.0.0.1:"));
    /// # assert!(to_trust.starts_with("-----BEGIN CERTIFICATE-----"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.serving.tls = Some(tls);
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
        let serve = |emulation| MockServer::serve(emulation, self.serving);
        match emulation.map_err(io::Error::other).and_then(serve) {
            Ok(server) => server,
            Err(error) => panic!("the mock server cannot start: {error}"),
        }
    }
}

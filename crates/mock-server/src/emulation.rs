mod call;
mod groups;
mod happened;
mod injections;
mod recorded;
mod steering;
mod steps;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use greenapi_model::{Body, Condition, Contract, InstanceId, InstanceState};
use http::HeaderValue;
use jiff::Timestamp;

pub use self::call::Call;
pub(crate) use self::groups::GroupMint;
pub use self::injections::Scope;
use self::recorded::Recorded;
pub use self::steps::UnknownStep;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::injection::{Injection, Injections};
use crate::instance::Behaviour;
use crate::instances::Instances;
use crate::journal::{Journal, JournalLimits};
use crate::metrics::Metrics;
use crate::test_instances::{self, TestInstance};

/// The method as the contract has it, with the state of its instances: what a server asks for an answer.
///
/// It knows nothing of sockets. [`Emulation::open`] judges path and method, [`Call::answer`] the body. All the other methods
/// steer it, or tell what happened.
///
/// ```
/// use greenapi_mock_server::Emulation;
/// use greenapi_model::Contract;
/// use http::HeaderMap;
///
/// let emulation = Emulation::new(Contract::default())?;
/// let headers = HeaderMap::new();
/// let call = emulation.open("POST", "/waInstance1101000001/createGroup/any-token", &headers);
/// let answer = call.answer(br#"{"groupName": "Hiking", "phones": [79001234567]}"#);
/// assert_eq!(answer.status, 200);
/// assert_eq!(answer.outcome.clause().map(|clause| clause.id().to_owned()), Some("response.200".to_owned()));
/// # Ok::<(), greenapi_mock_server::Unemulable>(())
/// ```
pub struct Emulation {
    contract: Contract,
    faults: Faults,
    /// The slugs of the contract's errors, in their order.
    error_names: Vec<Arc<str>>,
    possible_names: Vec<Arc<str>>,
    /// The `Content-Type` of success, and that of an error.
    success_type: Option<HeaderValue>,
    error_type: Option<HeaderValue>,
    example_time: Timestamp,
    body_limit: u64,
    settings: Settings,
    /// What of the settings may be changed while it runs.
    changing: RwLock<Changing>,
    /// The seed of `changing` too, for what needs it alone.
    seed: AtomicU64,
    instances: Instances,
    /// What a reset brings back, though it was removed or replaced.
    at_start: Mutex<BTreeMap<InstanceId, Behaviour>>,
    everywhere: Everywhere,
    /// The calls that belong to no instance.
    stray: Mutex<Journal>,
    /// How many calls were decided.
    calls: AtomicU64,
    started: Instant,
    metrics: Metrics,
    recorded: Recorded,
}

#[derive(Debug)]
struct Changing {
    clock: Clock,
    mint: Arc<GroupMint>,
}

/// What is switched on for all instances.
#[derive(Debug, Default)]
struct Everywhere {
    injections: Mutex<Injections>,
    /// What a reset leads back to.
    initial: Mutex<Vec<Injection>>,
    /// Whether there is anything, so that most calls need no lock.
    any: AtomicBool,
    /// How many calls met something.
    calls: AtomicU64,
}

impl Everywhere {
    /// Changes what is switched on. The note whether there is anything is made under the same lock, so that none gets lost.
    fn change<T>(&self, change: impl FnOnce(&mut Injections) -> T) -> T {
        let mut injections = self.lock();
        let changed = change(&mut injections);
        self.any.store(injections.len() > 0, Ordering::Release);
        changed
    }

    fn lock(&self) -> MutexGuard<'_, Injections> {
        self.injections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body beyond this is too large where the contract has no limit of its own.
const BODY_LIMIT: u64 = 1 << 20;

/// How an emulation is set up. Each has a default.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Decides ids and links, and whether a fault with a probability strikes. The same seed gives the same ones.
    pub seed: u64,
    /// Where the time in an answer and in the journal comes from.
    pub clock: Clock,
    /// How many instances there may be beside the test instances. A call to one more is answered with 503.
    pub most_instances: usize,
    /// How many groups of each instance are kept, the latest.
    pub groups_kept: usize,
    /// How many faults may be switched on at a time for one instance, or for all.
    pub most_faults: usize,
    /// Whether an id that nobody set up is refused, as the service does with a wrong one. Without this it is an authorized
    /// instance, made at its first call.
    pub strict: bool,
    /// How much of what happened is kept.
    pub journal: JournalLimits,
    /// How soon the same body has to come again to the same instance to look like a blind retry. Zero looks for none.
    pub retry_window: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            clock: Clock::default(),
            most_instances: 100_000,
            groups_kept: 100,
            most_faults: 1000,
            strict: false,
            journal: JournalLimits::default(),
            retry_window: Duration::from_secs(10),
        }
    }
}

impl Emulation {
    /// An emulation of the contract with the test instances, by default settings.
    ///
    /// # Errors
    ///
    /// [`Unemulable`] if the contract does not say what the endpoint has to know.
    pub fn new(contract: Contract) -> Result<Self, Unemulable> {
        Self::with(contract, Settings::default())
    }

    /// An emulation of the contract with the test instances.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with(contract: Contract, settings: Settings) -> Result<Self, Unemulable> {
        let mint = GroupMint::new(&contract, settings.seed)?;
        mint.sample(&contract)?;
        let body_limit = contract.errors().iter().find_map(|case| match case.condition() {
            Condition::BodyAbove(bytes) => Some(*bytes),
            _ => None,
        });
        let example_time = contract.errors().iter().find_map(|case| case.example_timestamp()?.parse().ok());
        let changing = Changing { clock: settings.clock.clone(), mint: Arc::new(mint) };
        let mut emulation = Self {
            faults: Faults::of(&contract),
            error_names: contract.errors().iter().map(|case| case.slug().into()).collect(),
            possible_names: contract.possible_answers().iter().map(|answer| answer.slug().into()).collect(),
            success_type: header_value(contract.media_type(Body::Response)),
            error_type: header_value(contract.media_type(Body::Error)),
            example_time: example_time.unwrap_or(Timestamp::UNIX_EPOCH),
            body_limit: body_limit.unwrap_or(BODY_LIMIT),
            changing: RwLock::new(changing),
            seed: AtomicU64::new(settings.seed),
            instances: Instances::default(),
            at_start: Mutex::default(),
            everywhere: Everywhere::default(),
            stray: Mutex::default(),
            calls: AtomicU64::new(0),
            started: Instant::now(),
            metrics: Metrics::default(),
            recorded: Recorded::default(),
            settings,
            contract,
        };
        for instance in emulation.test_instances() {
            emulation.start_with_instance(instance.id, instance.behaviour)?;
        }
        emulation.instances.limit(emulation.settings.most_instances);
        Ok(emulation)
    }

    /// The test instances that are there: those for which the contract has what they need.
    #[must_use]
    pub fn test_instances(&self) -> Vec<TestInstance> {
        test_instances::of(self)
    }

    /// The contract that is emulated.
    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The settings that it was made with. Seed and clock may have been changed since: [`seed`](Self::seed),
    /// [`clock`](Self::clock).
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// All the faults that there are for this contract.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The most bytes that a body may have.
    #[must_use]
    pub fn body_limit(&self) -> u64 {
        self.body_limit
    }

    /// The numbers of what happened, for a monitoring system.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Tells of each call that comes into the journal.
    pub(crate) fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// Whether answers may have a `Date`: only if the clock tells the real time.
    pub(crate) fn has_real_time(&self) -> bool {
        self.changing().clock.is_real()
    }

    /// The states for which the contract has an answer.
    pub(crate) fn states(&self) -> impl Iterator<Item = &InstanceState> {
        let errors = self.contract.errors().iter().filter_map(|case| match case.condition() {
            Condition::Instance(state) => Some(state),
            _ => None,
        });
        [&InstanceState::Authorized].into_iter().chain(errors)
    }

    fn changing(&self) -> RwLockReadGuard<'_, Changing> {
        self.changing.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn stray(&self) -> MutexGuard<'_, Journal> {
        self.stray.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Emulation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulation")
            .field("contract", &self.contract)
            .field("settings", &self.settings)
            .field("instances", &self.instance_count())
            .finish_non_exhaustive()
    }
}

/// A media type as the value of a header. That of nearly each contract is known before, so that a copy of it counts no references.
fn header_value(media_type: &str) -> Option<HeaderValue> {
    const KNOWN: &str = "application/json";
    if media_type == KNOWN { Some(HeaderValue::from_static(KNOWN)) } else { media_type.try_into().ok() }
}

/// Bodies are made of texts, numbers and booleans, so that writing them to memory cannot fail.
fn json(body: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

/// Why a contract, or the behaviour of an instance, cannot be emulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unemulable(pub(crate) String);

impl fmt::Display for Unemulable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unemulable {}

mod kept;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use greenapi_model::{ApiToken, Group, InstanceId, InstanceState};

use self::kept::KeptGroups;
use crate::chance::Chance;
use crate::emulation::GroupMint;
use crate::fault::Fault;
use crate::injection::{Injection, Injections};
use crate::journal::{Journal, Retries};
use crate::script::{Script, Step};

/// How an instance behaves: its state, and beyond that a script, faults, and the one token that it takes.
///
/// ```
/// use greenapi_mock_server::{Behaviour, Emulation, Script};
/// use greenapi_model::{Contract, InstanceState};
///
/// let emulation = Emulation::new(Contract::default())?;
/// let script = Script::of([emulation.step("starting")?, emulation.step("500-but-created")?]);
/// emulation.set_instance(7103000001.into(), Behaviour::of(InstanceState::Authorized).script(script))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a behaviour does nothing until it is given to an emulation"]
pub struct Behaviour {
    state: InstanceState,
    script: Script,
    faults: Vec<Injection>,
    token: Option<ApiToken>,
}

impl Behaviour {
    /// The instance is in this state until somebody changes it.
    pub fn of(state: InstanceState) -> Self {
        Self { state, script: Script::default(), faults: Vec::new(), token: None }
    }

    /// The first calls end as this script says.
    pub fn script(self, script: Script) -> Self {
        Self { script, ..self }
    }

    /// A fault is switched on from the start. May be called often.
    pub fn fault(mut self, injection: Injection) -> Self {
        self.faults.push(injection);
        self
    }

    /// Only this token is taken; without this any token is.
    pub fn token(self, token: ApiToken) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &InstanceState {
        &self.state
    }

    /// The script.
    #[must_use]
    pub fn steps(&self) -> &Script {
        &self.script
    }

    /// The faults.
    pub fn faults(&self) -> &[Injection] {
        &self.faults
    }

    /// Whether it takes one token alone.
    #[must_use]
    pub fn minds_token(&self) -> bool {
        self.token.is_some()
    }

    /// All the states that the instance comes through.
    pub(crate) fn states(&self) -> impl Iterator<Item = &InstanceState> {
        let of_steps = self.script.steps().filter_map(|step| match step {
            Step::State(state) => Some(state),
            _ => None,
        });
        of_steps.chain([&self.state])
    }
}

/// One emulated account. All that is known of it is behind one lock.
#[derive(Debug)]
pub(crate) struct Instance {
    id: InstanceId,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) state: InstanceState,
    pub(crate) script: Script,
    pub(crate) injections: Injections,
    pub(crate) token: Option<ApiToken>,
    /// How often it was called.
    pub(crate) calls: u64,
    /// How many groups were made, whether they are still kept or not.
    made: u64,
    /// The latest of them.
    kept: KeptGroups,
    pub(crate) journal: Journal,
    pub(crate) retries: Retries,
    /// What it is reset to.
    initial: Option<Arc<Behaviour>>,
}

/// What is decided of one call by its place among the calls of the instance.
pub(crate) struct Turn {
    pub(crate) state: InstanceState,
    /// The slug of the error that is the answer whatever the request is.
    pub(crate) forced: Option<Arc<str>>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) chance: Chance,
}

impl Instance {
    /// An instance that somebody set up.
    pub(crate) fn set_up(id: InstanceId, behaviour: Behaviour) -> Self {
        let inner = Inner::of(behaviour.clone(), Some(Arc::new(behaviour)));
        Self { id, inner: Mutex::new(inner) }
    }

    /// An instance that came to be by being called.
    pub(crate) fn called(id: InstanceId) -> Self {
        Self { id, inner: Mutex::new(Inner::of(Behaviour::of(InstanceState::Authorized), None)) }
    }

    pub(crate) fn id(&self) -> InstanceId {
        self.id
    }

    /// Nothing that holds the lock can panic half way through a change, so what is behind a poisoned one is sound.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn of(behaviour: Behaviour, initial: Option<Arc<Behaviour>>) -> Self {
        let mut injections = Injections::default();
        for injection in behaviour.faults {
            injections.add(injection);
        }
        Self {
            state: behaviour.state,
            script: behaviour.script,
            injections,
            token: behaviour.token,
            calls: 0,
            made: 0,
            kept: KeptGroups::default(),
            journal: Journal::default(),
            retries: Retries::default(),
            initial,
        }
    }

    /// Whether it takes this token.
    pub(crate) fn takes(&self, token: &str) -> bool {
        self.token.as_ref().is_none_or(|own| own.expose() == token)
    }

    /// Makes a group, and says its number among those of the instance. At most `most` are kept, the latest.
    pub(crate) fn make(&mut self, mint: &Arc<GroupMint>, most: usize) -> u64 {
        let nth = self.made;
        self.made += 1;
        self.kept.keep(nth, mint, most);
        nth
    }

    /// Counts a call. The script goes one step on if `step` is not given.
    pub(crate) fn turn(
        &mut self,
        seed: u64,
        id: InstanceId,
        step: Option<Step>,
        has_script: bool,
        wanted: impl Fn(&Fault) -> bool,
    ) -> Turn {
        let mut chance = Chance::of_call(seed, id.number(), self.calls);
        self.calls += 1;
        let step = step.or_else(|| if has_script { self.script.next() } else { None });
        let mut faults = Vec::new();
        let (mut state, mut forced) = (None, None);
        match step {
            None => {}
            Some(Step::Ok) => state = Some(InstanceState::Authorized),
            Some(Step::State(other)) => state = Some(other),
            Some(Step::Error(slug)) => forced = Some(slug),
            Some(Step::Fault(fault)) => faults.push(fault),
        }
        self.injections.strike(&mut chance, wanted, &mut faults);
        Turn { state: state.unwrap_or_else(|| self.state.clone()), forced, faults, chance }
    }

    /// Back to how it was set up: no calls, no groups. `false` if it was not set up, but came by being called.
    pub(crate) fn reset(&mut self) -> bool {
        let initial = self.initial.clone();
        let behaviour =
            initial.as_deref().cloned().unwrap_or_else(|| Behaviour::of(InstanceState::Authorized));
        let was_set_up = initial.is_some();
        let mut fresh = Self::of(behaviour, initial);
        // A number that was given out before the reset must not switch off what is switched on after it.
        fresh.injections.number_after(&self.injections);
        *self = fresh;
        was_set_up
    }

    pub(crate) fn groups(&self, id: InstanceId) -> Groups {
        Groups { made: self.made, kept: self.kept.groups(id) }
    }

    pub(crate) fn view(&self, id: InstanceId) -> InstanceView {
        InstanceView {
            id,
            state: self.state.clone(),
            script: self.script.clone(),
            faults: self.injections.list(),
            minds_token: self.token.is_some(),
            set_up: self.initial.is_some(),
            calls: self.calls,
            groups_made: self.made,
        }
    }
}

/// An instance at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceView {
    /// Its id.
    pub id: InstanceId,
    /// Its state.
    pub state: InstanceState,
    /// The steps of its script that are to come.
    pub script: Script,
    /// The faults that are switched on for it, each with the number by which it is switched off.
    pub faults: Vec<(u64, Injection)>,
    /// Whether it takes one token alone.
    pub minds_token: bool,
    /// Whether somebody set it up; otherwise it came to be by being called.
    pub set_up: bool,
    /// How often it was called.
    pub calls: u64,
    /// How many groups it made.
    pub groups_made: u64,
}

/// The groups of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// How many were made.
    pub made: u64,
    /// The latest of them, the oldest first. Their number is bounded, see [`Settings`](crate::Settings).
    pub kept: Vec<Group>,
}

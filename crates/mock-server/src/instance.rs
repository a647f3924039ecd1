use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use greenapi_model::{Group, InstanceId, InstanceState};

/// How an instance behaves: the state it is in, and one that it may be in before, for so many calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    before: Option<(u32, InstanceState)>,
    state: InstanceState,
}

impl Behaviour {
    /// The instance is in this state until somebody changes it.
    #[must_use]
    pub fn of(state: InstanceState) -> Self {
        Self { before: None, state }
    }

    /// For its first `calls` calls the instance is in another state.
    #[must_use]
    pub fn after(self, calls: u32, state: InstanceState) -> Self {
        Self { before: (calls > 0).then_some((calls, state)), ..self }
    }

    /// The state that the instance is in, or comes to.
    #[must_use]
    pub fn state(&self) -> &InstanceState {
        &self.state
    }

    /// For how many calls it is in another state first, and in which.
    #[must_use]
    pub fn before(&self) -> Option<(u32, &InstanceState)> {
        self.before.as_ref().map(|(calls, state)| (*calls, state))
    }

    /// All the states that the instance comes through.
    pub(crate) fn states(&self) -> impl Iterator<Item = &InstanceState> {
        self.before.iter().map(|(_, state)| state).chain([&self.state])
    }
}

/// One emulated account. All that is known of it is behind one lock.
#[derive(Debug)]
pub(crate) struct Instance {
    id: InstanceId,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    behaviour: Behaviour,
    /// How many groups were made, whether they are still kept or not.
    made: u64,
    kept: VecDeque<Group>,
}

impl Instance {
    pub(crate) fn new(id: InstanceId, behaviour: Behaviour) -> Self {
        Self { id, inner: Mutex::new(Inner { behaviour, made: 0, kept: VecDeque::new() }) }
    }

    pub(crate) fn id(&self) -> InstanceId {
        self.id
    }

    /// The state for one call, which counts as a call by that.
    pub(crate) fn call(&self) -> InstanceState {
        let behaviour = &mut self.lock().behaviour;
        match &mut behaviour.before {
            None => behaviour.state.clone(),
            Some((calls, state)) => {
                let state = state.clone();
                *calls -= 1;
                if *calls == 0 {
                    behaviour.before = None;
                }
                state
            }
        }
    }

    /// Makes a group from its number among those of the instance. At most `most` are kept, the latest.
    pub(crate) fn make(&self, most: usize, group: impl FnOnce(u64) -> Group) -> Group {
        let mut inner = self.lock();
        let group = group(inner.made);
        inner.made += 1;
        while inner.kept.len() >= most.max(1) {
            inner.kept.pop_front();
        }
        if most > 0 {
            inner.kept.push_back(group.clone());
        }
        group
    }

    pub(crate) fn groups(&self) -> Groups {
        let inner = self.lock();
        Groups { made: inner.made, kept: inner.kept.iter().cloned().collect() }
    }

    /// Nothing that holds the lock can panic half way through a change, so what is behind a poisoned one is sound.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The groups of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// How many were made.
    pub made: u64,
    /// The latest of them, the oldest first. Their number is bounded, see [`Settings`](crate::Settings).
    pub kept: Vec<Group>,
}

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use greenapi_model::InstanceState;

use crate::fault::Fault;

/// How one call of a script ends. [`Emulation::step`](crate::Emulation::step) reads one from its text.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// As on an authorized instance: `ok`.
    Ok,
    /// As on an instance in this state: `starting`.
    State(InstanceState),
    /// With this error of the contract, whatever the request is: `bad-request-data`.
    Error(Arc<str>),
    /// As always, with this fault: `500-but-created`, `wire.empty-reply`.
    Fault(Fault),
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => formatter.write_str("ok"),
            Self::State(state) => fmt::Display::fmt(state, formatter),
            Self::Error(slug) => formatter.write_str(slug),
            Self::Fault(fault) => fmt::Display::fmt(fault, formatter),
        }
    }
}

/// What comes after the last step of a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// The instance behaves as if there had been no script.
    #[default]
    Normal,
    /// The script starts again.
    Repeat,
}

/// How the next calls of an instance end, one step a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    steps: VecDeque<Step>,
    then: Then,
}

impl Script {
    /// These steps, and then the normal behaviour.
    pub fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), then: Then::Normal }
    }

    /// Says what comes after the last step.
    #[must_use]
    pub fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }

    /// The steps that are to come, the next one first.
    #[must_use]
    pub fn steps(&self) -> impl ExactSizeIterator<Item = &Step> {
        self.steps.iter()
    }

    /// What comes after the last step.
    #[must_use]
    pub fn after(&self) -> Then {
        self.then
    }

    /// Whether there is no step to come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The step for one call, which is then over, or comes last again.
    pub(crate) fn next(&mut self) -> Option<Step> {
        let step = self.steps.pop_front()?;
        if self.then == Then::Repeat {
            self.steps.push_back(step.clone());
        }
        Some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_ends_or_starts_again() {
        let starting = Step::State(InstanceState::Starting);
        let check = |then, expected: &str| {
            let mut script = Script::of([starting.clone(), Step::Ok]).then(then);
            let steps = (0..5).map(|_| script.next().map_or("-".to_owned(), |step| step.to_string()));
            assert_eq!(steps.collect::<Vec<_>>().join(" "), expected);
        };
        check(Then::Normal, "starting ok - - -");
        check(Then::Repeat, "starting ok starting ok starting");
    }
}

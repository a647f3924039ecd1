//! How a call may end, and which fault is meant, read from a text.

use std::fmt;
use std::sync::Arc;

use greenapi_model::{Body, InstanceState};

use super::Emulation;
use crate::fault::{Fault, KnownFault, UnknownFault, nearest};
use crate::script::Step;
use crate::verify::explanation::shortened;

/// So much of a text that is not known is shown.
const SHOWN: usize = 100;

impl Emulation {
    /// Reads how a call may end: `ok`, a state, the slug of an error, the name of an example, or a fault.
    ///
    /// # Errors
    ///
    /// If the text is none of them, with what is nearest.
    pub fn step(&self, text: &str) -> Result<Step, UnknownStep> {
        let text = text.trim();
        let first_example = self.contract.examples(Body::Response).first();
        if text == "ok" || first_example.is_some_and(|example| example.name() == text) {
            return Ok(Step::Ok);
        }
        let Ok(state) = text.parse::<InstanceState>();
        if self.states().any(|known| *known == state) {
            return Ok(Step::State(state));
        }
        if let Some(slug) = self.error_names.iter().find(|slug| ***slug == *text) {
            return Ok(Step::Error(Arc::clone(slug)));
        }
        self.faults.parse(text).map(Step::Fault).map_err(|error| self.unknown_step(text, &error))
    }

    fn unknown_step(&self, text: &str, error: &UnknownFault) -> UnknownStep {
        if text.contains(['/', '=']) {
            return UnknownStep(error.to_string());
        }
        let names = ["ok"]
            .into_iter()
            .chain(self.states().map(InstanceState::as_str))
            .chain(self.error_names.iter().map(AsRef::as_ref))
            .chain(self.faults.iter().map(KnownFault::id).filter(|id| !id.contains('/')));
        let near = nearest(text, names);
        let text = shortened(text, SHOWN);
        UnknownStep(match near {
            Some(near) => format!("no call ends with `{text}`; the nearest is `{near}`"),
            None => format!(
                "no call ends with `{text}`; write `ok`, a state, the slug of an error, or a fault (`greenapi-mock faults` \
                 lists them)"
            ),
        })
    }

    /// Reads a fault from its text, such as `response.chatId.required/drop` or `wire.latency=500ms`.
    ///
    /// # Errors
    ///
    /// If there is no such fault, with the one that is nearest; or if its parameter cannot be read.
    pub fn fault(&self, text: &str) -> Result<Fault, UnknownFault> {
        self.faults.parse(text)
    }
}

/// The text does not say how a call may end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStep(String);

impl fmt::Display for UnknownStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnknownStep {}

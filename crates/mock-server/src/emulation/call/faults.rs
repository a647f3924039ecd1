//! What faults make of an answer that is decided.

use greenapi_model::{AnswerKind, AnswerParts};

use super::Call;
use crate::fault::{Effect, Fault, Parameter};
use crate::outcome::{Answer, Ending, PLAIN_TEXT};
use crate::wire::WireFault;

impl Call<'_> {
    /// What faults make of an answer that is decided.
    pub(super) fn apply_faults(&mut self, answer: &mut Answer) {
        let faults = std::mem::take(&mut self.turn.faults);
        for fault in faults {
            if self.applies(&fault, answer) {
                answer.outcome.faults.push(fault);
            }
        }
        answer.outcome.status = answer.status;
    }

    /// Applies one fault; `false` if it has nothing to do with this call.
    fn applies(&mut self, fault: &Fault, answer: &mut Answer) -> bool {
        match fault.effect() {
            Effect::Latency => {
                let Parameter::Latency(latency) = fault.parameter() else { return false };
                answer.delay += latency.sample(|| self.turn.chance.uniform());
            }
            // The bytes can be hurt in one way only: that of the step or the preference, or the one that was switched on first.
            Effect::Wire(_) | Effect::Dribble if answer.wire.is_some() => return false,
            Effect::Wire(wire) => answer.wire = Some(*wire),
            Effect::Dribble => {
                let Parameter::Pause(pause) = fault.parameter() else { return false };
                answer.wire = Some(WireFault::Dribble(pause));
            }
            Effect::PlainText => {
                let Ending::Error(slug) = &answer.outcome.ending else { return false };
                let contract = &self.emulation.contract;
                if contract.error_case(slug).is_none_or(|case| case.identifier().is_none()) {
                    return false;
                }
                // What is in the envelope of another path or method holds the path, and goes where that goes.
                let envelope: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
                let Some(message) = envelope.as_ref().and_then(|envelope| envelope["message"].as_str())
                else {
                    return false;
                };
                answer.content_type = Some(PLAIN_TEXT);
                answer.body = message.as_bytes().to_vec();
            }
            Effect::Possible(index) => {
                let Ending::Possible(slug) = &answer.outcome.ending else { return false };
                return *self.emulation.possible_names[*index] == **slug;
            }
            Effect::Example(_) => {
                return matches!(answer.outcome.ending, Ending::Created | Ending::NotCreated);
            }
            Effect::CloseAfterAccept => return false,
            Effect::Content(content) => {
                let kind = match &answer.outcome.ending {
                    Ending::Created | Ending::NotCreated => AnswerKind::Success,
                    Ending::Error(slug) => AnswerKind::Error(slug),
                    Ending::Plain => AnswerKind::Plain(self.line.method),
                    Ending::Possible(_) | Ending::Own(_) => return false,
                };
                let content_type = answer.content_type.as_ref().and_then(|value| value.to_str().ok());
                let mut parts = AnswerParts {
                    status: answer.status,
                    content_type: content_type.map(str::to_owned),
                    body: std::mem::take(&mut answer.body),
                };
                let changed = content.change(kind, &mut parts);
                answer.content_type = parts.content_type.and_then(|value| value.try_into().ok());
                (answer.status, answer.body) = (parts.status, parts.body);
                return changed || self.struck.borrow().contains(fault);
            }
        }
        true
    }
}

//! One call: from its head to its answer.

mod answers;
mod faults;
mod moment;
mod record;

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use greenapi_model::{Address, ApiToken, Condition, InstanceId, Violations};
use http::HeaderMap;

use self::moment::Moment;
use super::Emulation;
use crate::chance::Chance;
use crate::fault::Fault;
use crate::headers::Headers;
use crate::instance::{Instance, Turn};
use crate::journal::Kept;
use crate::journal::masking::{Secrets, Target};
use crate::outcome::{Answer, Ending};
use crate::prefer::Preferences;
use crate::script::Step;

/// So many bytes are read where the limit of the contract is one that is not enforced.
const READ_ON: u64 = 4 << 20;

/// What is said of a body that no clause takes for too large.
const LARGER: &str = "the body is larger than this endpoint reads";

/// A call whose path, method and preferences were judged. What is left is its body.
///
/// Each of its last methods gives the answer, and puts the call into the journal.
pub struct Call<'c> {
    emulation: &'c Emulation,
    line: Line<'c>,
    headers: Headers<'c>,
    id: Option<InstanceId>,
    instance: Option<Arc<Instance>>,
    turn: Turn,
    /// The faults of the content that made a difference to how the request was judged.
    struck: RefCell<Vec<Fault>>,
    asked: Option<Box<Asked>>,
    early: Option<Early>,
}

/// What a request asks for, which is seldom anything.
struct Asked {
    preferences: Preferences,
    /// How the call is to end.
    step: Option<Step>,
}

#[derive(Clone, Copy)]
struct Line<'c> {
    method: &'c str,
    /// It holds the token.
    target: Target<'c>,
    token: Option<&'c str>,
}

/// What is the answer whatever the body is.
enum Early {
    Error(Condition, Option<Box<Violations>>),
    Plain(usize),
    Own(u16, String),
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Call").field("instance", &self.id).finish_non_exhaustive()
    }
}

impl Emulation {
    /// Judges path, method and preferences, before the body is read. `target` is the path with the query, as it was sent.
    #[must_use]
    pub fn open<'c>(&'c self, method: &'c str, target: &'c str, headers: &'c HeaderMap) -> Call<'c> {
        self.open_with(method, target, Headers::Map(headers))
    }

    /// The same with headers of any kind.
    pub(crate) fn open_with<'c>(
        &'c self,
        method: &'c str,
        target: &'c str,
        headers: Headers<'c>,
    ) -> Call<'c> {
        let seed = self.seed();
        let target = Target::of(target);
        let address = self.contract.address(target.path);
        let is_method = method == self.contract.method();
        let mut early = None;
        let asked = self.asked(headers).unwrap_or_else(|message| {
            let token = address.as_ref().ok().map(Address::expose_token);
            let secrets = Secrets::of(&self.contract, target, token);
            let message = secrets.masked_in(message.as_bytes());
            early = Some(Early::Own(400, String::from_utf8_lossy(&message).into_owned()));
            None
        });
        let step = asked.as_ref().and_then(|asked| asked.step.as_ref());
        // Where a preference decides, nothing else does, and nothing is used up. A fault of the domain is about calls alone.
        let undecided = step.is_none() && early.is_none();
        let everywhere = self.strike_everywhere(|fault| {
            undecided && fault.known().is_of_calls() && (is_method || !fault.is_of_domain())
        });
        let mut struck = Vec::new();
        let mut line = Line { method, target, token: None };
        let id = match address {
            Ok(address) => {
                line.token = Some(address.expose_token());
                Some(address.instance())
            }
            Err(violation) => {
                let violations = Violations::from(violation);
                let lenient = everywhere.iter().find(|fault| {
                    self.ignores(fault, &Condition::OtherPath)
                        || fault.content().is_some_and(|fault| fault.accepts(&violations))
                });
                if let Some(fault) = lenient {
                    struck.push(fault.clone());
                    Some(self.some_instance(target.path))
                } else {
                    let wrong_path = || Early::Error(Condition::OtherPath, Some(Box::new(violations)));
                    early = early.or_else(|| Some(wrong_path()));
                    None
                }
            }
        };
        let is_call =
            is_method || everywhere.iter().any(|fault| self.ignores(fault, &Condition::OtherMethod));
        let instance = match id {
            Some(id) if is_call && !self.settings.strict => self.instances.find_or(id, Instance::called).ok(),
            Some(id) => self.instances.find(id),
            None => None,
        };
        if let (Some(id), None, true, None) = (id, &instance, is_call, &early) {
            early = Some(if self.settings.strict {
                Early::Error(Condition::OtherPath, None)
            } else {
                let message =
                    format!("there is no room for the instance {id}: there are as many as there may be");
                Early::Own(503, message)
            });
        }
        if let (Some(Early::Own(_, message)), Some(instance)) = (&mut early, &instance) {
            // The right token may stand in what was asked for while a wrong one stands in the path.
            let inner = instance.lock();
            let secrets = Secrets::default().and(inner.token.as_ref().map(ApiToken::expose));
            *message = String::from_utf8_lossy(&secrets.masked_in(message.as_bytes())).into_owned();
        }
        let mut taken = true;
        let mut turn = match &instance {
            Some(instance) if early.is_none() => {
                let minds = |fault: &Fault| self.ignores(fault, &Condition::OtherToken);
                let mut inner = instance.lock();
                taken = line.token.is_none_or(|token| inner.takes(token));
                let comes_through =
                    is_call && (taken || inner.injections.any(minds) || everywhere.iter().any(minds));
                let wanted = |fault: &Fault| undecided && (comes_through || !fault.is_of_domain());
                inner.turn(seed, instance.id(), step.cloned(), comes_through, wanted)
            }
            _ => Turn::of_none(seed, step.cloned()),
        };
        turn.faults.extend(everywhere);
        let mut call = Call {
            emulation: self,
            line,
            headers,
            id,
            instance,
            turn,
            struck: RefCell::new(struck),
            asked,
            early,
        };
        if call.early.is_none() {
            call.early = call.judge_head(is_method, taken);
        }
        call
    }

    /// What a request asks for in its header `Prefer`.
    fn asked(&self, headers: Headers<'_>) -> Result<Option<Box<Asked>>, String> {
        let Some(preferences) = Preferences::of(headers)? else { return Ok(None) };
        let step = preferences.example.as_deref().map(|example| self.step(example)).transpose();
        let step = step.map_err(|error| error.to_string())?;
        Ok(Some(Box::new(Asked { preferences, step })))
    }

    /// The faults for all instances that strike at one call.
    pub(super) fn strike_everywhere(&self, wanted: impl Fn(&Fault) -> bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.everywhere.any.load(Ordering::Acquire) {
            self.everywhere.change(|injections| {
                // What does not concern this moment must not change the chance of what does.
                if injections.any(&wanted) {
                    let nth = self.everywhere.calls.fetch_add(1, Ordering::Relaxed);
                    let mut chance = Chance::of_call(self.seed(), u64::MAX, nth);
                    injections.strike(&mut chance, wanted, &mut faults);
                }
            });
        }
        faults
    }

    /// Whether a fault makes the endpoint ignore what the contract has an error for.
    fn ignores(&self, fault: &Fault, condition: &Condition) -> bool {
        let case = self.contract.error_when(condition);
        fault.content().zip(case).is_some_and(|(fault, case)| fault.ignores(case.slug()))
    }

    /// The instance of a path that is not that of the method, where a fault makes the endpoint take it for one. Only the number
    /// in its own place counts, as another one may be a part of a token.
    fn some_instance(&self, path: &str) -> InstanceId {
        let word = self.contract.path_template().split('{').next().and_then(|start| start.rsplit('/').next());
        let word = word.unwrap_or_default();
        let number = path.split('/').find_map(|part| {
            let (start, digits) = part.split_at_checked(word.len())?;
            start.eq_ignore_ascii_case(word).then(|| digits.parse().ok())?
        });
        number.map_or_else(|| InstanceId::new(1), InstanceId::new)
    }
}

impl Call<'_> {
    /// Whether the answer depends on the body. If not, [`answer`](Self::answer) takes any, and an empty one too.
    #[must_use]
    pub fn depends_on_body(&self) -> bool {
        self.early.is_none()
    }

    /// The most bytes that the body may have.
    #[must_use]
    pub fn body_limit(&self) -> u64 {
        let limit = self.emulation.body_limit;
        let too_large = Condition::BodyAbove(limit);
        let lenient = self.turn.faults.iter().any(|fault| self.emulation.ignores(fault, &too_large));
        if lenient { limit.max(READ_ON) } else { limit }
    }

    /// The answer to a body: a group, or the first error of the contract that applies, or what a fault makes of it.
    #[must_use]
    pub fn answer(self, body: &[u8]) -> Answer {
        if body.len() as u64 > self.body_limit() {
            self.too_large()
        } else {
            self.conclude(Kept::Whole(body))
        }
    }

    /// The answer to a body that has more bytes than [`body_limit`](Self::body_limit).
    #[must_use]
    pub fn too_large(self) -> Answer {
        self.conclude(Kept::TooLarge)
    }

    /// The answer to a body that has more bytes than this endpoint reads, where the contract takes as many: 413 of its own.
    #[must_use]
    pub fn larger_than_is_read(mut self) -> Answer {
        self.early.get_or_insert_with(|| Early::Own(413, LARGER.to_owned()));
        self.conclude(Kept::TooLarge)
    }

    /// The answer to a body that ended before its announced end. It is not valid, whatever has come of it.
    #[must_use]
    pub fn cut_off(self) -> Answer {
        self.conclude(Kept::CutOff)
    }

    /// The answer to a body that did not come in time: 408 of this endpoint's own, as no clause tells of it.
    #[must_use]
    pub fn too_slow(mut self) -> Answer {
        self.early.get_or_insert_with(|| Early::Own(408, "the body did not come in time".to_owned()));
        self.conclude(Kept::CutOff)
    }

    /// What can be said before the body: another method, or a token that is not the instance's.
    fn judge_head(&self, is_method: bool, taken: bool) -> Option<Early> {
        let contract = &self.emulation.contract;
        if !is_method && !self.ignored(&Condition::OtherMethod) {
            let plain = contract.plain_answers().iter().position(|plain| plain.method() == self.line.method);
            return Some(plain.map_or(Early::Error(Condition::OtherMethod, None), Early::Plain));
        }
        if !taken && !self.ignored(&Condition::OtherToken) {
            return Some(Early::Error(Condition::OtherToken, None));
        }
        None
    }

    /// Whether a fault makes the endpoint ignore a condition that holds.
    fn ignored(&self, condition: &Condition) -> bool {
        self.strikes(|fault| self.emulation.ignores(fault, condition)).is_some()
    }

    /// The first fault that makes a difference here, which is noted.
    fn strikes(&self, makes_a_difference: impl Fn(&Fault) -> bool) -> Option<&Fault> {
        let fault = self.turn.faults.iter().find(|fault| makes_a_difference(fault))?;
        self.struck.borrow_mut().push(fault.clone());
        Some(fault)
    }

    fn conclude(mut self, body: Kept<'_>) -> Answer {
        let instance = self.instance.take();
        let mut moment = Moment::new(self.emulation.changing(), instance.as_deref());
        let early = self.early.take();
        let depended = early.is_none();
        let mut answer = match early {
            Some(early) => self.early_answer(early, &moment),
            None => self.decide(body, &mut moment),
        };
        answer.outcome.instance = self.id;
        self.apply_faults(&mut answer);
        if let Some(asked) = &self.asked {
            asked.note(&mut answer, depended);
        }
        self.record(&mut answer, if depended { body } else { Kept::Unread }, depended, &mut moment);
        // Whoever is told looks at the instance.
        drop(moment);
        self.emulation.metrics.count(&answer.outcome, answer.suspected_retry_of.is_some());
        self.emulation.recorded.tell();
        answer
    }
}

impl Asked {
    /// Has the answer take as long as was asked for, and say what was followed.
    fn note(&self, answer: &mut Answer, depended: bool) {
        answer.delay = answer.delay.saturating_add(self.preferences.wait.unwrap_or_default());
        if matches!(answer.outcome.ending, Ending::Own(_)) {
            return;
        }
        let is_followed = depended
            && match &self.step {
                Some(Step::Fault(fault)) => answer.outcome.faults.contains(fault),
                Some(_) => true,
                None => false,
            };
        answer.preference_applied =
            self.preferences.applied(is_followed).and_then(|applied| applied.try_into().ok());
    }
}

impl Turn {
    /// That of a call that belongs to no instance.
    fn of_none(seed: u64, step: Option<Step>) -> Self {
        let faults = match step {
            Some(Step::Fault(fault)) => vec![fault],
            _ => Vec::new(),
        };
        Self {
            state: greenapi_model::InstanceState::Authorized,
            forced: None,
            faults,
            chance: Chance::of_call(seed, 0, 0),
        }
    }
}

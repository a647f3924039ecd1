//! One call: from its head to its answer.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use greenapi_model::{
    AnswerKind, AnswerParts, Body, Condition, ErrorCase, Group, InstanceId, Part, PossibleAnswer, Repeat,
    RequestParts, Violation, Violations,
};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::{Changing, Emulation, json};
use crate::chance::Chance;
use crate::fault::{Effect, Fault, Parameter};
use crate::instance::{Instance, Turn};
use crate::journal::masking::{self, Secrets};
use crate::journal::{Entry, Head, Kept};
use crate::outcome::{Answer, Ending, Outcome};
use crate::prefer::Preferences;
use crate::script::Step;
use crate::wire::WireFault;

/// So many bytes are read where the limit of the contract is one that is not enforced.
const READ_ON: u64 = 4 << 20;

/// A call whose path, method and preferences were judged. What is left is its body.
///
/// Each of its last methods gives the answer, and puts the call into the journal.
pub struct Call<'c> {
    emulation: &'c Emulation,
    changing: Arc<Changing>,
    line: Line<'c>,
    headers: &'c HeaderMap,
    id: Option<InstanceId>,
    instance: Option<Arc<Instance>>,
    turn: Turn,
    /// The faults of the content that made a difference to how the request was judged.
    struck: RefCell<Vec<Fault>>,
    preferences: Preferences,
    early: Option<Early>,
}

#[derive(Clone, Copy)]
struct Line<'c> {
    method: &'c str,
    /// The path with the query. It holds the token.
    target: &'c str,
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
        let changing = self.changing();
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let everywhere = self.strike_everywhere(|fault| !matches!(fault.effect(), Effect::CloseAfterAccept));
        let mut struck = Vec::new();
        let address = self.contract.address(path);
        let mut line = Line { method, target, token: None };
        let mut early = None;
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
                    Some(some_instance(path))
                } else {
                    early = Some(Early::Error(Condition::OtherPath, Some(Box::new(violations))));
                    None
                }
            }
        };
        let is_call = method == self.contract.method();
        let instance = match id {
            Some(id) if is_call && !self.settings.strict => self.instances.find_or_make(id),
            Some(id) => self.instances.find(id),
            None => None,
        };
        if let (Some(id), None, true) = (id, &instance, is_call) {
            early = Some(if self.settings.strict {
                Early::Error(Condition::OtherPath, None)
            } else {
                Early::Own(
                    503,
                    format!("there is no room for the instance {id}: there are as many as there may be"),
                )
            });
        }
        let preferences = Preferences::of(headers).and_then(|preferences| {
            let step = preferences.example.as_deref().map(|example| self.step(example)).transpose();
            Ok((preferences, step.map_err(|error| error.to_string())?))
        });
        let (preferences, step) = preferences.unwrap_or_else(|message| {
            early = Some(Early::Own(400, message));
            (Preferences::default(), None)
        });
        let taken = instance.as_ref().zip(line.token).is_none_or(|(own, token)| own.takes(token));
        let has_script = is_call && taken && early.is_none();
        let mut turn = match &instance {
            Some(instance) => instance.lock().turn(changing.seed, instance.id(), step, has_script),
            None => Turn::of_none(changing.seed, step),
        };
        turn.faults.extend(everywhere);
        let mut call = Call {
            emulation: self,
            changing,
            line,
            headers,
            id,
            instance,
            turn,
            struck: RefCell::new(struck),
            preferences,
            early,
        };
        if call.early.is_none() {
            call.early = call.judge_head(is_call, taken);
        }
        call
    }

    /// The faults for all instances that strike at one call.
    pub(super) fn strike_everywhere(&self, wanted: impl Fn(&Fault) -> bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.everywhere.any.load(Ordering::Acquire) {
            let nth = self.everywhere.calls.fetch_add(1, Ordering::Relaxed);
            let mut chance = Chance::of_call(self.seed(), u64::MAX, nth);
            self.everywhere.change(|injections| injections.strike(&mut chance, wanted, &mut faults));
        }
        faults
    }

    /// Whether a fault makes the endpoint ignore what the contract has an error for.
    fn ignores(&self, fault: &Fault, condition: &Condition) -> bool {
        let case = self.contract.error_when(condition);
        fault.content().zip(case).is_some_and(|(fault, case)| fault.ignores(case.slug()))
    }
}

/// The instance of a path that is not that of the method, where a fault makes the endpoint take it for one.
fn some_instance(path: &str) -> InstanceId {
    let digits = |part: &&str| !part.is_empty() && part.len() <= 19;
    let mut numbers = path.split(|character: char| !character.is_ascii_digit()).filter(digits);
    let number = numbers.find_map(|part| part.parse().ok());
    number.map_or_else(|| InstanceId::new(1), InstanceId::new)
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

    /// The answer to a body that ended before its announced end. It is not valid, whatever has come of it.
    #[must_use]
    pub fn cut_off(self) -> Answer {
        self.conclude(Kept::CutOff)
    }

    /// What can be said before the body: another method, or a token that is not the instance's.
    fn judge_head(&self, is_call: bool, taken: bool) -> Option<Early> {
        let contract = &self.emulation.contract;
        if !is_call && !self.ignored(&Condition::OtherMethod) {
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
        let early = self.early.take();
        let depended = early.is_none();
        let mut answer = match early {
            Some(early) => self.early_answer(early),
            None => self.decide(body),
        };
        answer.outcome.instance = self.id;
        self.apply_faults(&mut answer);
        answer.delay = answer.delay.saturating_add(self.preferences.wait.unwrap_or_default());
        if !matches!(answer.outcome.ending, Ending::Own(_)) {
            answer.preference_applied = self.preferences.applied();
        }
        self.record(&mut answer, if depended { body } else { Kept::Unread }, depended);
        answer
    }

    fn early_answer(&self, early: Early) -> Answer {
        let contract = &self.emulation.contract;
        match early {
            Early::Error(condition, violations) => self.refuse(&condition, violations),
            Early::Own(status, message) => Answer::own(status, &message),
            Early::Plain(index) => {
                let plain = &contract.plain_answers()[index];
                let mut outcome = Outcome::new(Ending::Plain, plain.status(), None);
                outcome.clause = Some(Arc::clone(plain.clause()));
                Answer::new(None, Vec::new(), outcome)
            }
        }
    }

    /// The answer by the state of the instance, the faults, and the request.
    fn decide(&mut self, body: Kept<'_>) -> Answer {
        let emulation = self.emulation;
        let contract = &emulation.contract;
        if let Some(answer) = self.possible(false) {
            return answer;
        }
        if let Some(case) = self.turn.forced.as_deref().and_then(|slug| contract.error_case(slug)) {
            return self.error(case, None);
        }
        let too_large = Condition::BodyAbove(emulation.body_limit);
        let verdict = match body {
            Kept::TooLarge if !self.ignored(&too_large) => return self.refuse(&too_large, None),
            Kept::Whole(bytes) => {
                if bytes.len() as u64 > emulation.body_limit {
                    self.ignored(&too_large);
                }
                self.judge(bytes)
            }
            Kept::TooLarge | Kept::CutOff | Kept::Unread => Err(Refusal::of(Condition::InvalidRequest, None)),
        };
        for case in contract.errors() {
            let applies = match (case.condition(), &verdict) {
                (Condition::Instance(wanted), _) => *wanted == self.turn.state,
                (condition, Err(refusal)) => *condition == refusal.condition,
                _ => false,
            };
            if applies && !self.ignored(case.condition()) {
                return self.error(case, verdict.err().and_then(|refusal| refusal.violations));
            }
        }
        self.possible(true).unwrap_or_else(|| self.succeed())
    }

    /// What is wrong with the request, after faults had their say.
    fn judge(&self, body: &[u8]) -> Result<(), Refusal> {
        let contract = &self.emulation.contract;
        let content_type = self.headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        let judged = contract
            .request_content_type(content_type)
            .map_err(|violation: Violation| Violations::from(violation))
            .and_then(|()| contract.request(body).map(drop));
        match judged {
            Ok(()) => {
                let (path, query) = match self.line.target.split_once('?') {
                    Some((path, query)) => (path, Some(query)),
                    None => (self.line.target, None),
                };
                let parts = RequestParts { path, query, content_type, body };
                let strict = self.strikes(|fault| fault.content().is_some_and(|fault| fault.refuses(parts)));
                strict.map_or(Ok(()), |fault| {
                    let of_path = fault.content().is_some_and(|fault| fault.clause().part() == Part::Path);
                    let condition = if of_path { Condition::OtherPath } else { Condition::InvalidRequest };
                    Err(Refusal::of(condition, None))
                })
            }
            Err(violations) => {
                let lenient =
                    self.strikes(|fault| fault.content().is_some_and(|fault| fault.accepts(&violations)));
                if lenient.is_some() {
                    return Ok(());
                }
                Err(Refusal::of(Condition::InvalidRequest, Some(Box::new(violations))))
            }
        }
    }

    /// The error that is the answer under a condition.
    fn refuse(&self, condition: &Condition, violations: Option<Box<Violations>>) -> Answer {
        match self.emulation.contract.error_when(condition) {
            Some(case) => self.error(case, violations),
            // Only a body can be too large without an error of the contract for it.
            None => Answer::own(413, "the body is larger than this endpoint reads"),
        }
    }

    fn error(&self, case: &ErrorCase, violations: Option<Box<Violations>>) -> Answer {
        let emulation = self.emulation;
        let timestamp = self.changing.clock.now(case.example_timestamp().unwrap_or_default());
        let body = case.body(self.line.method, self.line.target, &timestamp);
        let index = emulation.contract.errors().iter().position(|known| std::ptr::eq(known, case));
        let slug =
            index.map_or_else(|| case.slug().into(), |index| Arc::clone(&emulation.error_names[index]));
        let mut outcome = Outcome::new(Ending::Error(slug), case.status(), None);
        outcome.clause = Some(Arc::clone(case.clause()));
        outcome.violations = violations;
        let content_type = body.as_ref().map(|_| emulation.contract.media_type(Body::Error).to_owned());
        Answer::new(content_type, body.map(|body| json(&body)).unwrap_or_default(), outcome)
    }

    /// The possible answer that a fault asks for, of those that make a group or of those that do not.
    fn possible(&self, makes_group: bool) -> Option<Answer> {
        let contract = &self.emulation.contract;
        let (index, answer) = self.turn.faults.iter().find_map(|fault| match fault.effect() {
            Effect::Possible(index) => {
                let answer: &PossibleAnswer = contract.possible_answers().get(*index)?;
                (answer.makes_group() == makes_group).then_some((*index, answer))
            }
            _ => None,
        })?;
        if makes_group {
            self.make();
        }
        let timestamp = self.changing.clock.now(answer.example_timestamp().unwrap_or_default());
        let body = answer.body(self.line.method, self.line.target, &timestamp);
        let slug = Arc::clone(&self.emulation.possible_names[index]);
        let mut outcome = Outcome::new(Ending::Possible(slug), answer.status(), None);
        outcome.made_group = makes_group;
        Some(Answer::new(answer.media_type().map(str::to_owned), body, outcome))
    }

    fn succeed(&self) -> Answer {
        let contract = &self.emulation.contract;
        let example = self.turn.faults.iter().find_map(|fault| match fault.effect() {
            Effect::Example(index) => {
                let example = contract.examples(Body::Response).get(*index)?;
                Some((example, contract.response(example.body().as_bytes()).ok()?))
            }
            _ => None,
        });
        let (status, clause) = contract.success();
        let (body, ending) = match example {
            Some((example, group)) if !group.created() => {
                (example.body().as_bytes().to_vec(), Ending::NotCreated)
            }
            // What is empty in the example is empty; all else is made.
            Some((_, example)) => {
                let made = self.make();
                let link = Some(made.group_invite_link()).filter(|_| !example.group_invite_link().is_empty());
                let group = Group::new(made.chat_id().clone(), link.cloned().unwrap_or_else(|| "".into()));
                (json(&group), Ending::Created)
            }
            None => (json(&self.make()), Ending::Created),
        };
        let mut outcome = Outcome::new(ending, status, None);
        outcome.made_group = outcome.ending == Ending::Created;
        outcome.clause = Some(Arc::clone(clause));
        Answer::new(Some(contract.media_type(Body::Response).to_owned()), body, outcome)
    }

    fn make(&self) -> Group {
        let mint = &self.changing.mint;
        match &self.instance {
            Some(instance) => {
                instance.make(self.emulation.settings.groups_kept, |nth| mint.group(instance.id(), nth))
            }
            // A fault took a path for that of the method, and the instance in it is none.
            None => mint.group(self.id.unwrap_or(InstanceId::new(0)), 0),
        }
    }

    /// What faults make of an answer that is decided.
    fn apply_faults(&mut self, answer: &mut Answer) {
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
                answer.content_type = Some("text/plain; charset=utf-8".to_owned());
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
                let mut parts = AnswerParts {
                    status: answer.status,
                    content_type: answer.content_type.take(),
                    body: std::mem::take(&mut answer.body),
                };
                let changed = content.change(kind, &mut parts);
                (answer.status, answer.content_type, answer.body) =
                    (parts.status, parts.content_type, parts.body);
                return changed || self.struck.borrow().contains(fault);
            }
        }
        true
    }

    /// Puts the call into the journal.
    fn record(&self, answer: &mut Answer, body: Kept<'_>, depended: bool) {
        let emulation = self.emulation;
        let settings = &emulation.settings;
        let path = masking::path(&emulation.contract, self.line.target, self.line.token);
        let secrets = Secrets::of(&emulation.contract, self.line.target, self.line.token);
        let head = Head { method: self.line.method, path, headers: self.headers, secrets };
        let time = self.changing.clock.timestamp(emulation.example_time);
        let instances = emulation.instance_count();
        let next = || emulation.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let limits = &settings.journal;
        if let Some(instance) = &self.instance {
            let mut inner = instance.lock();
            let number = next();
            if let (true, Kept::Whole(bytes)) = (depended && !settings.retry_window.is_zero(), body) {
                let invited = self.invites(&answer.outcome);
                let at = emulation.started.elapsed();
                answer.suspected_retry_of =
                    inner.retries.note(bytes, number, at, settings.retry_window, invited);
            }
            let entry = Entry::new(number, time, &head, body, answer, limits.mask_phones);
            emulation.metrics.count(&entry);
            inner.journal.keep(Arc::new(entry), limits, instances);
        } else {
            let mut stray = emulation.stray();
            let entry = Entry::new(next(), time, &head, body, answer, limits.mask_phones);
            emulation.metrics.count(&entry);
            stray.keep(Arc::new(entry), limits, 1);
        }
        emulation.recorded.tell();
    }

    /// Whether the answer asks to send the same call again.
    fn invites(&self, outcome: &Outcome) -> bool {
        let Ending::Error(slug) = &outcome.ending else { return false };
        let case = self.emulation.contract.error_case(slug);
        case.is_some_and(|case| case.repeat() == Repeat::Later)
    }
}

/// Why a request is refused.
struct Refusal {
    condition: Condition,
    violations: Option<Box<Violations>>,
}

impl Refusal {
    fn of(condition: Condition, violations: Option<Box<Violations>>) -> Self {
        Self { condition, violations }
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

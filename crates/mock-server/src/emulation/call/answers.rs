//! What decides an answer: the state of the instance, the faults, and the request.

use std::sync::Arc;

use greenapi_model::{
    Body, Condition, ErrorCase, Group, InstanceId, Part, PossibleAnswer, RequestParts, Violation, Violations,
};
use http::header::CONTENT_TYPE;

use super::{Call, Early, LARGER, Moment};
use crate::emulation::json;
use crate::fault::Effect;
use crate::journal::Kept;
use crate::journal::masking::Target;
use crate::outcome::{Answer, Ending, Outcome};

impl Call<'_> {
    pub(super) fn early_answer(&self, early: Early, moment: &Moment<'_>) -> Answer {
        let contract = &self.emulation.contract;
        match early {
            Early::Error(condition, violations) => self.refuse(&condition, violations, moment),
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
    pub(super) fn decide(&self, body: Kept<'_>, moment: &mut Moment<'_>) -> Answer {
        let emulation = self.emulation;
        let contract = &emulation.contract;
        if let Some(case) = self.turn.forced.as_deref().and_then(|slug| contract.error_case(slug)) {
            return self.error(case, None, moment);
        }
        if let Some(answer) = self.possible(false, moment) {
            return answer;
        }
        let too_large = Condition::BodyAbove(emulation.body_limit);
        let verdict = match body {
            Kept::TooLarge if !self.ignored(&too_large) => return self.refuse(&too_large, None, moment),
            Kept::Whole(bytes) => {
                if bytes.len() as u64 > emulation.body_limit {
                    self.ignored(&too_large);
                }
                self.judge(bytes)
            }
            Kept::TooLarge | Kept::CutOff | Kept::Unread | Kept::Omitted => {
                Err(Refusal::of(Condition::InvalidRequest, None))
            }
        };
        for case in contract.errors() {
            let applies = match (case.condition(), &verdict) {
                (Condition::Instance(wanted), _) => *wanted == self.turn.state,
                (condition, Err(refusal)) => *condition == refusal.condition,
                _ => false,
            };
            if applies && !self.ignored(case.condition()) {
                return self.error(case, verdict.err().and_then(|refusal| refusal.violations), moment);
            }
        }
        self.possible(true, moment).unwrap_or_else(|| self.succeed(moment))
    }

    /// What is wrong with the request, after faults had their say.
    fn judge(&self, body: &[u8]) -> Result<(), Refusal> {
        let contract = &self.emulation.contract;
        // One that comes twice has to be right both times, as nobody can tell which one is meant.
        let mut content_types = self.headers.values(CONTENT_TYPE);
        let content_type = content_types.next();
        let judged = contract
            .request_content_type(content_type)
            .and_then(|()| content_types.try_for_each(|other| contract.request_content_type(Some(other))))
            .map_err(|violation: Violation| Violations::from(violation))
            .and_then(|()| contract.request(body).map(drop));
        match judged {
            Ok(()) => {
                let Target { path, query, .. } = self.line.target;
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
    fn refuse(
        &self,
        condition: &Condition,
        violations: Option<Box<Violations>>,
        moment: &Moment<'_>,
    ) -> Answer {
        match self.emulation.contract.error_when(condition) {
            Some(case) => self.error(case, violations, moment),
            // Only a body can be too large without an error of the contract for it.
            None => Answer::own(413, LARGER),
        }
    }

    fn error(&self, case: &ErrorCase, violations: Option<Box<Violations>>, moment: &Moment<'_>) -> Answer {
        let emulation = self.emulation;
        let timestamp = moment.changing.clock.now(case.example_timestamp().unwrap_or_default());
        let body = case.body(self.line.method, self.line.target.whole, &timestamp);
        let index = emulation.contract.errors().iter().position(|known| std::ptr::eq(known, case));
        let slug =
            index.map_or_else(|| case.slug().into(), |index| Arc::clone(&emulation.error_names[index]));
        let mut outcome = Outcome::new(Ending::Error(slug), case.status(), None);
        outcome.clause = Some(Arc::clone(case.clause()));
        outcome.violations = violations;
        let content_type = body.as_ref().and_then(|_| emulation.error_type.clone());
        Answer::new(content_type, body.map(|body| json(&body)).unwrap_or_default(), outcome)
    }

    /// The possible answer that a fault asks for, of those that make a group or of those that do not.
    fn possible(&self, makes_group: bool, moment: &mut Moment<'_>) -> Option<Answer> {
        let contract = &self.emulation.contract;
        let (index, answer) = self.turn.faults.iter().find_map(|fault| match fault.effect() {
            Effect::Possible(index) => {
                let answer: &PossibleAnswer = contract.possible_answers().get(*index)?;
                (answer.makes_group() == makes_group).then_some((*index, answer))
            }
            _ => None,
        })?;
        if makes_group {
            self.make(moment);
        }
        let timestamp = moment.changing.clock.now(answer.example_timestamp().unwrap_or_default());
        let body = answer.body(self.line.method, self.line.target.whole, &timestamp);
        let slug = Arc::clone(&self.emulation.possible_names[index]);
        let mut outcome = Outcome::new(Ending::Possible(slug), answer.status(), None);
        outcome.made_group = makes_group;
        Some(Answer::new(answer.media_type().and_then(|value| value.try_into().ok()), body, outcome))
    }

    fn succeed(&self, moment: &mut Moment<'_>) -> Answer {
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
                let (id, nth) = self.make(moment);
                let made = moment.changing.mint.group(id, nth);
                let link = Some(made.group_invite_link()).filter(|_| !example.group_invite_link().is_empty());
                let group = Group::new(made.chat_id().clone(), link.cloned().unwrap_or_else(|| "".into()));
                (json(&group), Ending::Created)
            }
            None => {
                let (id, nth) = self.make(moment);
                (moment.changing.mint.body(id, nth), Ending::Created)
            }
        };
        let mut outcome = Outcome::new(ending, status, None);
        outcome.made_group = outcome.ending == Ending::Created;
        outcome.clause = Some(Arc::clone(clause));
        Answer::new(self.emulation.success_type.clone(), body, outcome)
    }

    /// Makes a group, and says whose it is and which one.
    fn make(&self, moment: &mut Moment<'_>) -> (InstanceId, u64) {
        let nth = moment.make(self.emulation.settings.groups_kept);
        // A fault may have taken a path for that of the method, and then there is no instance.
        (self.id.unwrap_or(InstanceId::new(0)), nth.unwrap_or_default())
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

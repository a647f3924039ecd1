use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use greenapi_model::{
    Body, Clause, Condition, Contract, ErrorCase, Group, InstanceId, InstanceState, Violation, Violations,
};

use crate::clock::Clock;
use crate::instance::{Behaviour, Groups, Instance};
use crate::instances::Instances;
use crate::mint::Mint;
use crate::outcome::{Answer, Outcome};
use crate::test_instances::{TestInstance, test_instances};

/// The method as the contract has it, with the state of its instances: what a server asks for an answer.
///
/// It knows nothing of sockets. [`Emulation::open`] judges path and method, [`Call::answer`] the body.
///
/// ```
/// use greenapi_mock_server::Emulation;
/// use greenapi_model::Contract;
///
/// let emulation = Emulation::new(Contract::default())?;
/// let call = emulation.open("POST", "/waInstance1101000001/createGroup/any-token").unwrap();
/// let answer = call.answer(None, br#"{"groupName": "Hiking", "phones": [79001234567]}"#);
/// assert_eq!(answer.status, 200);
/// assert_eq!(answer.outcome.clause().map(|clause| clause.id().to_owned()), Some("response.200".to_owned()));
/// # Ok::<(), greenapi_mock_server::Unemulable>(())
/// ```
#[derive(Debug)]
pub struct Emulation {
    contract: Contract,
    instances: Instances,
    chat_id: Mint,
    link: Mint,
    clock: Clock,
    groups_kept: usize,
    body_limit: u64,
}

/// A body beyond this is too large where the contract has no limit of its own.
const BODY_LIMIT: u64 = 1 << 20;

/// So many groups of so many instances are made to see whether they keep the contract.
const SAMPLES: u64 = 8;

/// How an emulation is set up. Each has a default.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Decides ids and links. The same seed gives the same ones.
    pub seed: u64,
    /// Where the time in an answer comes from.
    pub clock: Clock,
    /// How many instances there may be. A call to one more is answered with 503.
    pub most_instances: usize,
    /// How many groups of each instance are kept, the latest.
    pub groups_kept: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 0, clock: Clock::default(), most_instances: 100_000, groups_kept: 100 }
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
        let mint = |member: &str| {
            let places = contract.variations(Body::Response, member);
            places.map(|places| Mint::new(places, settings.seed)).ok_or_else(|| {
                Unemulable(format!("the contract has no example of a response with `{member}`"))
            })
        };
        let (chat_id, link) = (mint("chatId")?, mint("groupInviteLink")?);
        sample(&contract, &chat_id, &link)?;
        let body_limit = contract.errors().iter().find_map(|case| match case.condition() {
            Condition::BodyAbove(bytes) => Some(*bytes),
            _ => None,
        });
        let emulation = Self {
            instances: Instances::new(settings.most_instances),
            chat_id,
            link,
            clock: settings.clock,
            groups_kept: settings.groups_kept,
            body_limit: body_limit.unwrap_or(BODY_LIMIT),
            contract,
        };
        for instance in emulation.test_instances() {
            emulation.set_instance(instance.id, instance.behaviour)?;
        }
        Ok(emulation)
    }

    /// The test instances that are there: those in states for which the contract has an answer.
    #[must_use]
    pub fn test_instances(&self) -> Vec<TestInstance> {
        let known = self.states();
        let answered =
            |instance: &TestInstance| instance.behaviour.states().all(|state| known.contains(&state));
        test_instances().into_iter().filter(answered).collect()
    }

    /// Sets an instance up, in place of one that there may have been, with no groups.
    ///
    /// # Errors
    ///
    /// [`Unemulable`] if the contract does not say how the method answers in one of the states, or if no instance can have
    /// that id.
    pub fn set_instance(&self, id: InstanceId, behaviour: Behaviour) -> Result<(), Unemulable> {
        self.contract
            .instance(id)
            .map_err(|violation| Unemulable(format!("the instance {id}: {violation}")))?;
        let known = self.states();
        if let Some(state) = behaviour.states().find(|state| !known.contains(state)) {
            let known: Vec<_> = known.iter().map(|state| state.as_str()).collect();
            return Err(Unemulable(format!(
                "the contract {} does not say how createGroup answers in the state `{state}`; it does for {}",
                self.contract.edition(),
                known.join(", ")
            )));
        }
        self.instances.set(id, behaviour);
        Ok(())
    }

    /// The states for which the contract has an answer.
    fn states(&self) -> Vec<&InstanceState> {
        let errors = self.contract.errors().iter().filter_map(|case| match case.condition() {
            Condition::Instance(state) => Some(state),
            _ => None,
        });
        [&InstanceState::Authorized].into_iter().chain(errors).collect()
    }

    /// The groups of an instance: none if it was never called.
    #[must_use]
    pub fn groups(&self, id: InstanceId) -> Groups {
        self.instances.find(id).map(|instance| instance.groups()).unwrap_or_default()
    }

    /// The contract that is emulated.
    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The most bytes that a body may have.
    #[must_use]
    pub fn body_limit(&self) -> u64 {
        self.body_limit
    }

    /// Whether answers may have a `Date`: only if the clock tells the real time.
    pub(crate) fn has_real_time(&self) -> bool {
        self.clock.is_real()
    }

    /// Judges path and method, before the body is read. `target` is the path with the query, as it was sent.
    ///
    /// # Errors
    ///
    /// The answer, where it does not depend on the body.
    pub fn open<'c>(&'c self, method: &'c str, target: &'c str) -> Result<Call<'c>, Box<Answer>> {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let request = RequestLine { method, target };
        let address = self.contract.address(path).map_err(|violation| {
            Box::new(self.refuse(&Condition::OtherPath, request, None, Some(violation.into())))
        })?;
        let id = address.instance();
        if method == self.contract.method() {
            return Ok(Call { emulation: self, request, id });
        }
        let plain = self.contract.plain_answers().iter().find(|answer| answer.method() == method);
        Err(Box::new(match plain {
            Some(plain) => Answer {
                status: plain.status(),
                content_type: None,
                body: Vec::new(),
                outcome: Outcome::Plain { clause: Arc::clone(plain.clause()) },
            },
            None => self.refuse(&Condition::OtherMethod, request, Some(id), None),
        }))
    }

    /// The error that is the answer under a condition.
    fn refuse(
        &self,
        condition: &Condition,
        request: RequestLine<'_>,
        instance: Option<InstanceId>,
        violations: Option<Violations>,
    ) -> Answer {
        match self.contract.error_when(condition) {
            Some(case) => self.error(case, request, instance, violations),
            // Only a body can be too large without an error of the contract for it.
            None => Answer::beyond_a_limit(413, "the body is larger than this endpoint reads"),
        }
    }

    fn error(
        &self,
        case: &ErrorCase,
        request: RequestLine<'_>,
        instance: Option<InstanceId>,
        violations: Option<Violations>,
    ) -> Answer {
        let timestamp = self.clock.now(case.example_timestamp().unwrap_or_default());
        let body = case.body(request.method, request.target, &timestamp);
        Answer {
            status: case.status(),
            content_type: body.as_ref().map(|_| self.contract.media_type(Body::Error).to_owned()),
            body: body.map(|body| json(&body)).unwrap_or_default(),
            outcome: Outcome::Error {
                slug: case.slug().to_owned(),
                clause: Arc::clone(case.clause()),
                instance,
                violations,
            },
        }
    }
}

#[derive(Clone, Copy)]
struct RequestLine<'c> {
    method: &'c str,
    /// It holds the token.
    target: &'c str,
}

/// A call whose path and method are those of the method: its answer depends on the instance and the body.
pub struct Call<'c> {
    emulation: &'c Emulation,
    request: RequestLine<'c>,
    id: InstanceId,
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Call").field("instance", &self.id).finish_non_exhaustive()
    }
}

impl Call<'_> {
    /// The answer to a body that has more bytes than [`Emulation::body_limit`].
    #[must_use]
    pub fn too_large(&self) -> Answer {
        let condition = Condition::BodyAbove(self.emulation.body_limit);
        self.emulation.refuse(&condition, self.request, Some(self.id), None)
    }

    /// The answer to a body that ended before its announced end. It is not valid, whatever has come of it.
    #[must_use]
    pub fn cut_off(&self) -> Answer {
        self.decide(|| Err(None))
    }

    /// The answer to a body: a group, or the first error of the contract that applies.
    #[must_use]
    pub fn answer(&self, content_type: Option<&[u8]>, body: &[u8]) -> Answer {
        if body.len() as u64 > self.emulation.body_limit {
            return self.too_large();
        }
        self.decide(|| self.judge(content_type, body).map_err(Some))
    }

    /// The answer by the state of the instance and what is said of the request: `Err` where it is not valid.
    fn decide(&self, verdict: impl FnOnce() -> Result<(), Option<Violations>>) -> Answer {
        let Self { emulation, request, id } = self;
        let Some(instance) = emulation.instances.find_or_make(*id) else {
            return Answer::beyond_a_limit(503, "this endpoint has as many instances as it may");
        };
        let state = instance.call();
        let verdict = verdict();
        for case in emulation.contract.errors() {
            let applies = match case.condition() {
                Condition::Instance(wanted) => *wanted == state,
                Condition::InvalidRequest => verdict.is_err(),
                _ => false,
            };
            if applies {
                return emulation.error(case, *request, Some(*id), verdict.err().flatten());
            }
        }
        self.make(&instance)
    }

    fn judge(&self, content_type: Option<&[u8]>, body: &[u8]) -> Result<(), Violations> {
        let contract = &self.emulation.contract;
        contract
            .request_content_type(content_type)
            .map_err(|violation: Violation| Violations::from(violation))?;
        contract.request(body).map(drop)
    }

    fn make(&self, instance: &Instance) -> Answer {
        let Self { emulation, .. } = self;
        let number = instance.id().number();
        let group = instance.make(emulation.groups_kept, |nth| {
            Group::new(emulation.chat_id.value(number, nth), emulation.link.value(number, nth))
        });
        let (status, clause) = emulation.contract.success();
        let clause: Arc<Clause> = Arc::clone(clause);
        Answer {
            status,
            content_type: Some(emulation.contract.media_type(Body::Response).to_owned()),
            body: json(&group),
            outcome: Outcome::Created { clause, instance: instance.id() },
        }
    }
}

/// Makes some groups to see whether they keep the contract: an example and a pattern may vary less than it seems.
fn sample(contract: &Contract, chat_id: &Mint, link: &Mint) -> Result<(), Unemulable> {
    let mut seen = HashSet::new();
    for (instance, nth) in (0..SAMPLES).flat_map(|instance| (0..SAMPLES).map(move |nth| (instance, nth))) {
        let group = Group::new(chat_id.value(instance, nth), link.value(instance, nth));
        if let Err(violations) = contract.response(&json(&group)) {
            let message = format!("a response made after the contract's example breaks it: {violations}");
            return Err(Unemulable(message));
        }
        for (member, clause) in contract.unique_members() {
            let value = match member {
                "chatId" => group.chat_id().as_str(),
                "groupInviteLink" => group.group_invite_link().as_str(),
                _ => continue,
            };
            if !seen.insert((member, value.to_owned())) {
                return Err(Unemulable(format!(
                    "the contract's first example of a response has too few places in `{member}` that may vary, so that \
                     two groups would have the same one, but {} ({clause})",
                    clause.sentence()
                )));
            }
        }
    }
    Ok(())
}

/// Bodies are made of texts, numbers and booleans, so that writing them to memory cannot fail.
fn json(body: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

/// Why a contract, or a state of an instance, cannot be emulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unemulable(String);

impl fmt::Display for Unemulable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unemulable {}

//! Sends cases, judges the answers, and keeps what is found.

mod explaining;
mod shrinking;

use std::sync::Arc;
use std::time::Duration;

use greenapi_model::{Body, Condition, Contract, ErrorCase, InstanceId, InstanceState, Part};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::case::{Case, Expected, Reply, Request};
use crate::event::{Event, Observe};
use crate::harness::Harness;
use crate::judge::{Findings, Judge, Problem};
use crate::ledger::Ledger;
use crate::replay::{Replay, Run};
use crate::report::{Agreement, Counterexample, Deviation, Latencies, Report, RunTimings};
use crate::states::StateChange;
use crate::text;
use crate::wire::Wire;

/// What is said where schema and model differ.
const DEFECT: &str = "a defect of this project and not of the target: the contract's JSON Schema and its reader differ on this body";

/// How many values a generator may reject before it finds one.
const TRIES: u32 = 10_000;

/// After so many cases in a row for which it finds none, it is not asked again.
const MISSES: u32 = 20;

/// After so many cases in a row without an answer a phase ends, as each of them may take as long as the client waits.
const SILENCES: u32 = 3;

pub(crate) struct Gauge<'r> {
    pub(crate) harness: &'r Harness,
    pub(crate) contract: &'r Contract,
    pub(crate) wire: &'r Wire<'r>,
    /// The authorized instance.
    pub(crate) instance: InstanceId,
    /// Which of the contract's examples the target takes.
    example: Option<usize>,
    /// The state that the instance of the cases is in.
    pub(crate) state: InstanceState,
    pub(crate) ledger: Ledger,
    pub(crate) judge: Judge<'r>,
    pub(crate) agreement: Agreement,
    pub(crate) deviations: Vec<Deviation>,
    observer: &'r mut dyn Observe,
    latencies: Latencies,
    silences: u32,
}

/// A case of which the answer breaks a clause.
#[derive(Clone)]
struct Found {
    case: Case,
    reply: Reply,
    problem: Problem,
}

impl<'r> Gauge<'r> {
    pub(crate) fn new(
        harness: &'r Harness,
        wire: &'r Wire<'r>,
        instance: InstanceId,
        observer: &'r mut dyn Observe,
    ) -> Self {
        let contract = &harness.contract;
        Self {
            harness,
            contract,
            wire,
            instance,
            example: None,
            state: InstanceState::Authorized,
            ledger: Ledger::new(contract),
            judge: Judge::new(contract),
            agreement: Agreement::default(),
            deviations: Vec::new(),
            observer,
            latencies: Latencies::default(),
            silences: 0,
        }
    }

    pub(crate) fn tell(&mut self, event: &Event<'_>) {
        self.observer.observe(event);
    }

    /// A call of the method on the authorized instance.
    pub(crate) fn call(&self, body: impl Into<bytes::Bytes>) -> Request {
        self.call_on(self.instance, body)
    }

    pub(crate) fn call_on(&self, instance: InstanceId, body: impl Into<bytes::Bytes>) -> Request {
        Request::call(self.contract, self.wire.target, instance, body)
    }

    /// The contract's first example that the target takes.
    pub(crate) fn example(&self) -> String {
        let example = self.contract.examples(Body::Request).get(self.example.unwrap_or_default());
        example.map_or_else(String::new, |example| example.body().to_owned())
    }

    /// Looks for an example that the target takes. What other cases are about is told from it: where it is not taken, they
    /// say nothing.
    pub(crate) async fn find_example(&mut self) {
        for (index, example) in self.contract.examples(Body::Request).iter().enumerate() {
            let request = self.call(example.body().as_bytes().to_vec());
            if self.is_success(&self.wire.send(&request).await) {
                self.example = Some(index);
                return;
            }
        }
    }

    pub(crate) fn takes_an_example(&self) -> bool {
        self.example.is_some()
    }

    pub(crate) fn is_success(&self, reply: &Reply) -> bool {
        reply.status() == Some(self.contract.success().0)
    }

    pub(crate) fn invalid_request(&self) -> Option<&'r ErrorCase> {
        self.contract.error_when(&Condition::InvalidRequest)
    }

    /// How many cases a phase that goes through the clauses generates for each: enough to come by each JSON type.
    pub(crate) fn cases_per_clause(&self) -> u32 {
        (self.harness.cases / 10).max(30)
    }

    /// Whether the case is one of this run.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.harness.only_case.as_deref().is_none_or(|only| only == id)
    }

    /// Whether a case of which the id begins so is one of this run.
    pub(crate) fn wants_some(&self, prefix: &str) -> bool {
        self.harness.only_case.as_deref().is_none_or(|only| only.starts_with(prefix))
    }

    /// Whether the phase goes on: the target answers, and there is time.
    pub(crate) fn goes_on(&self) -> bool {
        self.silences < SILENCES && self.wire.is_over().is_none()
    }

    /// Nothing came back.
    pub(crate) fn silence(&mut self) {
        self.silences += 1;
    }

    /// After a phase in which nothing came any more, the next one has a single case to see whether something does.
    pub(crate) fn begin_phase(&mut self) {
        self.silences = self.silences.min(SILENCES - 1);
    }

    pub(crate) fn into_report(
        mut self,
        phases: Vec<(&'static str, u64, Duration)>,
        first_look: Option<Duration>,
    ) -> Report {
        if let Some(over) = self.wire.is_over() {
            for clause in self.contract.clauses() {
                self.ledger.not_checked(clause.id(), over.clone());
            }
        }
        let mut report = Report {
            edition: self.contract.edition().to_owned(),
            title: self.contract.title().to_owned(),
            url: self.wire.target.masked(&self.wire.target.url),
            instance: self.instance.to_string(),
            seed: self.harness.seed,
            cases: self.harness.cases,
            sent: self.wire.sent(),
            groups: self.judge.groups,
            timings: RunTimings {
                total: self.wire.elapsed(),
                first_look,
                median: self.latencies.percentile(50),
                p99: self.latencies.percentile(99),
                phases,
            },
            results: self.ledger.into_results(),
            deviations: self.deviations,
            agreement: self.agreement.clone(),
            problems: self.agreement.defect.iter().map(|body| format!("{DEFECT}: {body}")).collect(),
        };
        report.results.retain(|result| self.harness.selects(result.clause.id()));
        report
    }

    /// An endpoint of which no answer ever tells of a group keeps each clause and still makes none.
    pub(crate) async fn judge_groups(&mut self) {
        if self.judge.readable == 0 || self.judge.groups > 0 {
            return;
        }
        let (status, clause) = self.contract.success();
        let request = self.call(self.example());
        let case = Case { id: "examples/0".to_owned(), request, expected: Expected::Success(None) };
        let reply = self.wire.send(&case.request).await;
        let mut findings = Findings::default();
        let count = self.judge.readable;
        findings
            .fail(clause, format!("none of {count} answers with {status} tells of a group that was made"));
        for problem in findings.broken {
            self.record(&case, &reply, &problem);
        }
    }

    /// Sends one case that nobody generated, and notes what is found.
    pub(crate) async fn one(&mut self, case: Case) -> Reply {
        if !self.wants(&case.id) || !self.goes_on() {
            return Reply::Withheld("it is no case of this run".to_owned());
        }
        let (reply, findings) = self.judged(&case).await;
        self.note(&case, &reply, findings).await;
        reply
    }

    /// Sends generated cases.
    ///
    /// Each case has its own part of the chance, by its id, so that it is the same whatever other cases there are.
    pub(crate) async fn many<T: std::fmt::Debug>(
        &mut self,
        name: &str,
        cases: u32,
        strategy: &BoxedStrategy<T>,
        make: impl Fn(&T) -> (Request, Expected),
    ) {
        if !self.wants_some(&format!("{name}/")) {
            return;
        }
        let config = Config { max_local_rejects: TRIES, failure_persistence: None, ..Config::default() };
        let mut misses = 0;
        for index in 0..cases {
            let id = format!("{name}/{index}");
            if !self.wants(&id) {
                continue;
            }
            if !self.goes_on() {
                return;
            }
            let mut runner = TestRunner::new_with_rng(config.clone(), self.chance(&id));
            let Ok(tree) = strategy.new_tree(&mut runner) else {
                misses += 1;
                if misses == MISSES {
                    return;
                }
                continue;
            };
            misses = 0;
            let (request, expected) = make(&tree.current());
            let case = Case { id, request, expected };
            let (reply, findings) = self.judged(&case).await;
            self.note(&case, &reply, findings).await;
        }
    }

    /// Sends a case and judges its answer.
    pub(crate) async fn judged(&mut self, case: &Case) -> (Reply, Findings) {
        let reply = self.wire.send(&case.request).await;
        let findings = self.judge(case, &reply);
        (reply, findings)
    }

    /// Judges the answer to a case.
    pub(crate) fn judge(&mut self, case: &Case, reply: &Reply) -> Findings {
        match reply {
            Reply::Answer(answer) => {
                self.silences = 0;
                self.latencies.add(answer.took);
            }
            Reply::Nothing(_) => self.silence(),
            Reply::Withheld(why) => self.withheld(&case.expected, why),
        }
        if !reply.is_withheld() {
            let clause = case.expected.clause();
            let (case, status) = (case.id.as_str(), reply.status());
            let body = match reply {
                Reply::Answer(answer) => &answer.body[..],
                _ => &[],
            };
            self.observer.observe(&Event::Answer { case, clause, status, body });
        }
        let request = &case.request;
        // A body that is too large is not read, so nothing else can be the answer.
        let too_large = self.too_large(request);
        match (&case.expected, too_large) {
            (Expected::Success(_) | Expected::Error(_), Some(error)) => {
                self.judge.error(error, request, reply)
            }
            (Expected::Refused(clause, _), Some(error)) => self.judge.refused(clause, error, request, reply),
            (Expected::Success(near), None) => {
                // Where no request is taken, none says anything of what it is near to.
                self.judge.success(near.as_ref().filter(|_| self.takes_an_example()), reply)
            }
            (Expected::Error(error), None) => self.judge.error(error, request, reply),
            (Expected::Refused(clause, error), None) => {
                // One that is known not to be enforced explains why such a request is accepted.
                let violations = self.contract.request(&request.body).err();
                let mut broken = violations.iter().flatten().map(greenapi_model::Violation::clause);
                let known = broken.find(|one| {
                    clause.part() == Part::Request && self.ledger.counterexample(one.id()).is_some()
                });
                self.judge.refused(known.unwrap_or(clause), error, request, reply)
            }
            (Expected::Plain(plain), _) => self.judge.plain(plain, reply),
        }
    }

    /// The error that a request gets for the size of its body.
    fn too_large(&self, request: &Request) -> Option<&'r ErrorCase> {
        let size = request.body.len() as u64;
        self.contract
            .errors()
            .iter()
            .find(|error| matches!(error.condition(), Condition::BodyAbove(most) if size > *most))
    }

    /// Says of the clauses that a case is about why they were not checked by it.
    fn withheld(&mut self, expected: &Expected, why: &str) {
        match expected {
            Expected::Success(_) => {
                self.ledger.part_not_checked(Part::Response, why);
                self.ledger.not_checked("path.ignore-case", why);
            }
            Expected::Error(error) => self.ledger.not_checked(error.clause().id(), why),
            Expected::Refused(clause, error) => {
                self.ledger.not_checked(clause.id(), why);
                self.ledger.not_checked(error.clause().id(), why);
                self.ledger.part_not_checked(Part::Error, why);
            }
            Expected::Plain(plain) => self.ledger.not_checked(plain.clause().id(), why),
        }
    }

    /// Counts what was found in an answer, and records what is broken, by the smallest request that shows it.
    pub(crate) async fn note(&mut self, case: &Case, reply: &Reply, findings: Findings) {
        self.ledger.count(&case.expected, &findings);
        for problem in findings.broken {
            let is_known = |gauge: &Self, problem: &Problem| {
                gauge.ledger.is_broken(problem.clause.id(), problem.evidence)
            };
            if is_known(self, &problem) {
                continue;
            }
            let found = self.explained(Found { case: case.clone(), reply: reply.clone(), problem }).await;
            if is_known(self, &found.problem) {
                continue;
            }
            let Found { case, reply, problem } = self.smallest(found).await;
            self.record(&case, &reply, &problem);
        }
    }

    pub(crate) fn record(&mut self, case: &Case, reply: &Reply, problem: &Problem) {
        let target = self.wire.target;
        let id = problem.clause.id();
        if self.ledger.is_broken(id, problem.evidence) {
            return;
        }
        let run = Run { contract: self.contract, target, seed: self.harness.seed, instance: self.instance };
        let counterexample = Counterexample {
            case: case.id.clone(),
            // It may name a member of the answer, which is the target's own text.
            found: target.masked(&problem.found),
            evidence: problem.evidence,
            expected: self.in_words(&case.expected),
            request: text::request(&case.request, target),
            answer: text::reply(reply, target),
            replay: Replay::of(case, id, &self.state, &run),
            url: target.masked(&target.url),
        };
        if self.harness.selects(id) {
            let clause = Arc::clone(&problem.clause);
            self.tell(&Event::Broken { clause: &clause, counterexample: &counterexample });
        }
        self.ledger.broken(id, counterexample);
    }

    /// What the answer has to be, in words.
    fn in_words(&self, expected: &Expected) -> String {
        let error = |error: &ErrorCase| match error.identifier() {
            Some(identifier) => format!("{} with `{identifier}`", error.status()),
            None => format!("{} with an empty body", error.status()),
        };
        match expected {
            Expected::Success(_) => format!("{} with a group", self.contract.success().0),
            Expected::Error(case) => error(case),
            Expected::Refused(clause, case) => {
                format!("{}, as the request breaks this: {}", error(case), clause.sentence())
            }
            Expected::Plain(plain) => format!("{} with an empty body", plain.status()),
        }
    }

    /// Brings an instance into a state, where the target can be asked for that.
    pub(crate) async fn set_state(
        &mut self,
        instance: InstanceId,
        state: &InstanceState,
    ) -> Result<(), String> {
        let Some(states) = &self.wire.target.states else {
            return Err(format!("no instance is named that is {state}, and no way to bring one there"));
        };
        if let Some(over) = self.wire.is_over() {
            return Err(over);
        }
        // A server that serves one connection at a time would wait for the end of the one that is kept.
        self.wire.hang_up();
        let change = StateChange { instance, state: state.clone(), teardown: false };
        self.observer.observe(&Event::State(&change));
        states.set(&change).await.map_err(|why| self.wire.target.masked(&why))
    }

    /// Lets the instance be as it was.
    pub(crate) async fn tear_down(&mut self) {
        if let Some(states) = &self.wire.target.states {
            self.wire.hang_up();
            let (instance, state) = (self.instance, InstanceState::Authorized);
            // There is nobody left to whom a failure would matter.
            let _ = states.set(&StateChange { instance, state, teardown: true }).await;
        }
    }

    /// The part of the chance that belongs to a name: the seed and the name as a key.
    pub(crate) fn chance(&self, name: &str) -> TestRng {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.harness.seed.to_le_bytes());
        // FNV-1a, by Fowler, Noll and Vo: names differ, so their keys do.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        key[8..16].copy_from_slice(&hash.to_le_bytes());
        TestRng::from_seed(RngAlgorithm::ChaCha, &key)
    }
}

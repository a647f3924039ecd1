//! Sends cases, judges the answers, and makes a counterexample small.

use greenapi_model::{Condition, Contract, ErrorCase, PlainAnswer};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::case::{Case, Reply, Wire};
use crate::harness::Harness;
use crate::judge::{Findings, Judge, Problem};
use crate::ledger::Ledger;
use crate::report::{Agreement, Counterexample, Report};

/// How many smaller cases are tried for one counterexample.
const SHRINKS: u32 = 2_000;

/// How many values a generator may reject before it finds one.
const TRIES: u32 = 10_000;

/// After so many cases in a row for which it finds none, it is not asked again.
const MISSES: u32 = 20;

/// After so many cases in a row without an answer a phase ends, as each of them may take as long as the client waits.
const SILENCES: u32 = 3;

pub(crate) struct Gauge<'r> {
    pub(crate) contract: &'r Contract,
    pub(crate) wire: &'r Wire<'r>,
    pub(crate) ledger: Ledger,
    pub(crate) judge: Judge<'r>,
    pub(crate) agreement: Agreement,
    pub(crate) cases: u32,
    seed: u64,
    sent: u64,
}

/// What the answer to a case has to be.
#[derive(Clone, Copy)]
pub(crate) enum Expected<'c> {
    Success,
    Error(&'c ErrorCase),
    Plain(&'c PlainAnswer),
}

impl<'r> Gauge<'r> {
    pub(crate) fn new(harness: &'r Harness, wire: &'r Wire<'r>) -> Self {
        Self {
            contract: &harness.contract,
            wire,
            ledger: Ledger::new(harness.contract.clauses()),
            judge: Judge::new(&harness.contract),
            agreement: Agreement::default(),
            cases: harness.cases,
            seed: harness.seed,
            sent: 0,
        }
    }

    /// How many cases a phase that goes through the clauses generates for each: enough to come by each JSON type.
    pub(crate) fn cases_per_clause(&self) -> u32 {
        (self.cases / 10).max(30)
    }

    pub(crate) fn into_report(self) -> Report {
        Report {
            edition: self.contract.edition().to_owned(),
            url: self.wire.target.url.clone(),
            seed: self.seed,
            sent: self.sent,
            results: self.ledger.into_results(),
            agreement: self.agreement,
        }
    }

    /// Sends one case that nobody generated, and notes what is found.
    pub(crate) fn one(&mut self, case: &Case, expected: Expected<'_>) -> Reply {
        let (reply, findings) = self.judged(case, expected);
        self.note(case, &reply, findings);
        reply
    }

    /// Sends generated cases, and makes the first one that breaks a clause as small as it gets.
    ///
    /// `name` has its own part of the chance, so that a phase generates the same whatever others do.
    pub(crate) fn many<T: std::fmt::Debug>(
        &mut self,
        name: &str,
        cases: u32,
        strategy: &BoxedStrategy<T>,
        make: impl Fn(&T) -> Case,
        verify: impl Fn(&mut Self, &Case) -> (Reply, Findings),
    ) {
        let mut source = TestRunner::new_with_rng(Config::default(), self.chance(name));
        let config = Config { max_local_rejects: TRIES, ..Config::default() };
        let (mut misses, mut silences) = (0, 0);
        for _ in 0..cases {
            // A runner of its own for each case, as one runner allows so many tries for all its cases together.
            let mut runner = TestRunner::new_with_rng(config.clone(), source.new_rng());
            let Ok(mut tree) = strategy.new_tree(&mut runner) else {
                misses += 1;
                if misses == MISSES {
                    self.ledger.not_checked(name, "no case of it can be generated");
                    return;
                }
                continue;
            };
            misses = 0;
            let try_one = |gauge: &mut Self, value: &T| {
                let case = make(value);
                let (reply, findings) = verify(gauge, &case);
                gauge.ledger.count(&findings);
                (case, reply, findings)
            };
            let (case, reply, findings) = try_one(self, &tree.current());
            let silent = matches!(reply, Reply::Nothing(_));
            silences = if silent { silences + 1 } else { 0 };
            let new = findings.broken.into_iter().find(|problem| !self.ledger.is_broken(problem.clause.id()));
            if silences == SILENCES {
                return;
            }
            let Some(problem) = new else { continue };
            let mut smallest = (case, reply, problem);
            let mut left = if silent { 0 } else { SHRINKS };
            'smaller: while left > 0 && tree.simplify() {
                loop {
                    left = left.saturating_sub(1);
                    let (case, reply, findings) = try_one(self, &tree.current());
                    let same = |problem: &Problem| problem.clause.id() == smallest.2.clause.id();
                    if let Some(problem) = findings.broken.into_iter().find(same) {
                        smallest = (case, reply, problem);
                        break;
                    }
                    if left == 0 || !tree.complicate() {
                        break 'smaller;
                    }
                }
            }
            let (case, reply, problem) = smallest;
            self.record(&case, &reply, &problem);
        }
    }

    pub(crate) fn judged(&mut self, case: &Case, expected: Expected<'_>) -> (Reply, Findings) {
        let reply = self.send(case);
        // A body that is too large is not read, so nothing else can be the answer.
        let expected = self.too_large(case).map_or(expected, Expected::Error);
        let findings = match expected {
            Expected::Success => self.judge.success(&reply),
            Expected::Error(error) => self.judge.error(error, case, &reply),
            Expected::Plain(plain) => self.judge.plain(plain, &reply),
        };
        (reply, findings)
    }

    /// The error that a case gets for the size of its body.
    pub(crate) fn too_large(&self, case: &Case) -> Option<&'r ErrorCase> {
        let size = case.body().len() as u64;
        self.contract
            .errors()
            .iter()
            .find(|error| matches!(error.condition(), Condition::BodyAbove(most) if size > *most))
    }

    pub(crate) fn send(&mut self, case: &Case) -> Reply {
        self.sent += 1;
        self.wire.send(case)
    }

    /// Counts what was found in an answer, and records what is broken.
    pub(crate) fn note(&mut self, case: &Case, reply: &Reply, findings: Findings) {
        self.ledger.count(&findings);
        for problem in findings.broken {
            self.record(case, reply, &problem);
        }
    }

    fn record(&mut self, case: &Case, reply: &Reply, problem: &Problem) {
        let counterexample = Counterexample {
            // It may name a member of the answer, which is the target's own text.
            found: self.wire.target.masked(&problem.found),
            request: case.shown(self.wire.target),
            answer: reply.shown(self.wire.target),
        };
        self.ledger.broken(problem.clause.id(), counterexample);
    }

    /// The part of the chance that belongs to a name: the seed and the name as a key.
    fn chance(&self, name: &str) -> TestRng {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        // FNV-1a, by Fowler, Noll and Vo: names differ, so their keys do.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        key[8..16].copy_from_slice(&hash.to_le_bytes());
        TestRng::from_seed(RngAlgorithm::ChaCha, &key)
    }
}

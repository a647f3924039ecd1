use std::time::Duration;

use greenapi_model::{Contract, InstanceState};
use jiff::civil::Date;
use tokio::time::Instant;

use crate::event::{Event, Observe};
use crate::gauge::Gauge;
use crate::limits::{Limits, Live};
use crate::phase::Phase;
use crate::phases;
use crate::replay::Replay;
use crate::report::{AcceptedDeviations, Report};
use crate::snapshot::{self, Exchange};
use crate::target::{Target, TargetError};
use crate::wire::Wire;

/// Runs the checks of a contract against a target.
#[derive(Clone, Debug)]
pub struct Harness {
    pub(crate) contract: Contract,
    pub(crate) seed: u64,
    pub(crate) cases: u32,
    pub(crate) only_case: Option<String>,
    pub(crate) kept: Vec<Replay>,
    /// They go to the instances that they name, and not to that of the run.
    pub(crate) keeps_instances: bool,
    pub(crate) limits: Limits,
    phases: Vec<Phase>,
    clauses: Vec<String>,
    accepted: Option<(AcceptedDeviations, Date)>,
    strict: bool,
}

impl Default for Harness {
    /// For the default edition.
    fn default() -> Self {
        Self::new(Contract::default())
    }
}

impl Harness {
    /// A harness for this contract, with the seed 0, 1 000 cases a phase, and all phases.
    #[must_use]
    pub fn new(contract: Contract) -> Self {
        Self {
            contract,
            seed: 0,
            cases: 1_000,
            only_case: None,
            kept: Vec::new(),
            keeps_instances: false,
            limits: Limits::default(),
            phases: Phase::ALL.to_vec(),
            clauses: Vec::new(),
            accepted: None,
            strict: false,
        }
    }

    /// Sets the seed, which decides all that is generated.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets how many requests a phase generates. A phase that goes through the clauses generates a tenth of that for
    /// each, and at least 30.
    #[must_use]
    pub fn cases(self, cases: u32) -> Self {
        Self { cases, ..self }
    }

    /// Runs these phases alone, in the order of [`Phase::ALL`].
    #[must_use]
    pub fn phases(self, phases: impl IntoIterator<Item = Phase>) -> Self {
        let wanted: Vec<_> = phases.into_iter().collect();
        let phases = Phase::ALL.into_iter().filter(|phase| wanted.contains(phase)).collect();
        Self { phases, ..self }
    }

    /// Judges by these clauses alone: ids, or their beginnings with a `*` behind, such as `request.*`. May be called again
    /// for more.
    #[must_use]
    pub fn clause(mut self, pattern: impl Into<String>) -> Self {
        self.clauses.push(pattern.into());
        self
    }

    /// Sends the case of that id alone. With the same seed it is the same case.
    #[must_use]
    pub fn only_case(self, id: impl Into<String>) -> Self {
        Self { only_case: Some(id.into()), ..self }
    }

    /// Sends these first: what failed in earlier runs.
    #[must_use]
    pub fn kept(self, kept: Vec<Replay>) -> Self {
        Self { kept, ..self }
    }

    /// Sets how long an answer may take: 10 seconds unless it is set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// Sends at most so many requests a second.
    #[must_use]
    pub fn rate(mut self, requests_per_second: f64) -> Self {
        self.limits.rate = Some(requests_per_second).filter(|rate| rate.is_finite() && *rate > 0.0);
        self
    }

    /// Sends nothing after this time. What was not checked until then is reported as that.
    #[must_use]
    pub fn time_budget(mut self, time: Duration) -> Self {
        self.limits.time = Some(time);
        self
    }

    /// Says that the target is the real service.
    #[must_use]
    pub fn live(mut self, live: Live) -> Self {
        self.limits.live = Some(live);
        self
    }

    /// Makes every broken clause a failure, whatever its evidence.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// Takes these broken clauses as notes, as long as they are not out of date on this day.
    #[must_use]
    pub fn accept(self, accepted: AcceptedDeviations, today: Date) -> Self {
        Self { accepted: Some((accepted, today)), ..self }
    }

    /// Whether the clause is one that is judged.
    pub(crate) fn selects(&self, id: &str) -> bool {
        let is = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == pattern,
        };
        self.clauses.is_empty() || self.clauses.iter().any(is)
    }

    /// Runs the phases.
    ///
    /// The future is not `Send`, as generators are not: await it where it is made, such as in a `#[tokio::test]`.
    ///
    /// # Errors
    ///
    /// If nobody answers at the target's address, or no authorized instance is named.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the run. The target stays as it is then: an instance that was brought into a state is in
    /// it.
    pub async fn run(&self, target: &Target) -> Result<Report, TargetError> {
        self.run_with(target, |_: &Event<'_>| {}).await
    }

    /// The same, telling what happens.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_with(&self, target: &Target, mut observer: impl Observe) -> Result<Report, TargetError> {
        let wire = Wire::new(target, &self.contract, &self.limits)?;
        let instance = target.in_state(&InstanceState::Authorized).ok_or_else(|| {
            TargetError::other("no authorized instance is named, so nothing can be checked")
        })?;
        if let Err(violation) = self.contract.instance(instance) {
            return Err(TargetError::other(format!("the instance {instance} cannot be called: {violation}")));
        }
        let mut gauge = Gauge::new(self, &wire, instance, &mut observer);
        let url = target.masked(&target.url);
        gauge.tell(&Event::Start { seed: self.seed, edition: self.contract.edition(), url: &url });
        let first_look = wire.first_look(&self.contract.path(instance, &target.token)).await?;
        gauge.tell(&Event::FirstLook(first_look));
        if target.states.is_some() {
            gauge.set_state(instance, &InstanceState::Authorized).await.map_err(TargetError::other)?;
        }
        // Each of them could make a group.
        if self.limits.live.is_none() {
            gauge.find_example().await;
        }
        let mut times = Vec::new();
        for (index, phase) in self.phases.iter().enumerate() {
            let (start, sent) = (Instant::now(), wire.sent());
            gauge.tell(&Event::Phase { phase: *phase, number: index + 1, of: self.phases.len(), sent });
            gauge.begin_phase();
            phases::run(*phase, &mut gauge).await;
            times.push((phase.as_str(), wire.sent() - sent, start.elapsed()));
        }
        gauge.judge_groups().await;
        gauge.tear_down().await;
        let mut report = gauge.into_report(times, first_look);
        if let Some((accepted, today)) = &self.accepted {
            accepted.apply(&mut report, *today, &self.contract);
        }
        Ok(if self.strict { report.strict() } else { report })
    }

    /// The same on a runtime of its own, for a program that is not async. It blocks.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run), and if no runtime can be started.
    ///
    /// # Panics
    ///
    /// If it is called from within a runtime.
    pub fn run_blocking(&self, target: &Target) -> Result<Report, TargetError> {
        runtime()?.block_on(self.run(target))
    }

    /// One exchange of each kind that the contract knows, as text that is the same in each run.
    ///
    /// # Errors
    ///
    /// If nobody answers at the target's address.
    pub async fn exchanges(&self, target: &Target) -> Result<Vec<Exchange>, TargetError> {
        snapshot::exchanges(&self.contract, &Wire::new(target, &self.contract, &self.limits)?).await
    }

    /// Sends one request that was kept, and judges its answer alone.
    ///
    /// # Errors
    ///
    /// If nobody answers, or the contract does not know a name in it.
    pub async fn replay(&self, target: &Target, replay: &Replay) -> Result<Report, TargetError> {
        let (kept, phases) = (vec![replay.clone()], vec![Phase::Kept]);
        let harness = Self { kept, phases, keeps_instances: true, ..self.clone() };
        replay.case_for(&self.contract, target).map_err(TargetError::other)?;
        harness.run(target).await
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, TargetError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| TargetError::other(format!("cannot start a runtime: {error}")))
}

use greenapi_model::Contract;

use crate::case::Wire;
use crate::gauge::Gauge;
use crate::phases;
use crate::report::Report;
use crate::snapshot::{self, Exchange};
use crate::target::{Target, TargetError};

/// Runs the checks of a contract against a target.
#[derive(Clone, Debug)]
pub struct Harness {
    pub(crate) contract: Contract,
    pub(crate) seed: u64,
    pub(crate) cases: u32,
}

/// What happens in a run, for whoever shows its progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A phase begins: "valid requests".
    Phase(&'static str),
}

impl Harness {
    /// A harness for this contract, with the seed 0 and 1 000 cases a phase.
    #[must_use]
    pub fn new(contract: Contract) -> Self {
        Self { contract, seed: 0, cases: 1_000 }
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

    /// Runs all phases. It blocks, on a runtime of its own: call it from a thread that may block.
    ///
    /// # Errors
    ///
    /// If nobody answers at the target's address.
    pub fn run(&self, target: &Target) -> Result<Report, TargetError> {
        self.run_with(target, |_| {})
    }

    /// The same, telling what happens.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub fn run_with(&self, target: &Target, events: impl FnMut(Event)) -> Result<Report, TargetError> {
        let wire = Wire::new(target)?;
        let mut gauge = Gauge::new(self, &wire);
        phases::run(&mut gauge, events)?;
        Ok(gauge.into_report())
    }

    /// One exchange of each kind that the contract knows, as text that is the same in each run.
    ///
    /// It blocks, as [`run`](Self::run) does.
    ///
    /// # Errors
    ///
    /// If nobody answers at the target's address.
    pub fn exchanges(&self, target: &Target) -> Result<Vec<Exchange>, TargetError> {
        snapshot::exchanges(&self.contract, &Wire::new(target)?)
    }
}

use std::time::Duration;

use greenapi_harness::{Harness, Live, Phase};
use greenapi_model::Contract;

use crate::end::Failed;

/// What is tried, and what may be done to the target.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Decides all that is generated: the same seed gives the same cases in the same order
    #[arg(long, value_name = "NUMBER", default_value_t = 0, help_heading = "Cases")]
    pub(crate) seed: u64,
    /// How many requests a phase generates
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, help_heading = "Cases")]
    cases: u32,
    /// Run this phase alone; may be given more than once
    ///
    /// There are, in this order: kept, examples, boundary, valid, breaking, mixtures, around, paths, methods, states, sequences,
    /// http.
    #[arg(long = "phase", value_name = "PHASE", help_heading = "Cases")]
    phases: Vec<Phase>,
    /// Leave out this phase; may be given more than once
    #[arg(long = "skip-phase", value_name = "PHASE", help_heading = "Cases")]
    skipped: Vec<Phase>,
    /// Judge by this clause alone, or with a `*` behind by all that begin so; may be given more than once
    #[arg(long = "clause", value_name = "CLAUSE", help_heading = "Cases")]
    clauses: Vec<String>,
    /// Send this case alone, by its id in a report
    #[arg(long, value_name = "ID", help_heading = "Cases")]
    case: Option<String>,
    /// Send at most so many requests a second
    #[arg(long, value_name = "NUMBER", value_parser = rate, help_heading = "Limits")]
    rate: Option<f64>,
    /// Send nothing after so many seconds; what was not checked until then is reported as that
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Limits")]
    time: Option<Duration>,
    /// How many seconds an answer may take
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds, help_heading = "Limits")]
    timeout: Duration,
    /// The target is the real service: send nothing that could make a group
    #[arg(long, help_heading = "Limits")]
    pub(crate) live: bool,
    /// At the real service, send so many requests that could make a group, one in five minutes
    #[arg(long, value_name = "NUMBER", requires = "live", default_value_t = 0, help_heading = "Limits")]
    allow_create: u32,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "it is a number of seconds above 0".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "it is a number of requests a second".to_owned())?;
    (rate.is_finite() && rate > 0.0).then_some(rate).ok_or_else(|| "it is above 0".to_owned())
}

impl Settings {
    pub(crate) fn harness(&self, contract: &Contract) -> Result<Harness, Failed> {
        let wanted = if self.phases.is_empty() { &Phase::ALL[..] } else { &self.phases };
        let phases: Vec<Phase> =
            wanted.iter().copied().filter(|phase| !self.skipped.contains(phase)).collect();
        if phases.is_empty() {
            return Err(Failed::wrong_use("no phase is left to run"));
        }
        let mut harness = Harness::new(contract.clone())
            .seed(self.seed)
            .cases(self.cases)
            .phases(phases)
            .timeout(self.timeout);
        for pattern in &self.clauses {
            let start = pattern.strip_suffix('*');
            let is_known = contract.clauses().iter().any(|clause| match start {
                Some(start) => clause.id().starts_with(start),
                None => clause.id() == pattern,
            });
            if !is_known {
                return Err(Failed::wrong_use(format!(
                    "the contract has no clause `{pattern}`; `greenapi-contract clauses` lists them"
                )));
            }
            harness = harness.clause(pattern);
        }
        if let Some(case) = &self.case {
            harness = harness.only_case(case);
        }
        if let Some(rate) = self.rate {
            harness = harness.rate(rate);
        }
        if let Some(time) = self.time {
            harness = harness.time_budget(time);
        }
        Ok(if self.live { harness.live(Live::allowing(self.allow_create)) } else { harness })
    }
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failed::wrong_use(format!("cannot start a runtime: {error}")))
}

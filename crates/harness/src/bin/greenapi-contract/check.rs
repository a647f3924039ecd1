use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use greenapi_harness::{AcceptedDeviations, Event, Harness, Observe as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::contract::Chosen;
use crate::end::{End, Failed};
use crate::kept::{Kept, TriedAgain};
use crate::output::Outputs;
use crate::progress::Progress;
use crate::run::{Settings, runtime};
use crate::target::Known;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where the endpoint is, such as `http://127.0.0.1:8080`; the path of the method comes behind it
    url: String,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    contract: Chosen,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    kept: Kept,
    #[command(flatten)]
    verdict: Policy,
    #[command(flatten)]
    outputs: Outputs,
}

/// What is a failure.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Verdict")]
pub(crate) struct Policy {
    /// Make every broken clause a failure, also those that are observed or assumed
    #[arg(long)]
    strict: bool,
    /// Broken clauses that are known: a TOML file of `[[accepted]]` with clause, reason and expires
    ///
    /// They become notes until the day on which they expire. An entry that is out of date, or that is not needed, is a failure.
    #[arg(long, value_name = "FILE")]
    accept: Option<PathBuf>,
    /// Fail also where a clause was not checked
    #[arg(long)]
    require_complete: bool,
}

impl Policy {
    fn apply(&self, mut harness: Harness) -> Result<Harness, Failed> {
        if self.strict {
            harness = harness.strict();
        }
        let Some(path) = &self.accept else { return Ok(harness) };
        let text = fs::read_to_string(path).map_err(|error| Failed::file("read", path, &error))?;
        let accepted = AcceptedDeviations::from_toml(&text)
            .map_err(|error| Failed::wrong_use(format!("{}: {error}", path.display())))?;
        let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
        Ok(harness.accept(accepted, today))
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<End, Failed> {
    let Arguments { url, known, contract, settings, kept, verdict, outputs } = arguments;
    let contract = contract.contract()?;
    outputs.check()?;
    let target = known.target(&contract, url, settings.live)?;
    let before = kept.read()?;
    let harness = verdict.apply(settings.harness(&contract)?)?.kept(before.clone());
    let mut progress = Progress::new(settings.quiet);
    let mut tried = TriedAgain::default();
    let watched = |event: &Event<'_>| {
        progress.observe(event);
        tried.observe(event);
    };
    let report = runtime()?.block_on(harness.run_with(&target, watched));
    progress.end();
    let report = report?;
    outputs.write(&report)?;
    let kept = kept.write(before, &tried, &report)?;
    if let Some(kept) = kept.filter(|_| !settings.quiet) {
        let _ = writeln!(anstream::stderr(), "{kept}");
    }
    let is_complete = report.is_complete() || !verdict.require_complete;
    if !is_complete {
        let _ = writeln!(
            anstream::stderr(),
            "error: not every clause was checked, and --require-complete asks for that"
        );
    }
    Ok(if report.is_kept() && is_complete { End::Kept } else { End::Broken })
}

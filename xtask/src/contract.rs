//! `cargo xtask contract`: the harness against the mock, or against another endpoint that has the test instances.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use greenapi_harness::{Event, Harness, StateChange, Target, assert_snapshots};
use greenapi_mock_server::{Emulation, Server};
use greenapi_model::{ApiToken, Contract, Edition};
use tokio::runtime::Runtime;

use crate::failure::{Exit, Failure};

/// Where the snapshots of the exchanges are, below the root, one folder an edition.
const SNAPSHOTS: &str = "tests/snapshots";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Decides all that is generated: the same seed gives the same cases in the same order
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// How many requests a phase generates
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    cases: u32,
    /// Test the endpoint at this address instead of the mock; it has to have the mock's test instances
    ///
    /// `greenapi-contract check` does the same for any endpoint.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The variable of the environment that holds the token for that endpoint [default: any token]
    #[arg(long, value_name = "VARIABLE", requires = "url")]
    token_env: Option<String>,
}

impl Default for Arguments {
    /// The default values of the command line.
    fn default() -> Self {
        Self { seed: 0, cases: 1000, url: None, token_env: None }
    }
}

/// Runs the harness for each edition, and compares the exchanges with their snapshots.
pub(crate) fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(|error| Failure::io("start a runtime".to_owned(), &error))?;
    for edition in Edition::all() {
        let contract = Contract::of(edition);
        let emulation = Arc::new(Emulation::new(contract.clone()).map_err(|error| failed(&error))?);
        if let Some(url) = &arguments.url {
            let target = with_test_instances(&emulation, url, token(arguments)?)?;
            runtime.block_on(judge(&contract, arguments, &target, out))?;
            continue;
        }
        let server = runtime
            .block_on(Server::bind(([127, 0, 0, 1], 0).into(), Arc::clone(&emulation)))
            .map_err(|error| Failure::io("start the mock".to_owned(), &error))?;
        let mock = runtime.block_on(async { server.start() });
        let target = of_the_mock(&emulation, mock.url())?;
        let judged = runtime.block_on(async {
            judge(&contract, arguments, &target, out).await?;
            snapshots(&contract, &target, &root.join(SNAPSHOTS), out).await
        });
        runtime.block_on(mock.stop());
        judged?;
    }
    Ok(())
}

fn token(arguments: &Arguments) -> Result<ApiToken, Failure> {
    let Some(variable) = &arguments.token_env else { return any_token() };
    // The error itself would show a value that is not UTF-8.
    let value = env::var(variable)
        .map_err(|_| failed(&format!("the variable {variable} is not set, or is not UTF-8")))?;
    value.parse().map_err(|error| failed(&format!("{variable}: {error}")))
}

pub(crate) fn any_token() -> Result<ApiToken, Failure> {
    "any-token-will-do".parse().map_err(|error| failed(&error))
}

/// The mock at this address as a target, whose instances are brought into states by their emulation.
pub(crate) fn of_the_mock(emulation: &Arc<Emulation>, url: &str) -> Result<Target, Failure> {
    let steered = Arc::clone(emulation);
    Ok(with_test_instances(emulation, url, any_token()?)?.states(move |change: &StateChange| {
        steered.set_state(change.instance, change.state.clone()).map_err(|error| error.to_string())
    }))
}

/// The target at this address with the mock's test instances.
fn with_test_instances(emulation: &Emulation, url: &str, token: ApiToken) -> Result<Target, Failure> {
    let target = Target::new(url, token).map_err(|error| with_cause(&error))?;
    Ok(emulation.test_instances().into_iter().fold(target, |target, instance| {
        if instance.is_plain() {
            target.instance(instance.behaviour.state().clone(), instance.id)
        } else if instance.is_recovering() {
            target.recovering(instance.id)
        } else if instance.behaviour.minds_token() {
            target.other_token(instance.id)
        } else {
            target
        }
    }))
}

async fn judge(
    contract: &Contract,
    arguments: &Arguments,
    target: &Target,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let Arguments { seed, cases, .. } = arguments;
    writeln!(out, "seed {seed}, {cases} cases a phase")?;
    out.flush()?;
    let harness = Harness::new(contract.clone()).seed(*seed).cases(*cases).strict();
    let shows_progress = io::stderr().is_terminal();
    let report = harness
        .run_with(target, |event: &Event<'_>| {
            if let (true, Event::Phase { phase, .. }) = (shows_progress, event) {
                eprintln!("  {} …", phase.summary());
            }
        })
        .await
        .map_err(|error| with_cause(&error))?;
    out.write_all(report.to_terminal().as_bytes())?;
    if !report.is_kept() {
        return Err(failed(&"the target does not keep the contract"));
    }
    if !report.is_complete() {
        return Err(failed(&"not every clause was checked from each side"));
    }
    Ok(())
}

async fn snapshots(
    contract: &Contract,
    target: &Target,
    folder: &Path,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let exchanges =
        Harness::new(contract.clone()).exchanges(target).await.map_err(|error| with_cause(&error))?;
    let folder = folder.join(contract.edition());
    // Insta shows the difference and panics, as it would in a test.
    catch_unwind(AssertUnwindSafe(|| assert_snapshots(&folder, &exchanges))).map_err(|_| {
        failed(&format!(
            "an exchange differs from its snapshot in {SNAPSHOTS}/{}; if it is right, accept it by \
             `INSTA_UPDATE=always cargo xtask contract`",
            contract.edition()
        ))
    })?;
    writeln!(out, "{} exchanges are those of {SNAPSHOTS}/{}", exchanges.len(), contract.edition())?;
    Ok(())
}

fn failed(message: &impl ToString) -> Failure {
    Failure::new(Exit::Failed, [message.to_string()])
}

fn with_cause(error: &dyn std::error::Error) -> Failure {
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    failed(&format!("{error}{cause}"))
}

//! `cargo xtask mutants`: the harness is judged by servers that are broken in one way each.

mod faults;
mod independent;
mod peers;
mod score;

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use greenapi_harness::{DeviationFound, Harness, Target};
use greenapi_model::{Contract, Evidence};

use crate::failure::{Exit, Failure};
use score::Judged;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Try this one alone, by its name; may be given more than once
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// How many requests a phase generates
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    cases: u32,
    /// Decides all that is generated
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// Try Schemathesis and Specmatic on the same servers too, and compare; this takes most of an hour
    #[arg(long)]
    peers: bool,
    /// Show each server that was tried, with what was found
    #[arg(long, short)]
    verbose: bool,
}

/// A server to be tried.
struct Mutant {
    name: String,
    /// The clauses that may rightly be named, as far as they are known.
    breaks: Vec<String>,
    /// Nothing that it breaks is documented, so that nothing of it is a failure.
    only_warns: bool,
    expected: Expected,
}

/// What has to be found of a server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Nothing: it keeps the contract.
    Nothing,
    /// Nothing that is a failure: it keeps what is documented.
    NoFailure,
    /// One of the clauses that it breaks.
    Named,
    /// Some clause, as several are broken at once.
    Something,
}

pub(crate) fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let contract = Contract::default();
    let faults = faults::Faults::new(&contract)?;
    let servers = independent::Servers::new(root, &contract)?;
    let wanted = |mutant: &Mutant| arguments.only.is_empty() || arguments.only.contains(&mutant.name);
    let of_the_mock: Vec<_> = faults.mutants().into_iter().filter(wanted).collect();
    let independent: Vec<_> = servers.mutants()?.into_iter().filter(wanted).collect();
    for name in &arguments.only {
        if !of_the_mock.iter().chain(&independent).any(|mutant| mutant.name == *name) {
            return Err(failed(format!("there is no mutant `{name}`; `--verbose` lists them")));
        }
    }
    let harness = Harness::new(contract.clone()).seed(arguments.seed).cases(arguments.cases);
    let mut complete = true;
    let kinds: [(&str, Vec<Mutant>, &Try<'_>); 2] = [
        ("faults of the mock", of_the_mock, &|mutant| faults.try_on(&harness, mutant)),
        ("mutants of the independent server", independent, &|mutant| servers.try_on(&harness, mutant)),
    ];
    let mut ours = Vec::new();
    for (what, mutants, try_on) in kinds {
        if mutants.is_empty() {
            continue;
        }
        let judged = all(&mutants, try_on)?;
        let score = score::of(what, &judged);
        complete &= score.is_full;
        out.write_all(score.text.as_bytes())?;
        if arguments.verbose {
            out.write_all(score::each(&judged).as_bytes())?;
        }
        out.flush()?;
        ours = judged;
    }
    if arguments.peers {
        let table = peers::compare(root, &arguments.only, &ours)?;
        out.write_all(table.as_bytes())?;
    }
    if complete { Ok(()) } else { Err(failed("the harness does not find all, or finds too much")) }
}

/// Whether none of these clauses is documented. Of the name of a check of HTTP or JSON nothing is.
fn only_warns(contract: &Contract, breaks: &[String]) -> bool {
    let is_documented =
        |id: &String| contract.clause(id).is_some_and(|clause| clause.evidence() == Evidence::Documented);
    !breaks.is_empty() && !breaks.iter().any(is_documented)
}

/// Runs the harness against a mutant.
type Try<'t> = dyn Fn(&Mutant) -> Result<Judged, Failure> + Sync + 't;

/// All of them, on as many threads as there are cores, in their order.
fn all(mutants: &[Mutant], try_on: &Try<'_>) -> Result<Vec<Judged>, Failure> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mine = std::iter::from_fn(|| {
            let index = next.fetch_add(1, Ordering::Relaxed);
            mutants.get(index).map(|mutant| (index, mutant))
        });
        mine.map(|(index, mutant)| {
            if io::stderr().is_terminal() {
                eprint!("\r\x1b[2K[{}/{}] {}", index + 1, mutants.len(), mutant.name);
            }
            (index, try_on(mutant))
        })
        .collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut judged = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut judged = Vec::new();
        for worker in workers {
            judged.extend(worker.join().map_err(|_| failed("a run of the harness panicked"))?);
        }
        Ok::<_, Failure>(judged)
    })?;
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[2K");
    }
    judged.sort_by_key(|(index, _)| *index);
    judged.into_iter().map(|(_, judged)| judged).collect()
}

/// What the harness says of a target that is a mutant.
fn judged(harness: &Harness, target: &Target, mutant: &Mutant) -> Result<Judged, Failure> {
    let report = harness.run_blocking(target).map_err(|error| failed(format!("{}: {error}", mutant.name)))?;
    let deviations = report.deviations().iter();
    let deviations = deviations.filter(|one| matches!(one.found, DeviationFound::Other { .. }));
    Ok(Judged {
        name: mutant.name.clone(),
        expected: mutant.expected,
        breaks: mutant.breaks.clone(),
        only_warns: mutant.only_warns,
        broken: report.broken().chain(deviations.map(|one| one.check)).map(str::to_owned).collect(),
        failures: report.failures().count(),
        requests: report.sent(),
        seconds: report.timings().total.as_secs_f64(),
    })
}

fn failed(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Failed, [message.into()])
}

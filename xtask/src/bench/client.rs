//! `cargo xtask bench client`: the client beside bare hyper and reqwest.

mod table;
mod valgrind;

use std::io::{Write, stderr};
use std::path::Path;

use crate::bench::client::table::Row;
use crate::bench::client::valgrind::PerCall;
use crate::bench::machine;
use crate::bench::program::Bench;
use crate::bench::progress::progress;
use crate::failure::Failure;
use crate::server::Server;

/// The clients, in the order of their turns: as the bench calls them, and as a person reads them.
const CLIENTS: [(&str, &str); 3] =
    [("bare", "bare hyper"), ("ours", "greenapi-transport"), ("reqwest", "reqwest")];

/// How many calls at the same time are measured.
const CONCURRENCIES: [u16; 2] = [1, 64];

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many turns each client has
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// How many calls a turn has
    #[arg(long, value_name = "NUMBER", default_value_t = 40_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    calls: u64,
    /// One round of few calls: it shows that the bench works, not how fast anything is
    #[arg(long, conflicts_with_all = ["rounds", "calls"])]
    quick: bool,
}

pub(crate) fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let (rounds, calls) = if arguments.quick { (1, 500) } else { (arguments.rounds, arguments.calls) };
    let valgrind = valgrind::is_there();
    if !valgrind {
        let missing = "valgrind is missing, which counts instructions and allocations; Debian: apt-get install valgrind";
        if std::env::var_os("CI").is_some() {
            return Err(Failure::failed(missing));
        }
        // Said once more in the table, by what is not there.
        writeln!(stderr(), "warning: {missing}")?;
    }
    let bench = Bench::build(root)?;
    let server = bench.serve("one-thread")?;
    let mut rows: Vec<Row> = CLIENTS.iter().map(|(_, name)| Row::new(name)).collect();
    for (at, concurrency) in CONCURRENCIES.into_iter().enumerate() {
        for round in 1..=rounds {
            for (row, (client, name)) in rows.iter_mut().zip(CLIENTS) {
                progress(&format!("{concurrency} at a time, round {round} of {rounds}: {name}"));
                let measured = bench.call(&server, client, concurrency, calls)?;
                row.rates[at].add(measured.calls_per_second());
                row.cpu[at].add(measured.cpu_microseconds());
            }
        }
    }
    if valgrind {
        for (row, (client, name)) in rows.iter_mut().zip(CLIENTS) {
            progress(&format!("instructions and allocations: {name}"));
            row.counted = Some(counted(&bench, &server, client)?);
        }
    }
    drop(server);
    writeln!(out, "{}", machine::described(rounds, &format!("{calls} calls each")))?;
    write!(out, "{}", table::rendered(&rows))?;
    Ok(())
}

/// What one call takes: the difference of two runs, divided by that of their calls. So what comes before the first call,
/// and after the last one, does not count.
fn counted(bench: &Bench, server: &Server, client: &str) -> Result<PerCall, Failure> {
    const FEW: u64 = 500;
    const MANY: u64 = 1_500;
    let few = valgrind::counted(bench, server, client, FEW)?;
    let many = valgrind::counted(bench, server, client, MANY)?;
    Ok(many.per_call_since(&few, MANY - FEW))
}

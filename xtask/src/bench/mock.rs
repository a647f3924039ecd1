//! `cargo xtask bench mock`: the mock beside raw hyper and wiremock, under wrk.

mod growth;
mod servers;
mod table;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bench::mock::growth::Growth;
use crate::bench::mock::servers::{Kind, Servers};
use crate::bench::mock::table::Row;
use crate::bench::proc::{self, Memory};
use crate::bench::progress::progress;
use crate::bench::request::Instances;
use crate::bench::wrk::{Load, Wrk};
use crate::bench::{calls, machine};
use crate::failure::Failure;
use crate::server::Server;

/// How many connections load a server at the same time.
const CONNECTIONS: [u16; 2] = [16, 64];

/// As many requests take at most so long; then the memory is looked at after fewer.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How often each server is started
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// After how many requests the memory is looked at, by default five million; each server has five minutes for them
    ///
    /// wiremock has 200 000 at most: it keeps each request in the mock that it matched, although it does not record.
    #[arg(long, value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    requests: Option<u64>,
    /// One round of short turns and few requests: it shows that the bench works, not how fast anything is
    #[arg(long, conflicts_with = "rounds")]
    quick: bool,
}

/// How much is measured.
struct Size {
    /// Of one load. wrk counts in whole ones.
    seconds: u16,
    /// How many turns each server has in a round. A load is short and turns are many, as a machine that others use too is slower for
    /// some minutes and then faster again: what is compared has to be measured at once.
    turns: u16,
    requests: u64,
    /// The groups and the instances that were before, ascending.
    growth: [u64; 3],
}

const FULL: Size = Size { seconds: 1, turns: 3, requests: 5_000_000, growth: [1, 10_000, 1_000_000] };
const QUICK: Size = Size { seconds: 1, turns: 1, requests: 20_000, growth: [1, 100, 1_000] };

pub(crate) fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let (rounds, size) = if arguments.quick { (1, QUICK) } else { (arguments.rounds, FULL) };
    let requests = arguments.requests.unwrap_or(size.requests);
    let wrk = Wrk::find(size.seconds)?;
    let servers = Servers::build(root)?;
    let binary = fs::metadata(servers.mock().program());
    let binary = binary.map_err(|error| Failure::io("look at the binary of the mock", &error))?.len();
    let mut rows: Vec<Row> = Kind::ALL.into_iter().map(Row::new).collect();
    let mut growth = Growth::new(size.growth);
    for round in 1..=rounds {
        let round = format!("round {round} of {rounds}");
        progress(&format!("{round}: starts"));
        let started = rows.iter_mut().map(|row| begin(&servers, row)).collect::<Result<Vec<_>, _>>()?;
        for turn in 1..=size.turns {
            for (at, connections) in CONNECTIONS.into_iter().enumerate() {
                progress(&format!("{round}: turn {turn} of {}, {connections} connections", size.turns));
                for (row, server) in rows.iter_mut().zip(&started) {
                    let (load, cpu) = loaded(&servers, &wrk, server, connections, Instances::ONE)?;
                    row.loads[at].add(&load, cpu);
                }
            }
        }
        for (row, server) in rows.iter_mut().zip(&started) {
            row.loaded.add(memory(server)?);
        }
        drop(started);
        growth.round(&servers, &wrk, size.turns, &round)?;
    }
    for row in &mut rows {
        let requests = requests.min(row.kind().most_requests());
        progress(&format!("{requests} requests: {}", row.name()));
        row.after = Some(after(&servers, row.kind(), requests)?);
    }
    let each = format!("{} turns of each server in it, {} s of load each", size.turns, size.seconds);
    writeln!(out, "{}", machine::described(rounds, &each))?;
    write!(out, "{}", table::rendered(&rows, &growth, binary))?;
    Ok(())
}

/// Starts a server for a round, and looks at that.
fn begin(servers: &Servers, row: &mut Row) -> Result<Server, Failure> {
    let start = Instant::now();
    let server = servers.start(row.kind(), &[])?;
    calls::make(server.url(), servers.request(), Instances::ONE, 1, PATIENCE)?;
    row.first.add(start.elapsed().as_secs_f64() * 1e3);
    row.idle.add(memory(&server)?);
    Ok(server)
}

/// A load by wrk, and the server's time of the processor for each of its requests, in microseconds.
fn loaded(
    servers: &Servers,
    wrk: &Wrk,
    server: &Server,
    connections: u16,
    instances: Instances,
) -> Result<(Load, f64), Failure> {
    let before = cpu(server)?;
    let load = wrk.load(server.url(), servers.request(), instances, connections)?;
    let cpu = cpu(server)?.saturating_sub(before).as_secs_f64() * 1e6 / load.requests();
    Ok((load, cpu))
}

/// The requests that a server has answered, and its memory then.
fn after(servers: &Servers, kind: Kind, requests: u64) -> Result<(u64, Memory), Failure> {
    let server = servers.start(kind, &[])?;
    let made = calls::make(server.url(), servers.request(), Instances::ONE, requests, PATIENCE)?;
    Ok((made, memory(&server)?))
}

fn memory(server: &Server) -> Result<Memory, Failure> {
    proc::memory(server.process()).ok_or_else(unknown)
}

fn cpu(server: &Server) -> Result<Duration, Failure> {
    proc::times(server.process()).map(|(_, cpu)| cpu).ok_or_else(unknown)
}

fn unknown() -> Failure {
    Failure::failed("a server is over, or nothing is known of it below /proc; this bench needs Linux")
}

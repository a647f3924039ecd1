//! `cargo xtask soak`: the mock with ten thousand idle connections, and under a mix of calls for a while.

mod bound;
mod idle;
mod markdown;
mod mix;
mod sockets;
mod system;
mod table;

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bench::build;
use crate::bench::calls;
use crate::bench::machine;
use crate::bench::progress::progress;
use crate::bench::released_mock::{self, ReleasedMock};
use crate::bench::request::{Instances, Request};
use crate::bench::wrk::{Load, Wrk};
use crate::failure::Failure;
use crate::server::Server;
use crate::soak::bound::Bound;
use crate::soak::idle::Idle;
use crate::soak::mix::Mix;
use crate::soak::table::{Holding, Moment};

/// How many connections load the server, beside those that are idle.
const LOADING: u16 = 64;
/// The files that a process opens beside its connections, with leave to spare.
const OTHER_FILES: u64 = 600;
/// So long a thing that is sure to come may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many minutes the mix of calls goes on
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    minutes: u16,
    /// How many idle connections are held
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(4..=15_000))]
    connections: u32,
    /// How many megabytes the mock may take
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    memory: u64,
    /// One round of short loads, and a mix of five seconds; latencies and the growth of the memory are then shown and not
    /// judged, as they take more time to be known
    #[arg(long, conflicts_with = "minutes")]
    quick: bool,
}

/// How much is measured.
struct Size {
    rounds: u16,
    /// Of one load. wrk counts in whole ones.
    seconds: u16,
    mix: Duration,
}

pub(crate) fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let size = if arguments.quick {
        Size { rounds: 1, seconds: 1, mix: Duration::from_secs(5) }
    } else {
        Size { rounds: 5, seconds: 3, mix: Duration::from_secs(60) * u32::from(arguments.minutes) }
    };
    let memory = arguments.memory * 1_000_000;
    let (connections, note) = system::leave_for(arguments.connections, OTHER_FILES)?;
    let wrk = Wrk::find(size.seconds)?;
    let [program] = build::released(root, [released_mock::PROGRAM])?;
    let (mock, request) = (ReleasedMock::at(program), Request::of_the_contract()?);
    // Each part has a server of its own, so that what the first one took is not taken for the second one's. It has no log, as that
    // would be of wrk's calls for the most part.
    let mut soak = Soak { wrk, request, server: mock.start_without_log(&[])? };
    let holding = soak.hold(connections, &size)?;
    let mut bounds = holding.bounds(memory, !arguments.quick);
    bounds.push(soak.end("its end by SIGTERM")?);
    soak.server = mock.start_without_log(&[])?;
    let mix = soak.mix(size.mix)?;
    bounds.extend(mix.bounds(memory, !arguments.quick));
    bounds.push(soak.end("its end by SIGTERM after the mix")?);

    let each = format!("{} s of load each by {LOADING} connections", size.seconds);
    writeln!(out, "{}{note}", machine::described(size.rounds, &each))?;
    let mut text = holding.rendered();
    let _ = write!(text, "\n{}\n{}", mix.rendered(), bound::rendered(&bounds));
    out.write_all(text.as_bytes())?;
    bound::judged(&bounds)
}

struct Soak {
    wrk: Wrk,
    request: Request,
    server: Server,
}

impl Soak {
    /// Loads before, while and after there are so many idle connections.
    fn hold(&self, connections: u32, size: &Size) -> Result<Holding, Failure> {
        progress("before");
        // What is kept of calls is full from here on.
        self.load()?;
        let mut before = self.moment()?;
        for _ in 0..size.rounds {
            before.add(self.load()?);
        }
        progress(&format!("{connections} idle connections"));
        let mut idle = Idle::open(self.server.url(), &self.request, connections)?;
        // All of them are accepted before it is counted: the last one that was opened has had an answer.
        let mut during = self.moment()?;
        for _ in 0..size.rounds {
            idle.renew()?;
            during.add(self.load()?);
        }
        during.look(&self.server)?;
        drop(idle);
        let given_back = self.has_at_most(before.taken.open_files)?;
        progress("after");
        let mut after = self.moment()?;
        for _ in 0..size.rounds {
            after.add(self.load()?);
        }
        after.look(&self.server)?;
        Ok(Holding { connections, before, during, after, given_back })
    }

    fn mix(&mut self, length: Duration) -> Result<Mix, Failure> {
        let mut mix = Mix::of(&self.server, &self.request)?;
        mix.go_on(&self.server, length)?;
        mix.given_back = self.has_at_most(mix.before()?)?;
        mix.answers_still =
            calls::make(self.server.url(), &self.request, Instances::ONE, 1, PATIENCE).is_ok();
        Ok(mix)
    }

    fn load(&self) -> Result<Load, Failure> {
        self.wrk.load(self.server.url(), &self.request, Instances::ONE, LOADING)
    }

    fn moment(&self) -> Result<Moment, Failure> {
        Moment::now(&self.server)
    }

    /// How long it takes until the server has no more files open than so many; nothing if it does not come to that.
    fn has_at_most(&self, files: usize) -> Result<Option<Duration>, Failure> {
        const PACE: Duration = Duration::from_millis(5);
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if system::look(&self.server)?.open_files <= files {
                return Ok(Some(start.elapsed()));
            }
            std::thread::sleep(PACE);
        }
        Ok(None)
    }

    /// The server ends by a signal, in order.
    fn end(&mut self, what: &str) -> Result<Bound, Failure> {
        let ran = self.server.runs();
        system::terminate(&self.server)?;
        let start = Instant::now();
        let status = self.server.ended(PATIENCE);
        let found = match status {
            Some(status) if ran => format!("{status} after {:.1} s", start.elapsed().as_secs_f64()),
            Some(status) => format!("it was over before: {status}"),
            None => "it does not end".to_owned(),
        };
        let kept = ran && status.is_some_and(|status| status.success());
        Ok(Bound::of(what, found, "exit status: 0", kept))
    }
}

//! What was measured before, while and after there were idle connections.

use std::fmt::Write;
use std::time::Duration;

use super::bound::Bound;
use super::system::{self, Taken};
use crate::bench::samples::Samples;
use crate::bench::wrk::Load;
use crate::failure::Failure;
use crate::server::Server;

/// How many times longer answers may take with idle connections.
const SLOWER: f64 = 2.0;

/// What was measured with a number of idle connections.
#[derive(Debug)]
pub(super) struct Moment {
    rate: Samples,
    p50: Samples,
    p99: Samples,
    /// The most that was seen.
    taken: Taken,
    /// At the start, when no load was there.
    pub(super) open_files: usize,
}

impl Moment {
    pub(super) fn now(server: &Server) -> Result<Self, Failure> {
        let taken = system::look(server)?;
        let (rate, p50, p99) = Default::default();
        Ok(Self { rate, p50, p99, taken, open_files: taken.open_files })
    }

    pub(super) fn add(&mut self, load: Load) {
        self.rate.add(load.requests_per_second());
        self.p50.add(load.p50());
        self.p99.add(load.p99());
    }

    /// Looks again at the memory.
    pub(super) fn look(&mut self, server: &Server) -> Result<(), Failure> {
        let Taken { resident, proportional, .. } = system::look(server)?;
        self.taken.resident = self.taken.resident.max(resident);
        self.taken.proportional = self.taken.proportional.max(proportional);
        Ok(())
    }
}

#[derive(Debug)]
pub(super) struct Holding {
    pub(super) connections: u32,
    pub(super) before: Moment,
    pub(super) during: Moment,
    pub(super) after: Moment,
    /// How long it took until the files of the idle connections were closed, if they were.
    pub(super) given_back: Option<Duration>,
}

impl Holding {
    pub(super) fn rendered(&self) -> String {
        let mut text = "| idle connections | requests/s | p50 ms | p99 ms | RSS MB | PSS MB | open files |\n\
                        |---|---|---|---|---|---|---|\n"
            .to_owned();
        for (what, moment) in [
            ("none yet".to_owned(), &self.before),
            (self.connections.to_string(), &self.during),
            ("none any more".to_owned(), &self.after),
        ] {
            let Moment { rate, p50, p99, taken, open_files } = moment;
            let [resident, proportional] = [taken.resident, taken.proportional].map(megabytes);
            // Writing to memory cannot fail.
            let _ = writeln!(
                text,
                "| {what} | {rate:.0} | {p50:.2} | {p99:.2} | {resident:.1} | {proportional:.1} | {open_files} |"
            );
        }
        text
    }

    /// `memory` is what the server may take, in bytes; `is_long` says whether enough was measured to judge latencies.
    pub(super) fn bounds(&self, memory: u64, is_long: bool) -> Vec<Bound> {
        let Self { connections, before, during, after, .. } = self;
        // Before, some of the load may have been there still.
        let held = during.open_files.saturating_sub(after.open_files);
        let slower = during.p99.median() / before.p99.median();
        let resident = during.taken.resident;
        vec![
            Bound::of(
                "connections held",
                held.to_string(),
                format!("{connections} at least"),
                held >= *connections as usize,
            ),
            Bound::of(
                "memory with them",
                format!("{:.1} MB", megabytes(resident)),
                format!("less than {:.0} MB", megabytes(memory)),
                resident < memory,
            ),
            Bound::of(
                "p99 with them",
                format!("{slower:.2} times that without"),
                format!("{SLOWER} times at most"),
                slower <= SLOWER,
            )
            .judged_if(is_long),
            given_back("idle connections given back", self.given_back),
        ]
    }
}

pub(super) fn given_back(what: &str, after: Option<Duration>) -> Bound {
    let found = after
        .map_or("not all of them".to_owned(), |after| format!("all of them in {:.2} s", after.as_secs_f64()));
    Bound::of(what, found, "all of them", after.is_some())
}

#[allow(clippy::cast_precision_loss)] // No memory is so large that it matters.
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

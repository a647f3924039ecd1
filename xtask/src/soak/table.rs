//! What was measured before, while and after there were idle connections.

use std::time::Duration;

use super::bound::Bound;
use super::markdown;
use super::system::{self, Taken};
use crate::bench::proc::megabytes;
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
    /// The most memory that was seen, and the open files at the start, when no load was there.
    pub(super) taken: Taken,
}

impl Moment {
    pub(super) fn now(server: &Server) -> Result<Self, Failure> {
        let taken = system::look(server)?;
        let (rate, p50, p99) = Default::default();
        Ok(Self { rate, p50, p99, taken })
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
        let moments = [
            ("none yet".to_owned(), &self.before),
            (self.connections.to_string(), &self.during),
            ("none any more".to_owned(), &self.after),
        ];
        let rows = moments.map(|(what, moment)| {
            let Moment { rate, p50, p99, taken } = moment;
            [what, format!("{rate:.0}"), format!("{p50:.2}"), format!("{p99:.2}")]
                .into_iter()
                .chain(taken.rendered())
                .collect()
        });
        let columns = ["idle connections", "requests/s", "p50 ms", "p99 ms"];
        markdown::table(&[&columns[..], &Taken::COLUMNS].concat(), rows)
    }

    /// `memory` is what the server may take, in bytes; `is_long` says whether enough was measured to judge latencies.
    pub(super) fn bounds(&self, memory: u64, is_long: bool) -> Vec<Bound> {
        let Self { connections, before, during, after, .. } = self;
        // Before, some of the load may have been there still.
        let held = during.taken.open_files.saturating_sub(after.taken.open_files);
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

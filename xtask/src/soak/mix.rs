//! Calls of all kinds at once, for a while.

mod callers;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use self::callers::{CALLERS, Endpoint};
use super::bound::Bound;
use super::markdown;
use super::system::{self, Taken};
use super::table::given_back;
use crate::bench::proc::megabytes;
use crate::bench::progress::progress;
use crate::bench::request::Request;
use crate::failure::Failure;
use crate::server::Server;

/// So many times the memory is looked at.
const LOOKS: u32 = 12;
/// From this one on the memory may not grow; before, what is kept of calls is filled.
const SETTLED: usize = 4;
/// By so many bytes the memory may differ all the same.
const GROWTH: u64 = 8_000_000;

/// What came of the mix.
#[derive(Debug)]
pub(super) struct Mix {
    endpoint: Endpoint,
    looks: Vec<Look>,
    /// Of each caller.
    calls: Vec<u64>,
    failed: Option<String>,
    /// How long it took until all of its connections were closed, if they were.
    pub(super) given_back: Option<Duration>,
    pub(super) answers_still: bool,
}

#[derive(Clone, Debug)]
struct Look {
    after: Duration,
    calls: Vec<u64>,
    taken: Taken,
}

impl Mix {
    pub(super) fn of(server: &Server, request: &Request) -> Result<Self, Failure> {
        let endpoint = Endpoint::of(server.url(), request)?;
        let calls = vec![0; CALLERS.len()];
        Ok(Self { endpoint, looks: Vec::new(), calls, failed: None, given_back: None, answers_still: false })
    }

    /// How many files the server had open before.
    pub(super) fn before(&self) -> Result<usize, Failure> {
        let first = self.looks.first().map(|look| look.taken.open_files);
        first.ok_or_else(|| Failure::failed("the mix has not begun"))
    }

    /// All callers call until the time is over or one of them fails.
    pub(super) fn go_on(&mut self, server: &Server, length: Duration) -> Result<(), Failure> {
        const PACE: Duration = Duration::from_millis(20);
        let counts: Vec<AtomicU64> = CALLERS.iter().map(|_| AtomicU64::new(0)).collect();
        let (is_over, failed) = (AtomicBool::new(false), Mutex::new(None));
        let (endpoint, start) = (&self.endpoint, Instant::now());
        let mut looks = vec![look(server, Duration::ZERO, &counts)?];
        let looked = std::thread::scope(|scope| {
            for (caller, count) in CALLERS.iter().zip(&counts) {
                let (is_over, failed) = (&is_over, &failed);
                scope.spawn(move || {
                    while !is_over.load(Ordering::Relaxed) {
                        let at = count.load(Ordering::Relaxed);
                        match (caller.call)(endpoint, at) {
                            Ok(()) => count.store(at + 1, Ordering::Relaxed),
                            Err(error) => {
                                is_over.store(true, Ordering::Relaxed);
                                let mut failed =
                                    failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                                failed.get_or_insert(format!("{}, call {at}: {error}", caller.name));
                            }
                        }
                    }
                });
            }
            let looked: Result<(), Failure> = (1..=LOOKS).try_for_each(|number| {
                progress(&format!("a mix of calls: {number} of {LOOKS}"));
                while start.elapsed() < length * number / LOOKS && !is_over.load(Ordering::Relaxed) {
                    std::thread::sleep(PACE);
                }
                looks.push(look(server, start.elapsed(), &counts)?);
                Ok(())
            });
            is_over.store(true, Ordering::Relaxed);
            looked
        });
        looked?;
        self.calls = counts.into_iter().map(AtomicU64::into_inner).collect();
        self.looks = looks;
        self.failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(())
    }

    pub(super) fn rendered(&self) -> String {
        let callers = CALLERS.iter().map(|caller| caller.name);
        let columns: Vec<&str> = ["after s"].into_iter().chain(callers).chain(Taken::COLUMNS).collect();
        let rows = self.looks.iter().map(|Look { after, calls, taken }| {
            let after = format!("{:.1}", after.as_secs_f64());
            [after].into_iter().chain(calls.iter().map(u64::to_string)).chain(taken.rendered()).collect()
        });
        markdown::table(&columns, rows)
    }

    /// `memory` is what the server may take, in bytes; `is_long` says whether what is kept of calls was full at a third of it.
    pub(super) fn bounds(&self, memory: u64, is_long: bool) -> Vec<Bound> {
        let resident = |look: &Look| look.taken.resident;
        let settled = self.looks.get(SETTLED).map_or(0, resident);
        let last = self.looks.last().map_or(0, resident);
        let most = self.looks.iter().map(resident).max().unwrap_or_default();
        let fewest = self.calls.iter().copied().min().unwrap_or_default();
        let failed = self.failed.clone();
        vec![
            Bound::of(
                "memory in the mix",
                format!("{:.1} MB at most", megabytes(most)),
                format!("less than {:.0} MB", megabytes(memory)),
                most < memory,
            ),
            Bound::of(
                "memory from a third of the mix on",
                format!("from {:.1} to {:.1} MB", megabytes(settled), megabytes(last)),
                format!("{:.0} MB more at most", megabytes(GROWTH)),
                last <= settled + GROWTH,
            )
            .judged_if(is_long),
            Bound::of(
                "answers of the mix",
                failed.clone().unwrap_or_else(|| "all as they have to be".to_owned()),
                "all as they have to be",
                failed.is_none(),
            ),
            Bound::of("calls of each kind", format!("{fewest} at least"), "1 at least", fewest > 0),
            given_back("connections of the mix given back", self.given_back),
            Bound::of(
                "a call afterwards",
                if self.answers_still { "answered" } else { "not answered" },
                "answered",
                self.answers_still,
            ),
        ]
    }
}

fn look(server: &Server, after: Duration, counts: &[AtomicU64]) -> Result<Look, Failure> {
    let calls = counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
    Ok(Look { after, calls, taken: system::look(server)? })
}

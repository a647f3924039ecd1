//! The servers that are compared.

use std::path::Path;

use crate::bench::build;
use crate::bench::program::Bench;
use crate::bench::released_mock::{self, ReleasedMock};
use crate::bench::request::Request;
use crate::failure::Failure;
use crate::server::Server;

/// The servers, in the order of their turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OneThread,
    Threads,
    Wiremock,
    /// The mock with its log to nobody.
    Logging,
    /// The mock without a log.
    Silent,
}

impl Kind {
    pub(super) const ALL: [Self; 5] =
        [Self::OneThread, Self::Threads, Self::Wiremock, Self::Logging, Self::Silent];

    /// As a person reads it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OneThread => "raw hyper, one thread",
            Self::Threads => "raw hyper, tokio's threads",
            Self::Wiremock => "wiremock, not recording",
            Self::Logging => "greenapi-mock, log to /dev/null",
            Self::Silent => "greenapi-mock, log off",
        }
    }

    /// So many requests one process may have.
    pub(super) fn most_requests(self) -> u64 {
        // It keeps each, with 5 kB.
        if self == Self::Wiremock { 200_000 } else { u64::MAX }
    }
}

pub(super) struct Servers {
    bench: Bench,
    mock: ReleasedMock,
    request: Request,
}

impl Servers {
    /// Builds all as they are released. The mock is built by itself, as what others need of the crates that it shares with
    /// them would be in it too.
    pub(super) fn build(root: &Path) -> Result<Self, Failure> {
        let [mock] = build::released(root, [released_mock::PROGRAM])?;
        let bench = Bench::build(root)?;
        Ok(Self { bench, mock: ReleasedMock::at(mock), request: Request::of_the_contract()? })
    }

    pub(super) fn mock(&self) -> &ReleasedMock {
        &self.mock
    }

    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    /// Starts one; the arguments are for the mock alone.
    pub(super) fn start(&self, kind: Kind, arguments: &[String]) -> Result<Server, Failure> {
        match kind {
            Kind::OneThread => self.bench.serve("one-thread"),
            Kind::Threads => self.bench.serve("threads"),
            Kind::Wiremock => self.bench.serve("wiremock"),
            Kind::Logging => self.mock.start(arguments),
            Kind::Silent => self.mock.start_without_log(arguments),
        }
    }
}

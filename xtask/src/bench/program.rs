//! The program of the package `bench`: the servers, and the clients one after another.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::bench::build;
use crate::failure::Failure;
use crate::server::Server;

/// The program, built as it is released.
pub(crate) struct Bench(PathBuf);

/// What so many calls took.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Measured {
    calls: u64,
    wall_ns: u64,
    cpu_ns: u64,
}

impl Bench {
    pub(crate) fn build(root: &Path) -> Result<Self, Failure> {
        let [program] = build::released(root, [("bench", "client-bench")])?;
        Ok(Self(program))
    }

    pub(crate) fn program(&self) -> &OsStr {
        self.0.as_os_str()
    }

    /// Starts one of its servers. All clients call `one-thread`.
    pub(crate) fn serve(&self, kind: &str) -> Result<Server, Failure> {
        Server::start(Command::new(self.program()).args(["serve", "--kind", kind]), |line| {
            (!line.is_empty()).then(|| line.to_owned())
        })
    }

    /// So many calls by a client.
    pub(crate) fn call(
        &self,
        server: &Server,
        client: &str,
        concurrency: u16,
        calls: u64,
    ) -> Result<Measured, Failure> {
        let mut command = Command::new(self.program());
        command.args(call_arguments(server, client, calls)).args(["--concurrency", &concurrency.to_string()]);
        let line = build::output(command.stderr(Stdio::inherit()), &format!("call by {client}"))?;
        serde_json::from_str(&line)
            .map_err(|error| Failure::failed(format!("{client} says {line:?}: {error}")))
    }
}

/// The arguments for so many calls by a client, one after another.
pub(crate) fn call_arguments(server: &Server, client: &str, calls: u64) -> [String; 7] {
    ["call", "--client", client, "--url", server.url(), "--calls", &calls.to_string()].map(str::to_owned)
}

impl Measured {
    #[allow(clippy::cast_precision_loss)] // No bench is so long that it matters.
    pub(crate) fn calls_per_second(&self) -> f64 {
        self.calls as f64 * 1e9 / self.wall_ns.max(1) as f64
    }

    /// The time of the processor for a call, in the program and in the system.
    #[allow(clippy::cast_precision_loss)] // As above.
    pub(crate) fn cpu_microseconds(&self) -> f64 {
        self.cpu_ns as f64 / 1e3 / self.calls.max(1) as f64
    }
}

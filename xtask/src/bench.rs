//! `cargo xtask bench`: how fast things are, as ratios to a baseline of the same run.

pub(crate) mod build;
pub(crate) mod calls;
mod client;
mod contract;
pub(crate) mod machine;
mod mock;
pub(crate) mod proc;
mod program;
pub(crate) mod progress;
pub(crate) mod released_mock;
pub(crate) mod request;
pub(crate) mod samples;
pub(crate) mod wrk;

use std::io::Write;
use std::path::Path;

use crate::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subject {
    /// The client beside bare hyper and reqwest: calls a second, CPU, instructions and allocations a call
    ///
    /// All three make the same calls to the same local server, on one thread, by turns. Instructions and allocations are
    /// counted by valgrind (Debian: `apt-get install valgrind`), as the difference of two runs, and so are exact.
    Client(client::Arguments),
    /// The contract tester beside Schemathesis: seconds, requests a second, CPU a request and memory of a run
    ///
    /// Each tries the released mock, by turns: `greenapi-contract check` as it is by default and with ten times the cases, and
    /// Schemathesis with the options that this project uses it with. CPU and memory are those of the tester alone.
    /// Schemathesis is installed by `python3 .ci/foreign/peers.py --install --peer schemathesis`; where it is not, the table
    /// says so, and with `CI` in the environment that is a failure.
    Contract(contract::Arguments),
    /// The mock beside raw hyper and wiremock: requests a second, latency, CPU a request, start and memory
    ///
    /// The servers answer the contract's first example by turns, under wrk (Debian: `apt-get install wrk`) with one thread and
    /// connections that are kept. Raw hyper, on one thread and on tokio's threads, reads the body and gives a constant
    /// answer; wiremock, told not to record, gives one too, by a mock that looks at the method alone. The mock is as it comes,
    /// with its journal and validation; once with its log as JSON to /dev/null, and once with `--log off`. Each turn has a
    /// process of its own, all on 127.0.0.1. After the turns, what a request takes once many groups were made and many
    /// instances seen, and the memory after many requests. The full form takes a quarter of an hour, 2 GB of memory and
    /// Linux.
    Mock(mock::Arguments),
}

/// Measures in the workspace at `root`, and writes a table in Markdown.
pub(crate) fn run(root: &Path, subject: &Subject, out: &mut dyn Write) -> Result<(), Failure> {
    match subject {
        Subject::Client(arguments) => client::run(root, arguments, out),
        Subject::Contract(arguments) => contract::run(root, arguments, out),
        Subject::Mock(arguments) => mock::run(root, arguments, out),
    }
}

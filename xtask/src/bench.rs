//! `cargo xtask bench`: how fast things are, as ratios to a baseline of the same run.

mod build;
mod client;
mod contract;
mod machine;
mod progress;
mod samples;

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
}

/// Measures in the workspace at `root`, and writes a table in Markdown.
pub(crate) fn run(root: &Path, subject: &Subject, out: &mut dyn Write) -> Result<(), Failure> {
    match subject {
        Subject::Client(arguments) => client::run(root, arguments, out),
        Subject::Contract(arguments) => contract::run(root, arguments, out),
    }
}

//! `cargo xtask bench`: how fast things are, as ratios to a baseline of the same run.

mod client;
mod machine;
mod process;
mod samples;
mod table;
mod valgrind;

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
}

/// Measures in the workspace at `root`, and writes a table in Markdown.
pub(crate) fn run(root: &Path, subject: &Subject, out: &mut dyn Write) -> Result<(), Failure> {
    match subject {
        Subject::Client(arguments) => client::run(root, arguments, out),
    }
}

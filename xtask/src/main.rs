//! The commands that keep this repository in order. `cargo xtask --help` teaches them.

mod bench;
mod codegen;
mod contract;
mod failure;
mod fuzz;
mod mutants;
mod peers;
mod server;
mod soak;
mod test;

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode};

use clap::{Parser, Subcommand};

use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  cargo xtask codegen          after a change in spec/: writes what is made from it
  cargo xtask codegen --check  says which generated files are stale, and writes nothing
  cargo xtask contract         the harness against the mock, clause by clause
  cargo xtask mutants          the harness against servers that are broken in one way each
  cargo xtask test             before a commit: all that a change has to pass
  cargo xtask fuzz             any bytes for the readers, the service, and their agreement
  cargo xtask bench client     how fast the client is, beside bare hyper and reqwest
  cargo xtask bench contract   how fast the contract tester is, beside Schemathesis
  cargo xtask bench mock       how fast the mock is, beside raw hyper and wiremock
  cargo xtask soak             whether the mock holds 10 000 idle connections, and a mix of calls

Exit codes:
  0  done, or up to date
  1  refused or failed; stderr says what, where, and what to do
  2  wrong use of the command line
  4  generated files are stale; run `cargo xtask codegen`";

/// The commands that keep this repository in order
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the JSON of the contract from the editions in spec/, and the schemas of the mock's file and of the report
    ///
    /// Reads each `spec/EDITION.yaml` and writes `crates/model/contracts/EDITION/`: the document with its references
    /// resolved, and a JSON Schema each for the request, the response and the error. A keyword or an `x-` field that
    /// is not known is refused, with its file, line and column. Files of editions that are gone are removed.
    /// `crates/mock-server/config.schema.json` is made from the types that read such a file, `crates/harness/report.schema.json` from
    /// those that write one.
    Codegen {
        /// Write nothing; exit with 4 if a generated file is stale, missing or superfluous
        #[arg(long)]
        check: bool,
    },
    /// Run the harness against the mock, and print a verdict on each clause
    ///
    /// Starts the mock on a free port and runs all phases of the harness against it over HTTP; every broken clause is a
    /// failure, and so is one that was not tried from each side. Then compares one exchange of each kind with its snapshot in
    /// `tests/snapshots/`. `cargo contract check URL` does the same for any endpoint.
    Contract(contract::Arguments),
    /// Judge the harness: each fault of the mock, and each mutant of an independent server, has to be found
    ///
    /// Starts one broken server after another on free ports, and runs the harness against it: it has to name a clause that is
    /// broken, and to say nothing of a server that is not broken. The independent server needs Python 3.11.
    Mutants(mutants::Arguments),
    /// Try any bytes: on the readers of the model, on the whole service, and on the three readers that have to agree
    ///
    /// Builds the targets in `fuzz/` with what libFuzzer has to see, and runs them until they have had enough. An input that breaks a
    /// property, takes too long or takes too much memory is a failure; it is kept, and the command that tries it again is said.
    Fuzz(fuzz::Arguments),
    /// Measure, as ratios to a baseline of the same run, and print a table
    ///
    /// Nothing is asserted of the numbers: they are for a person to read, with the spread of the rounds beside them.
    #[command(subcommand)]
    Bench(bench::Subject),
    /// Hold ten thousand idle connections to the mock, then send it a mix of calls for a while; fails where a bound is broken
    ///
    /// Starts the released mock on a free port of this machine, and loads it by wrk (Debian: `apt-get install wrk`) before, while and
    /// after the idle connections are there: a quarter of them sent nothing, a quarter had an answer, a quarter sent half a head, and
    /// a quarter half a body. Each is renewed before its time is over, and those that sent a half go on with it and are answered. Then
    /// the mix: valid calls, invalid ones, requests that are cut off, slow senders, clients that do not read, test instances that
    /// answer with faults, and the control plane. What is measured is one table, what it has to be is another. It needs
    /// Linux, and leave to open as many files as there are connections (`ulimit -Hn`); where the leave is for fewer, there are
    /// fewer, and with `CI` in the environment that is a failure.
    Soak(soak::Arguments),
    /// Run all that a change has to pass, and stop at the first step that fails
    ///
    /// Format, lints, generated files, documentation and tests. Each step says what it runs; a step that fails says
    /// how to run it alone.
    Test,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Colours are for a terminal alone.
    match run(&arguments.command, &mut anstream::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where stderr is closed there is nobody to tell, and the exit code still says it.
            let _ = write!(io::stderr(), "{failure}");
            failure.exit_code()
        }
    }
}

fn run(command: &Command, out: &mut dyn Write) -> Result<(), Failure> {
    let root = workspace_root();
    match command {
        Command::Codegen { check } => {
            codegen::run(root, if *check { codegen::Mode::Check } else { codegen::Mode::Write }, out)
        }
        Command::Bench(subject) => bench::run(root, subject, out),
        Command::Contract(arguments) => contract::run(root, arguments, out),
        Command::Fuzz(arguments) => fuzz::run(root, arguments, out),
        Command::Mutants(arguments) => mutants::run(root, arguments, out),
        Command::Soak(arguments) => soak::run(root, arguments, out),
        Command::Test => test::run(root, out),
    }
}

/// Cargo names itself to what it runs. What is not run by cargo takes the one in the search path.
fn cargo() -> process::Command {
    process::Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The folder of this package stands in the root of the workspace.
fn workspace_root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}

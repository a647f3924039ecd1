//! What `cargo xtask bench client` measures, and what `cargo xtask bench mock` compares with, as processes of their own, so
//! that the CPU time of each is that of its process, and valgrind can look at it alone.

mod call;
mod clients;
mod measure;
mod server;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What goes wrong here ends the process; nobody tells one error from another.
type Failure = Box<dyn Error + Send + Sync>;

/// Calls createGroup by one of three clients, and says what it took; or answers such calls
#[derive(Debug, Parser)]
#[command(name = "client-bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer each request with the contract's example of a group, until stdin ends; the first line of stdout is the URL
    Serve {
        /// Which server answers
        #[arg(long, default_value = "one-thread")]
        kind: server::Kind,
    },
    /// Make calls by one client, and print what they took as one line of JSON
    Call(call::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve { kind } => server::run(kind, &mut io::stdout()),
        Command::Call(arguments) => call::run(&arguments, &mut io::stdout()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where stderr is closed there is nobody to tell, and the exit code still says it.
            let _ = writeln!(io::stderr(), "error: {}", chain(&*failure));
            ExitCode::FAILURE
        }
    }
}

/// The error with its causes.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
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

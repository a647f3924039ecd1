//! `greenapi-contract`: proves whether an endpoint keeps the contract of GREEN-API's createGroup.

mod by_hand;
mod check;
mod compare;
mod contract;
mod diff;
mod end;
mod export;
mod kept;
mod listing;
mod output;
mod progress;
mod replay;
mod run;
mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::end::{End, Failed};

const EXAMPLES: &str = "\
Examples:
  greenapi-contract check http://127.0.0.1:8080
      tries the endpoint as instance 1101000001 with any token, and prints a verdict on each clause
  GREEN_TOKEN=... greenapi-contract check http://127.0.0.1:8080 \\
    --instance 1101000001 --token-env GREEN_TOKEN \\
    --states-url http://127.0.0.1:8080/__admin/provider-states \\
    --html report.html --junit report.xml
      the states too, and reports for people and for a CI system
  greenapi-contract check http://127.0.0.1:8080 \\
    --seed 0 --case breaking/request.phones.items.maximum/3
      one case of a report alone
  greenapi-contract replay failure.json http://127.0.0.1:8080
      a failure of a report alone, as JSON
  greenapi-contract compare http://127.0.0.1:8080 http://127.0.0.1:9090
      what differs between two endpoints
  greenapi-contract clauses
      the contract, clause by clause

Exit codes:
  0  kept: nothing is a failure
  1  broken: a clause is broken and that is a failure, or what was compared differs
  2  wrong use of the command line, a file or a variable; stderr says what, where and what to do
  3  the target cannot be reached";

const CHECK_EXAMPLES: &str = "\
Examples:
  greenapi-contract check http://127.0.0.1:8080 \\
    --states-url http://127.0.0.1:8080/__admin/provider-states
      the mock of this project, with the errors that need a state
  greenapi-contract check http://127.0.0.1:9000 \\
    --state starting=1101000002 --state not-authorized=1101000003
      a fake with an instance in each state
  greenapi-contract check http://127.0.0.1:9000 --states-command './set-state.sh \"$GREENAPI_STATE\"'
      a fake that a script brings into each state
  greenapi-contract check http://127.0.0.1:9000 --clause 'request.phones.*' --phase boundary
      a part of it, while you mend something
  greenapi-contract check http://127.0.0.1:9000 --accept known.toml \\
    --markdown \"$GITHUB_STEP_SUMMARY\" --junit report.xml
      in a CI system, with failures that are known until a day
  greenapi-contract check https://api.example.com --live --rate 1 --time 60
      a real service, without anything that could make a group";

/// Proves whether an endpoint keeps the contract of GREEN-API's createGroup, clause by clause
///
/// An endpoint is anything at a URL: a mock, a fake of your own, a proxy. Never point it at the real service without --live:
/// each valid request makes a WhatsApp group.
#[derive(Debug, Parser)]
#[command(name = "greenapi-contract", version, after_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try an endpoint, and print a verdict on each clause
    ///
    /// It sends some thousands of requests, each made from the contract, and judges each answer. What is broken comes with its
    /// sentence from the contract and the smallest request that shows it.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<check::Arguments>),
    /// Send one request that failed again, and judge its answer
    Replay(Box<replay::Arguments>),
    /// Try two endpoints with the same cases, and print what differs, by clause
    Compare(Box<compare::Arguments>),
    /// List the clauses of the contract, each with its evidence and its sentence
    Clauses(listing::Arguments),
    /// Print the contract for other tools: OpenAPI, JSON Schema, a Pact file
    Export(export::Arguments),
    /// Compare two editions of the contract: what came, went and changed, and who breaks by it
    Diff(diff::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(end) => end.into(),
        Err(failed) => {
            // Where stderr is closed there is nobody to tell, and the exit code still says it.
            let _ = std::io::Write::write_fmt(&mut anstream::stderr(), format_args!("error: {failed}\n"));
            failed.end().into()
        }
    }
}

fn run(command: Command) -> Result<End, Failed> {
    match command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Clauses(arguments) => listing::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}

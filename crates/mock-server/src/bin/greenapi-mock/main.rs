//! `greenapi-mock`: an endpoint that behaves like GREEN-API's createGroup.

mod admin;
mod banner;
mod cli;
mod completions;
mod config;
mod effective;
mod exit;
mod failure;
mod faults;
mod healthcheck;
mod kept_file;
mod log;
mod man;
mod output;
mod serve;
mod signals;
mod test_instances;
mod tls;

use std::process::ExitCode;

use clap::ArgMatches;

use crate::cli::{Arguments, Command, ConfigCommand};
use crate::effective::Effective;
use crate::exit::Exit;
use crate::failure::Failure;

fn main() -> ExitCode {
    let (arguments, matches) = cli::read();
    match run(arguments, &matches) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => failure.report(),
    }
}

fn run(arguments: Arguments, matches: &ArgMatches) -> Result<(), Failure> {
    match arguments.command {
        None => serve::serve(&Effective::of(arguments.options, matches)?),
        Some(Command::Faults(arguments)) => faults::list(&arguments),
        Some(Command::Healthcheck(arguments)) => {
            let own = matches.subcommand_matches("healthcheck");
            healthcheck::check(&arguments, own.unwrap_or(matches))
        }
        Some(Command::Completions { shell }) => completions::print(shell),
        Some(Command::Man { command }) => man::print(&command),
        Some(Command::Config(ConfigCommand::Check { file })) => config::check(&file),
        Some(Command::Config(ConfigCommand::Schema)) => config::schema(),
        Some(Command::Config(ConfigCommand::Show(options))) => {
            let of_show =
                matches.subcommand_matches("config").and_then(|config| config.subcommand_matches("show"));
            config::show(&Effective::of(*options, of_show.unwrap_or(matches))?)
        }
    }
}

//! The command line.

mod help;
mod options;
#[cfg(test)]
mod tests;
mod values;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use self::help::{Section, sections};
pub(crate) use self::options::{
    AddressOptions, AdminAddressOptions, ContractOptions, LISTEN, Options, TlsAddressOptions,
};
pub(crate) use self::values::Url;

/// The name of the program.
pub(crate) const NAME: &str = "greenapi-mock";

/// An endpoint that behaves like GREEN-API's createGroup, so that nobody has to make real WhatsApp groups to test
#[derive(Parser)]
#[command(name = NAME, version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a configuration file, show what is in effect, or print the file's JSON Schema
    #[command(subcommand)]
    Config(ConfigCommand),
    /// List the faults: on the wire, of the domain, and for each clause each way to break it
    Faults(FaultsArguments),
    /// Ask a running endpoint whether it is healthy: one line, and exit code 0 if it is, else 1
    Healthcheck(Box<HealthcheckArguments>),
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual page, of the whole or of a command, such as `man config show`
    Man {
        /// The words of the command
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check a configuration file: one line that says what is in it, or all that is wrong, with line and column
    Check {
        /// The file
        #[arg(value_name = "FILE", env = "GREENAPI_MOCK_CONFIG", hide_env_values = true)]
        file: PathBuf,
    },
    /// Print the configuration in effect as TOML, each value with where it comes from; it takes the options of the server
    Show(Box<Options>),
    /// Print the JSON Schema of the configuration file
    Schema,
}

#[derive(Args)]
pub(crate) struct FaultsArguments {
    /// Only those with this text in their id or description
    #[arg(value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) contract: ContractOptions,
}

#[derive(Args)]
#[command(after_help = help::HEALTHCHECK)]
pub(crate) struct HealthcheckArguments {
    /// Where the endpoint or its control plane is, if not where the options say
    #[arg(value_name = "URL")]
    pub(crate) url: Option<Url>,
    /// How long the whole check may take
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = values::timeout)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) address: AddressOptions,
    #[command(flatten)]
    pub(crate) contract: ContractOptions,
    #[command(flatten)]
    pub(crate) admin: AdminAddressOptions,
    #[command(flatten)]
    pub(crate) tls: TlsAddressOptions,
}

/// The command line as clap knows it.
pub(crate) fn command() -> clap::Command {
    let plain = |arg: clap::Arg| arg.hide_env_values(true);
    Arguments::command()
        .after_help(help::after())
        .mut_args(plain)
        .mut_subcommand("faults", |faults| faults.mut_args(plain))
        .mut_subcommand("healthcheck", |healthcheck| healthcheck.mut_args(plain))
        .mut_subcommand("config", |config| config.mut_subcommand("show", |show| show.mut_args(plain)))
}

/// Reads the command line, or ends the process as clap does: with help, version, or what is wrong.
pub(crate) fn read() -> (Arguments, clap::ArgMatches) {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let read = matches.and_then(|matches| Arguments::from_arg_matches(&matches).map(|read| (read, matches)));
    read.unwrap_or_else(|error| {
        // clap names the flag, also where the value is the variable's.
        let variable = help::variable_of(&command, &error);
        let _ = error.print();
        if let Some(variable) = variable {
            let _ = writeln!(io::stderr(), "\nThe value comes from the environment variable {variable}.");
        }
        std::process::exit(error.exit_code())
    })
}

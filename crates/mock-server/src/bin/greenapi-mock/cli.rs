use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use greenapi_mock_server::{Behaviour, Clock};
use greenapi_model::{Edition, InstanceId, InstanceState};

/// An endpoint that behaves like GREEN-API's createGroup, so that nobody has to make real WhatsApp groups to test.
#[derive(Debug, Parser)]
#[command(name = "greenapi-mock", version, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// Put an instance into a state: authorized, starting or not-authorized. May be given often
    #[arg(long = "instance", value_name = "ID:STATE", value_parser = instance)]
    pub(crate) instances: Vec<(InstanceId, Behaviour)>,

    /// Which edition of the contract to keep
    #[arg(long, value_name = "EDITION", default_value_t, value_parser = str::parse::<Edition>)]
    pub(crate) edition: Edition,

    /// Keep a contract of your own: an OpenAPI 3.1 document in JSON, written as those in spec/
    #[arg(long, value_name = "FILE", conflicts_with = "edition")]
    pub(crate) spec: Option<PathBuf>,

    /// Decides the ids and links of groups: the same seed gives the same ones
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    /// The time in errors: that of the contract's example, a fixed one such as 2020-06-29T12:00:00Z, or the system's
    #[arg(long, value_name = "example|TIME|system", default_value = "example", value_parser = clock)]
    pub(crate) clock: Clock,

    /// How many instances there may be; a call to one more is answered with 503
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    pub(crate) max_instances: usize,

    /// What to print: for a person; one JSON object a line, the first one on stdout when ready; or nothing
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log: LogFormat,
}

/// For whom the output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
    Off,
}

const AFTER_HELP: &str = "\
Test instances are there without any set-up, and any token will do:
  1101000001  authorized
  1101000002  starting
  1101000003  not authorized
  1101000004  starting for its first two calls, then authorized
Any other id is an authorized instance, made at its first call.

Examples:
  greenapi-mock
  greenapi-mock --listen 127.0.0.1:0 --log json
  greenapi-mock --instance 7103000001:starting --instance 7103000002:not-authorized

The first line on stdout under --log json:
  {\"event\":\"ready\",\"url\":\"http://127.0.0.1:8080\",\"edition\":\"2020-06-29\",\"version\":\"0.1.0\"}
Calls are logged on stderr, one line each, without path and token.

Exit codes:
  0  stopped by SIGINT or SIGTERM, calls that were under way ended first
  1  the system refused what the server needs
  2  wrong use: an unknown option, a state that the contract has no answer for
  3  cannot listen on the address, for instance because the port is taken
  4  the contract given with --spec cannot be read or used";

fn instance(text: &str) -> Result<(InstanceId, Behaviour), String> {
    let (id, state) = text.split_once(':').ok_or("write ID:STATE, such as 7103000001:starting")?;
    let id = id.parse().map_err(|error| format!("{error}"))?;
    // Whether the contract has an answer for the state is for the emulation to say.
    let Ok(state) = state.parse::<InstanceState>();
    Ok((id, Behaviour::of(state)))
}

fn clock(text: &str) -> Result<Clock, String> {
    match text {
        "example" => Ok(Clock::Example),
        "system" => Ok(Clock::System),
        time => Clock::fixed(time).map_err(|error| format!("write `example`, `system` or a time; {error}")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use greenapi_mock_server::test_instances;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_lists_the_test_instances() {
        for instance in test_instances() {
            let line = format!("  {}  {}\n", instance.id, instance.summary);
            assert!(AFTER_HELP.contains(&line), "{line}");
        }
        assert_eq!(AFTER_HELP.matches("\n  1101").count(), test_instances().len());
    }

    #[test]
    fn an_instance_is_an_id_and_a_state() {
        let check = |text: &str, expected: Result<(u64, InstanceState), ()>| {
            let expected = expected.map(|(id, state)| (InstanceId::new(id), Behaviour::of(state)));
            assert_eq!(instance(text).map_err(drop), expected, "{text}");
        };
        check("7:starting", Ok((7, InstanceState::Starting)));
        check("7:notAuthorized", Ok((7, InstanceState::NotAuthorized)));
        check("7:not-authorized", Ok((7, InstanceState::NotAuthorized)));
        check("7:paused", Ok((7, InstanceState::Other("paused".to_owned()))));
        check("7", Err(()));
        check("x:starting", Err(()));
        check(":starting", Err(()));
    }
}

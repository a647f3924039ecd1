//! What `--help` says below the options, and what is said of a wrong one beyond clap's words.

use clap::error::{ContextKind, ContextValue};
use greenapi_model::Contract;

use crate::{banner, test_instances};

/// The examples, the precedence, the test instances and the exit codes.
pub(super) fn after() -> String {
    let instances = test_instances::of_the_default();
    let url = "http://127.0.0.1:8080";
    let ready = banner::ready_line(url, Some(url), &Contract::default());
    format!(
        "{EXAMPLES}\nTest instances are there without any set-up, with any token unless they mind it:\n{instances}\n\
         The first line on stdout under --log json:\n  {ready}\n{CODES}"
    )
}

const EXAMPLES: &str = "\
Examples:
  greenapi-mock
  greenapi-mock --listen 127.0.0.1:0 --log json
  greenapi-mock --instance 7103000001:starting --instance 7103000002:not-authorized
  greenapi-mock --fault wire.latency=200ms --fault domain.500-but-created
  greenapi-mock --config mock.toml --seed 7
  greenapi-mock config check mock.toml
  greenapi-mock faults latency
  greenapi-mock healthcheck

Without a command it serves. An option is taken from the command line, or else from its
variable of the environment, or else from the file, or else it has its default;
`greenapi-mock config show` says what is in effect, and why. A list is one option, with commas
between its items in a variable; but instances of the file stay beside those of a flag or a
variable, unless they have the same id.

In the file an option has the name of its flag. In the section [journal] stand entries, bytes,
total-bytes, mask-phones and retry-window; in [admin] stand enabled, listen and token-file.
An [[instance]] has an id, a state, a token, a script and faults, which is more than a flag can
say: `greenapi-mock config schema`.
";

pub(super) const HEALTHCHECK: &str = "\
It asks the control plane at GET /__admin/health, or OPTIONS on a path of the method where there
is no control plane; the latter is logged as any call. The endpoint's own variables and file say
where it is, so in a container there is nothing to repeat:
  HEALTHCHECK CMD [\"greenapi-mock\", \"healthcheck\"]";

const CODES: &str = "\
Calls are logged on stderr, one line each, without path and token.

Exit codes:
  0  stopped by SIGINT or SIGTERM, after calls that were under way ended, or ten seconds at
     most; or the command did its work
  1  the system refused what the server needs; or `healthcheck` found that the endpoint is not
     healthy, or did not reach it
  2  wrong use: an unknown option, a file that is not valid, a state or a fault that the
     contract does not have, --admin-listen for other machines without a token, a file
     given by an option that cannot be read or written
  3  cannot listen on the address, for instance because the port is taken
  4  the contract given with --spec cannot be read or used";

/// The variable that a refused value comes from, if it was not given on the command line.
pub(super) fn variable_of(command: &clap::Command, error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else { return None };
    let name = shown.strip_prefix("--")?.split(['=', ' ', '[']).next()?;
    let arg = command.get_arguments().find(|arg| arg.get_long() == Some(name))?;
    let variable = arg.get_env()?;
    let flag = format!("--{name}");
    let is_flag =
        |given: &std::ffi::OsStr| given.to_str().is_some_and(|given| given.split('=').next() == Some(&flag));
    let given = std::env::args_os().any(|given| is_flag(&given));
    (!given && std::env::var_os(variable).is_some()).then(|| variable.to_string_lossy().into_owned())
}

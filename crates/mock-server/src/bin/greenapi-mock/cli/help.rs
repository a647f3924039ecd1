//! What `--help` says below the options, and what is said of a wrong one beyond clap's words.

use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue};
use greenapi_model::Contract;

use crate::exit::Exit;
use crate::{banner, test_instances};

/// A part of what stands below the options, in `--help` and in the manual page.
pub(crate) struct Section {
    pub(crate) heading: &'static str,
    /// Lines that are indented stay as they are.
    pub(crate) text: String,
}

/// All but the exit codes.
pub(crate) fn sections() -> [Section; 4] {
    let instances = test_instances::of_the_default();
    let url = "http://127.0.0.1:8080";
    let ready = banner::ready_line(url, Some(url), None, &Contract::default());
    let section = |heading, text| Section { heading, text };
    [
        section("Examples", EXAMPLES.to_owned()),
        section("Where a value comes from", PRECEDENCE.to_owned()),
        section(
            "Test instances",
            format!("They are there without any set-up, with any token unless they mind it:\n{instances}"),
        ),
        section(
            "Output",
            format!(
                "The first line on stdout under --log json, and in the ready file:\n  {ready}\n\
                 With --tls and --tls-ca it has `tlsCa` too: the file with whom clients have to trust.\n\
                 Calls are logged on stderr, one line each, without path and token.\n"
            ),
        ),
    ]
}

/// The sections and the exit codes.
pub(super) fn after() -> String {
    let mut after = String::new();
    for Section { heading, text } in sections() {
        let _ = writeln!(after, "{heading}:\n{text}");
    }
    after.push_str("Exit codes:\n");
    for exit in Exit::ALL {
        let _ = write!(after, "  {} ", exit.code());
        let mut column = 0;
        for word in exit.meaning().split(' ') {
            if column + word.len() > WIDTH {
                after.push_str("\n    ");
                column = 0;
            }
            let _ = write!(after, " {word}");
            column += word.len() + 1;
        }
        after.push('\n');
    }
    after
}

/// The lines of the exit codes have so many characters, beside the code.
const WIDTH: usize = 90;

const EXAMPLES: &str = "\
Without a command it serves.
  greenapi-mock
  greenapi-mock --listen 127.0.0.1:0 --log json
  greenapi-mock --instance 7103000001:starting --instance 7103000002:not-authorized
  greenapi-mock --fault wire.latency=200ms --fault domain.500-but-created
  greenapi-mock --tls --tls-host api.green-api.com --tls-ca ca.pem
  greenapi-mock --config mock.toml --seed 7
  greenapi-mock config check mock.toml
  greenapi-mock faults latency
  greenapi-mock healthcheck
  greenapi-mock completions bash > ~/.local/share/bash-completion/completions/greenapi-mock
";

const PRECEDENCE: &str = "\
An option is taken from the command line, or else from its variable of the environment, or else
from the file, or else it has its default; `greenapi-mock config show` says what is in effect, and
why. A list is one option, with commas between its items in a variable; but instances of the file
stay beside those of a flag or a variable, unless they have the same id.

In the file an option has the name of its flag. In the section [limits] stand those of what is
borne of clients; in [tls] stand enabled, hosts, ca, cert and key; in [journal] stand entries,
bytes, total-bytes, mask-phones and retry-window; in [admin] stand enabled, listen and token-file.
An [[instance]] has an id, a state, a token, a script and faults, which is more than a flag can
say: `greenapi-mock config schema`.
";

pub(super) const HEALTHCHECK: &str = "\
It asks the control plane at GET /__admin/health, or OPTIONS on a path of the method where there
is no control plane; the latter is logged as any call. The endpoint's own variables and file say
where it is, so in a container there is nothing to repeat:
  HEALTHCHECK CMD [\"greenapi-mock\", \"healthcheck\"]";

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

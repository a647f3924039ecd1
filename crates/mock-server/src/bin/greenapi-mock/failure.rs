use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use greenapi_mock_server::{InvalidConfig, Unemulable};

use crate::exit::Exit;
use crate::kept_file::Purpose;

/// Why nothing can be done by `https`.
#[cfg(not(feature = "tls"))]
pub(crate) const WITHOUT_TLS: &str = "this greenapi-mock was built without the feature `tls`";

/// Why the program ends: what failed, what to do, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    advice: String,
    exit: Exit,
}

impl Failure {
    pub(crate) fn runtime(error: &io::Error) -> Self {
        Self {
            message: format!("cannot start: {error}"),
            advice: "The system refused it.".to_owned(),
            exit: Exit::NotDone,
        }
    }

    pub(crate) fn output(error: &io::Error) -> Self {
        Self {
            message: format!("cannot write to stdout: {error}"),
            advice: "What was printed is not whole.".to_owned(),
            exit: Exit::NotDone,
        }
    }

    /// The answer of `healthcheck`, which is one line.
    pub(crate) fn unhealthy(why: &str) -> Self {
        Self { message: format!("not healthy: {why}"), advice: String::new(), exit: Exit::NotDone }
    }

    /// Wrong use that clap cannot see.
    pub(crate) fn use_of(message: &str, advice: &str) -> Self {
        Self { message: message.to_owned(), advice: advice.to_owned(), exit: Exit::WrongUse }
    }

    /// The value of an option that the emulation does not take.
    pub(crate) fn option(option: &str, error: &impl fmt::Display, advice: &str) -> Self {
        Self::use_of(&format!("{option}: {error}"), advice)
    }

    /// A configuration file with all that is wrong with it.
    pub(crate) fn config(error: &InvalidConfig) -> Self {
        let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
        let advice =
            "`greenapi-mock config schema` says what may stand in the file, and --help what an option means.";
        Self::use_of(&problems.join("\nerror: "), advice)
    }

    pub(crate) fn kept_file(purpose: Purpose, path: &Path, error: &io::Error) -> Self {
        Self::use_of(
            &format!("cannot write {} {}: {error}", purpose.name(), path.display()),
            &format!("It is given by {}; its folder has to be there.", purpose.option()),
        )
    }

    /// `flag` is the one that chooses the address.
    pub(crate) fn listen(flag: &str, address: SocketAddr, error: &io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "Another program has the port. Choose another one with {flag}, or any free one with {flag} 127.0.0.1:0."
            ),
            io::ErrorKind::PermissionDenied => format!("Choose a port from 1024 on with {flag}."),
            _ => format!("Choose an address of this machine with {flag}."),
        };
        Self { message: format!("cannot listen on {address}: {error}"), advice, exit: Exit::Address }
    }

    pub(crate) fn contract(file: &Path, error: &impl fmt::Display) -> Self {
        Self {
            message: format!("cannot use the contract in {}: {error}", file.display()),
            advice: "spec/README.md in the repository says how a contract is written.".to_owned(),
            exit: Exit::Contract,
        }
    }

    pub(crate) fn emulation(error: &Unemulable) -> Self {
        let advice = "The contract lacks what an endpoint needs to know.".to_owned();
        Self { message: error.to_string(), advice, exit: Exit::Contract }
    }

    pub(crate) fn report(&self) -> ExitCode {
        let end = if self.advice.is_empty() { "" } else { "\n" };
        // Whoever closed stderr knows by the exit code.
        let _ = writeln!(io::stderr(), "error: {}{end}{}", self.message, self.advice);
        self.exit.into()
    }
}

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use greenapi_mock_server::Unemulable;

/// Why the program ends: what failed, what to do, and the exit code, as `--help` lists them.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    advice: String,
    code: u8,
}

impl Failure {
    pub(crate) fn runtime(error: &io::Error) -> Self {
        Self {
            message: format!("cannot start: {error}"),
            advice: "The system refused it.".to_owned(),
            code: 1,
        }
    }

    pub(crate) fn instance(error: &Unemulable) -> Self {
        Self { message: format!("--instance: {error}"), advice: "Choose another state.".to_owned(), code: 2 }
    }

    pub(crate) fn listen(address: SocketAddr, error: &io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "Another program has the port. Choose another one with --listen, or any free one with --listen 127.0.0.1:0."
            }
            io::ErrorKind::PermissionDenied => "Choose a port from 1024 on with --listen.",
            _ => "Choose an address of this machine with --listen.",
        };
        let message = format!("cannot listen on {address}: {error}");
        Self { message, advice: advice.to_owned(), code: 3 }
    }

    pub(crate) fn contract(file: &Path, error: &impl fmt::Display) -> Self {
        Self {
            message: format!("cannot use the contract in {}: {error}", file.display()),
            advice: "spec/README.md in the repository says how a contract is written.".to_owned(),
            code: 4,
        }
    }

    pub(crate) fn emulation(error: &Unemulable) -> Self {
        let advice = "The contract lacks what an endpoint needs to know.".to_owned();
        Self { message: error.to_string(), advice, code: 4 }
    }

    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("error: {}\n{}", self.message, self.advice);
        ExitCode::from(self.code)
    }
}

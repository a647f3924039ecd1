//! The mock, as it is released.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::server::Server;

/// Its package, and its name there.
pub(crate) const PROGRAM: (&str, &str) = ("greenapi-mock-server", "greenapi-mock");

pub(crate) struct ReleasedMock(PathBuf);

impl ReleasedMock {
    pub(crate) fn at(program: PathBuf) -> Self {
        Self(program)
    }

    pub(crate) fn program(&self) -> &Path {
        &self.0
    }

    /// It writes its log, as it says where it is only then, but to nobody.
    pub(crate) fn start(&self, arguments: &[String]) -> Result<Server, Failure> {
        let mut command = Command::new(&self.0);
        command.args(["--listen", "127.0.0.1:0", "--log", "json"]).args(arguments).stderr(Stdio::null());
        Server::start(&mut command, url)
    }

    /// It has no log, and so does not say where it is but is told.
    pub(crate) fn start_without_log(&self, arguments: &[String]) -> Result<Server, Failure> {
        // Free as soon as it was found.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let address = address.map_err(|error| Failure::io("find a free port", &error))?;
        let mut command = Command::new(&self.0);
        command.args(["--listen", &address.to_string(), "--log", "off"]).args(arguments);
        Server::start_at(&mut command, address)
    }
}

/// From its first line, `{"event":"ready","url":"http://127.0.0.1:1234"}`.
fn url(line: &str) -> Option<String> {
    let event: serde_json::Value = serde_json::from_str(line).ok()?;
    (event["event"] == "ready").then(|| event["url"].as_str().map(str::to_owned))?
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn the_mock_says_where_it_is() {
        let check = |line: &str, expected: Option<&str>| assert_eq!(url(line).as_deref(), expected, "{line}");
        check(
            r#"{"event":"ready","url":"http://127.0.0.1:1234","edition":"x"}"#,
            Some("http://127.0.0.1:1234"),
        );
        check(r#"{"event":"request","url":"http://127.0.0.1:1234"}"#, None);
        check("greenapi-mock keeps the contract", None);
    }
}

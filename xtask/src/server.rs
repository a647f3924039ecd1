//! A server that is a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::failure::Failure;

/// A server that runs until this is dropped.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it, and waits for its first line on stdout, in which `url` finds where it is.
    pub(crate) fn start(
        command: &mut Command,
        url: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        // Its stdin ends when this process does, for those that heed it.
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let child = child.map_err(|error| Failure::io(format!("start {name}"), &error))?;
        // Made before the first line is read, so that the process ends whatever comes.
        let mut server = Self { child, url: String::new() };
        let mut line = String::new();
        if let Some(stdout) = server.child.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| Failure::io(format!("read what {name} says"), &error))?;
        }
        server.url = url(line.trim_end()).ok_or_else(|| {
            Failure::failed(format!("{name} did not say where it is when it was started, but {line:?}"))
        })?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // None of the servers keeps anything, so there is nothing to end in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Server;

    fn started(script: &str) -> Result<Server, String> {
        let url = |line: &str| line.strip_prefix("at ").map(str::to_owned);
        Server::start(Command::new("sh").args(["-c", script]), url).map_err(|failure| failure.messages())
    }

    #[test]
    fn where_it_is_stands_in_its_first_line() {
        let server = started("echo at http://here; exec sleep 60").expect("it says where it is");
        assert_eq!(server.url(), "http://here");
    }

    #[test]
    fn a_server_that_does_not_say_where_it_is_is_refused() {
        for (script, said) in [("exit 1", r#""""#), ("echo no; exec sleep 60", r#""no\n""#)] {
            let message = started(script).err().expect("it does not say where it is");
            assert!(message.ends_with(said), "{message}");
        }
    }
}

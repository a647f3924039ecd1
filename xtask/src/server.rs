//! A server that is a process of its own.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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
        let name = name(command);
        // Made before the first line is read, so that the process ends whatever comes.
        let mut server = Self::spawn(command.stdout(Stdio::piped()))?;
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

    /// Starts one that does not say where it is but was told, and waits until it takes a connection there.
    pub(crate) fn start_at(command: &mut Command, address: SocketAddr) -> Result<Self, Failure> {
        const PATIENCE: Duration = Duration::from_secs(10);
        const PACE: Duration = Duration::from_micros(200);
        let mut server = Self::spawn(command.stdout(Stdio::null()))?;
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            if start.elapsed() > PATIENCE || !matches!(server.child.try_wait(), Ok(None)) {
                return Err(Failure::failed(format!("{} does not listen on {address}", name(command))));
            }
            thread::sleep(PACE);
        }
        server.url = format!("http://{address}");
        Ok(server)
    }

    fn spawn(command: &mut Command) -> Result<Self, Failure> {
        // Its stdin ends when this process does, for those that heed it.
        let child = command.stdin(Stdio::piped()).spawn();
        let child = child.map_err(|error| Failure::io(format!("start {}", name(command)), &error))?;
        Ok(Self { child, url: String::new() })
    }

    /// The id of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it runs still.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it is over, but no longer than this, and says how it ended.
    pub(crate) fn ended(&mut self, patience: Duration) -> Option<ExitStatus> {
        const PACE: Duration = Duration::from_millis(5);
        let start = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(None) if start.elapsed() < patience => thread::sleep(PACE),
                Ok(status) => return status,
                Err(_) => return None,
            }
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
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
    use std::net::TcpListener;
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

    #[test]
    fn where_it_was_told_to_be_a_server_takes_connections_or_is_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it has an address");
        let start = |script| Server::start_at(Command::new("sh").args(["-c", script]), address);
        assert_eq!(start("exec sleep 60").expect("it listens").url(), format!("http://{address}"));
        drop(listener);
        let message = start("exit 1").err().expect("nobody listens").messages();
        assert_eq!(message, format!("sh does not listen on {address}"));
    }
}

//! The processes of a bench: the server, and the clients one after another.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

use crate::cargo;
use crate::failure::{Exit, Failure};

/// The program of the package `bench`, built as it is released.
pub(crate) struct Bench(PathBuf);

/// What so many calls took.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Measured {
    calls: u64,
    wall_ns: u64,
    cpu_ns: u64,
}

impl Bench {
    pub(crate) fn build(root: &Path) -> Result<Self, Failure> {
        let arguments =
            ["build", "--release", "--package", "bench", "--message-format", "json-render-diagnostics"];
        let mut command = cargo();
        command.args(arguments).current_dir(root).stderr(Stdio::inherit());
        let messages = output(&mut command, "build the bench")?;
        messages
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == "client-bench")
            .find_map(|message| Some(Self(message["executable"].as_str()?.into())))
            .ok_or_else(|| failed("cargo did not say where it built the bench"))
    }

    pub(crate) fn program(&self) -> &OsStr {
        self.0.as_os_str()
    }

    /// So many calls by a client.
    pub(crate) fn call(
        &self,
        server: &Server,
        client: &str,
        concurrency: u16,
        calls: u64,
    ) -> Result<Measured, Failure> {
        let mut command = Command::new(self.program());
        command.args(call_arguments(server, client, calls)).args(["--concurrency", &concurrency.to_string()]);
        let line = output(command.stderr(Stdio::inherit()), &format!("call by {client}"))?;
        serde_json::from_str(&line).map_err(|error| failed(&format!("{client} says {line:?}: {error}")))
    }
}

/// The arguments for so many calls by a client, one after another.
pub(crate) fn call_arguments(server: &Server, client: &str, calls: u64) -> [String; 7] {
    ["call", "--client", client, "--url", &server.url, "--calls", &calls.to_string()].map(str::to_owned)
}

/// What a command writes on stdout, if it succeeds.
pub(crate) fn output(command: &mut Command, what: &str) -> Result<String, Failure> {
    let output = command.output().map_err(|error| Failure::io(what, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(failed(&format!("cannot {what}: it ended with {}\n{said}", output.status)))
    }
}

pub(crate) fn failed(message: &str) -> Failure {
    Failure::new(Exit::Failed, [message.trim_end().to_owned()])
}

/// The server that all clients call. It ends when this is dropped, as its stdin ends then.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    pub(crate) fn start(bench: &Bench) -> Result<Self, Failure> {
        let mut child = Command::new(bench.program())
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::io("start the server", &error))?;
        let mut url = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut url)?;
        }
        let url = url.trim_end().to_owned();
        let server = Self { child, url };
        if server.url.is_empty() { Err(failed("the server did not say where it is")) } else { Ok(server) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It is over either way.
        let _ = self.child.wait();
    }
}

impl Measured {
    #[allow(clippy::cast_precision_loss)] // No bench is so long that it matters.
    pub(crate) fn calls_per_second(&self) -> f64 {
        self.calls as f64 * 1e9 / self.wall_ns.max(1) as f64
    }

    /// The time of the processor for a call, in the program and in the system.
    #[allow(clippy::cast_precision_loss)] // As above.
    pub(crate) fn cpu_microseconds(&self) -> f64 {
        self.cpu_ns as f64 / 1e3 / self.calls.max(1) as f64
    }
}

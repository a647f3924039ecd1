//! The binary as a user of it sees it: what it prints, how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod admin;
mod commands;
mod contract;
mod exit_codes;
mod healthcheck;
mod limits;
mod manual;
mod open_files;
mod options;
mod precedence;
mod ready_file;
mod running;
mod stop_under_load;
#[path = "../support/mod.rs"]
mod support;
#[cfg(feature = "tls")]
mod tls;
mod words;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenapi-mock"));
    // What the one who runs the tests has set is no matter of theirs.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GREENAPI_MOCK_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A run that is expected to end by itself.
fn ended(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command(arguments).output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// What a run prints that is expected to succeed.
fn printed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// Whether a program is there. One that is missing is said, and a failure in CI.
fn has(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    assert!(is_there || std::env::var_os("CI").is_none(), "{program} is missing");
    if !is_there {
        eprintln!("skipped: there is no {program} on this machine");
    }
    is_there
}

/// What a run prints for a person, and the line of it that works when it is pasted.
fn pasted(arguments: &[&str]) -> (String, String) {
    let mut child = command(&[&["--listen", "127.0.0.1:0"], arguments].concat()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut shown = String::new();
    while !shown.contains("Ctrl-C") {
        assert!(stdout.read_line(&mut shown).unwrap() > 0, "{shown}");
    }
    let line = shown.lines().find(|line| line.starts_with("  curl ")).unwrap().to_owned();
    let pasted = Command::new("sh").args(["-c", &format!("{} --silent", line.trim())]).output();
    child.kill().unwrap();
    child.wait().unwrap();
    let answer = String::from_utf8(pasted.unwrap().stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{line}\n{answer}");
    (shown, line)
}

/// A mock that is ready. It is killed at the end of a test that failed.
struct Mock {
    child: Child,
    stdout: BufReader<ChildStdout>,
    ready: Value,
}

impl Mock {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, |_| ())
    }

    fn start_with(arguments: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let mut command = command(&[&["--listen", "127.0.0.1:0", "--log", "json"], arguments].concat());
        change(&mut command);
        Self::spawn(command)
    }

    fn start_at(address: &str) -> Self {
        Self::spawn(command(&["--listen", address, "--log", "json"]))
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Self { child, stdout, ready }
    }

    fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// Stops the mock by a signal; gives the exit code, what else it printed, and what it logged.
    fn stop(mut self, signal: &str) -> (Option<i32>, String, String) {
        self.signal(signal);
        let (mut rest, mut log) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), rest, log)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

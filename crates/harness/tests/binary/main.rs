//! The binary as a user of it sees it: what it prints, what it writes, what it sends, how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod accepted;
mod cases;
mod commands;
mod exits;
mod failures;
mod limits;
mod outputs;
mod reproductions;
mod states;
#[path = "../support/mod.rs"]
mod support;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::Server;

/// A folder of its own in which the binary is run.
struct Folder(TempDir);

/// How a run ended, and what it printed.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// All files in it, with their texts.
    fn files(&self) -> Vec<(PathBuf, String)> {
        let (mut folders, mut files) = (vec![self.0.path().to_owned()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), String::from_utf8(std::fs::read(path).unwrap()).unwrap()));
                }
            }
        }
        files
    }

    fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_greenapi-contract"));
        // What the one who runs the tests has set is no matter of theirs.
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLUMNS"] {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(self.0.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        ended(&mut self.command(arguments))
    }

    /// Tries the server, with few cases unless the arguments say how many, and without HTTP itself.
    fn check(&self, server: &Server, more: &[&str]) -> Ended {
        let few = ["--cases", "20", "--skip-phase", "http"];
        let few = if more.contains(&"--cases") { &few[2..] } else { &few[..] };
        self.run(&[&["check", &server.url], few, more].concat())
    }
}

fn ended(command: &mut Command) -> Ended {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

impl Ended {
    #[track_caller]
    fn with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn says(self, expected: &[&str]) -> Self {
        for text in expected {
            let all = format!("{}\n{}", self.stdout, self.stderr);
            assert!(all.contains(text), "{text:?} is not in:\n{all}");
        }
        self
    }
}

//! A server that shares no code with this project, and its mutants.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use greenapi_harness::{Harness, StatesUrl, Target};
use greenapi_model::{Contract, InstanceState};
use serde::Deserialize;

use super::score::Judged;
use super::{Expected, Mutant, any_token, failed, judged, only_warns};
use crate::failure::Failure;

const SERVER: &str = "tests/independent/server.py";
const READY: &str = "listening on ";

/// Without a mutant.
const CORRECT: &str = "the independent server";

pub(super) struct Servers<'c> {
    contract: &'c Contract,
    program: PathBuf,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    breaks: Vec<String>,
}

impl<'c> Servers<'c> {
    pub(super) fn new(root: &Path, contract: &'c Contract) -> Result<Self, Failure> {
        let program = root.join(SERVER);
        if program.is_file() {
            Ok(Self { contract, program })
        } else {
            Err(failed(format!("{SERVER} is not there")))
        }
    }

    /// Each mutant, and first the correct server.
    pub(super) fn mutants(&self) -> Result<Vec<Mutant>, Failure> {
        let listed = self
            .command()
            .args(["--list-mutants", "--json"])
            .output()
            .map_err(|error| Failure::io("start python3".to_owned(), &error))?;
        let listed: Vec<Listed> = serde_json::from_slice(&listed.stdout)
            .map_err(|error| failed(format!("{SERVER} --list-mutants --json: {error}")))?;
        let correct = Mutant {
            name: CORRECT.to_owned(),
            breaks: Vec::new(),
            only_warns: true,
            expected: Expected::Nothing,
        };
        let mutant = |Listed { name, breaks }| {
            let only_warns = only_warns(self.contract, &breaks);
            Mutant { name, breaks, only_warns, expected: Expected::Named }
        };
        Ok(std::iter::once(correct).chain(listed.into_iter().map(mutant)).collect())
    }

    pub(super) fn try_on(&self, harness: &Harness, mutant: &Mutant) -> Result<Judged, Failure> {
        let mut command = self.command();
        command.args(["--port", "0"]);
        if mutant.name != CORRECT {
            command.args(["--mutant", &mutant.name]);
        }
        let running = Running::start(command)?;
        let states = StatesUrl::new(&format!("{}/_pact/provider_states", running.url)).map_err(failed)?;
        let target = Target::new(&running.url, any_token()?)
            .map_err(|error| failed(format!("{}: {error}", mutant.name)))?
            .authorized(1_101_000_001)
            .instance(InstanceState::Starting, 1_101_000_002.into())
            .instance(InstanceState::NotAuthorized, 1_101_000_003.into())
            .other_token(1_101_000_005.into())
            .states(states);
        judged(harness, &target, mutant)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("python3");
        command.arg(&self.program).env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
        command
    }
}

/// A server that is ended when it is dropped.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, Failure> {
        let child = command.stdout(Stdio::piped()).spawn();
        let mut running = Self {
            child: child.map_err(|error| Failure::io("start python3".to_owned(), &error))?,
            url: String::new(),
        };
        let mut line = String::new();
        if let Some(stdout) = running.child.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| Failure::io(format!("read what {SERVER} says"), &error))?;
        }
        let url = line.trim().strip_prefix(READY);
        let url = url.ok_or_else(|| failed(format!("{SERVER} said {line:?} when it was started")))?;
        url.clone_into(&mut running.url);
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It keeps nothing, so there is nothing to end in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

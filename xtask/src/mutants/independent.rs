//! A server that shares no code with this project, and its mutants.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use greenapi_harness::{Harness, StatesUrl, Target};
use greenapi_model::InstanceState;
use serde::Deserialize;

use super::score::Judged;
use super::{Expected, Mutant, any_token, failed, judged};
use crate::failure::Failure;
use crate::server::Server;

const SERVER: &str = "tests/independent/server.py";
const READY: &str = "listening on ";

/// Without a mutant.
const CORRECT: &str = "the independent server";

pub(super) struct Servers {
    program: PathBuf,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    breaks: Vec<String>,
}

impl Servers {
    pub(super) fn new(root: &Path) -> Result<Self, Failure> {
        let program = root.join(SERVER);
        if program.is_file() { Ok(Self { program }) } else { Err(failed(format!("{SERVER} is not there"))) }
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
        let correct = Mutant { name: CORRECT.to_owned(), breaks: Vec::new(), expected: Expected::Nothing };
        let mutant = |Listed { name, breaks }| Mutant { name, breaks, expected: Expected::Named };
        Ok(std::iter::once(correct).chain(listed.into_iter().map(mutant)).collect())
    }

    pub(super) fn try_on(&self, harness: &Harness, mutant: &Mutant) -> Result<Judged, Failure> {
        let mut command = self.command();
        command.args(["--port", "0"]);
        if mutant.name != CORRECT {
            command.args(["--mutant", &mutant.name]);
        }
        let server = Server::start(&mut command, |line| line.strip_prefix(READY).map(str::to_owned))?;
        let states = StatesUrl::new(&format!("{}/_pact/provider_states", server.url())).map_err(failed)?;
        let target = Target::new(server.url(), any_token()?)
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

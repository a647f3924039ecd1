//! Servers that share no code with this project, and the mutants of one of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use greenapi_harness::{Harness, StatesUrl, Target};
use greenapi_model::{Contract, InstanceState};
use serde::Deserialize;

use super::score::Judged;
use super::{Expected, Mutant, failed, judged, only_warns};
use crate::contract::any_token;
use crate::failure::Failure;
use crate::server::Server;

/// Below the root.
const FOLDER: &str = "tests/independent";
const SERVER: &str = "server.py";
const READY: &str = "listening on ";

/// Without a mutant.
const CORRECT: &str = "the independent server";

/// Servers that keep what is documented and nothing more, with their options.
const PLAIN: [(&str, &[&str]); 2] =
    [("a plain server", &[]), ("a plain server that keeps connections", &["--keep-alive"])];
const PLAIN_SERVER: &str = "plain.py";

pub(super) struct Servers<'c> {
    contract: &'c Contract,
    folder: PathBuf,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    breaks: Vec<String>,
}

impl<'c> Servers<'c> {
    pub(super) fn new(root: &Path, contract: &'c Contract) -> Result<Self, Failure> {
        let folder = root.join(FOLDER);
        if folder.is_dir() {
            Ok(Self { contract, folder })
        } else {
            Err(failed(format!("{FOLDER} is not there")))
        }
    }

    /// Each mutant, and first the servers that are not broken.
    pub(super) fn mutants(&self) -> Result<Vec<Mutant>, Failure> {
        let listed = self
            .python(SERVER)
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
        let plain = PLAIN.iter().map(|(name, _)| Mutant {
            name: (*name).to_owned(),
            breaks: Vec::new(),
            only_warns: true,
            expected: Expected::NoFailure,
        });
        Ok(std::iter::once(correct).chain(plain).chain(listed.into_iter().map(mutant)).collect())
    }

    pub(super) fn try_on(&self, harness: &Harness, mutant: &Mutant) -> Result<Judged, Failure> {
        let plain = PLAIN.iter().find(|(name, _)| *name == mutant.name);
        let (program, states_path) =
            if plain.is_some() { (PLAIN_SERVER, "states") } else { (SERVER, "_pact/provider_states") };
        let mut command = self.python(program);
        command
            .args(["--port", "0"])
            .args(plain.map_or(&[][..], |(_, options)| options))
            .stderr(Stdio::null());
        if mutant.expected == Expected::Named {
            command.args(["--mutant", &mutant.name]);
        }
        let server = Server::start(&mut command, |line| line.strip_prefix(READY).map(str::to_owned))?;
        let states = StatesUrl::new(&format!("{}/{states_path}", server.url())).map_err(failed)?;
        let target = Target::new(server.url(), any_token()?)
            .map_err(|error| failed(format!("{}: {error}", mutant.name)))?
            .authorized(1_101_000_001)
            .states(states);
        // It has instances that are in a state from the beginning.
        let target = if plain.is_some() {
            target
        } else {
            target
                .instance(InstanceState::Starting, 1_101_000_002.into())
                .instance(InstanceState::NotAuthorized, 1_101_000_003.into())
                .other_token(1_101_000_005.into())
        };
        judged(harness, &target, mutant)
    }

    fn python(&self, program: &str) -> Command {
        let mut command = Command::new("python3");
        command.arg(self.folder.join(program)).env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
        command
    }
}

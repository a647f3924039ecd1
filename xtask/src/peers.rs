//! The testers of other people, by the script that runs them.

use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::failure::Failure;

const SCRIPT: &str = ".ci/foreign/peers.py";

/// The script's exit code where something that it needs is not there.
const MISSING: i32 = 2;

/// What the script says of all its runs.
#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    pub(crate) peers: Vec<Peer>,
    pub(crate) runs: Vec<Run>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// One run of one peer against one server.
#[derive(Debug, Deserialize)]
pub(crate) struct Run {
    pub(crate) peer: String,
    /// None where the server is a correct one.
    pub(crate) mutant: Option<String>,
    pub(crate) found: bool,
    /// None where the peer did not come so far.
    pub(crate) requests: Option<u64>,
    pub(crate) seconds: f64,
}

/// Why there is nothing to be told.
pub(crate) enum Untold {
    /// A peer is not installed; stderr has said which.
    Missing,
    Failed(Failure),
}

/// How to install the peers.
pub(crate) fn installation() -> String {
    format!("python3 {SCRIPT} --install")
}

/// Runs the script with these arguments.
pub(crate) fn told<'a>(root: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<Told, Untold> {
    let mut command = Command::new("python3");
    command.arg(root.join(SCRIPT)).args(arguments).current_dir(root);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Untold::Failed(Failure::io(format!("run {SCRIPT}"), &error)))?;
    if output.status.code() == Some(MISSING) {
        return Err(Untold::Missing);
    }
    serde_json::from_slice(&output.stdout).map_err(|error| {
        Untold::Failed(Failure::failed(format!(
            "{SCRIPT} ended with {} and did not work: {error}",
            output.status
        )))
    })
}

impl From<Untold> for Failure {
    fn from(untold: Untold) -> Self {
        match untold {
            Untold::Missing => {
                Self::failed(format!("a peer is not installed; `{}` does that", installation()))
            }
            Untold::Failed(failure) => failure,
        }
    }
}

//! The contract tester and the mock, as they are released.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::process::{self, Usage};
use crate::bench::build;
use crate::bench::released_mock::{self, ReleasedMock};
use crate::failure::Failure;
use crate::server::Server;

/// Builds both as they are released.
pub(super) fn built(root: &Path) -> Result<(ReleasedMock, Tester), Failure> {
    let programs = [released_mock::PROGRAM, ("greenapi-harness", "greenapi-contract")];
    let [mock, program] = build::released(root, programs)?;
    let report = program.with_file_name("bench-contract.json");
    Ok((ReleasedMock::at(mock), Tester { program, report }))
}

pub(super) struct Tester {
    program: PathBuf,
    /// Where its report goes.
    report: PathBuf,
}

/// What is read of a report.
#[derive(Deserialize)]
struct Report {
    requests: u64,
}

impl Tester {
    /// A run against the mock, with so many cases a phase or as many as it makes by default: its requests, and what it took.
    pub(super) fn check(&self, mock: &Server, cases: Option<u32>) -> Result<(u64, Usage), Failure> {
        let states = format!("{}/__admin/provider-states", mock.url());
        let mut command = Command::new(&self.program);
        command.args(["check", mock.url(), "--states-url", &states, "--no-failures", "--quiet"]);
        command.arg("--json").arg(&self.report).args(arguments(cases));
        let name = name(cases);
        let ended = process::run(&mut command).map_err(|error| Failure::io(format!("run {name}"), &error))?;
        if !ended.status.success() {
            let said = ended.stdout;
            return Err(Failure::failed(format!(
                "{name} does not say that the mock keeps the contract; it ended with {}\n{said}",
                ended.status
            )));
        }
        Ok((requests(&self.report)?, ended.usage))
    }
}

fn requests(report: &Path) -> Result<u64, Failure> {
    let name = report.display();
    let text = fs::read(report).map_err(|error| Failure::io(format!("read {name}"), &error))?;
    let report: Report = serde_json::from_slice(&text)
        .map_err(|error| Failure::failed(format!("{name} is no report: {error}")))?;
    Ok(report.requests)
}

/// What a person calls such a run.
pub(super) fn name(cases: Option<u32>) -> String {
    ["greenapi-contract check".to_owned()].into_iter().chain(arguments(cases)).collect::<Vec<_>>().join(" ")
}

fn arguments(cases: Option<u32>) -> Vec<String> {
    cases.map_or_else(Vec::new, |cases| vec!["--cases".to_owned(), cases.to_string()])
}

#[cfg(test)]
mod tests {
    use super::{name, requests};

    #[test]
    fn the_requests_stand_in_the_report() {
        let folder = tempfile::tempdir().expect("a folder");
        let report = folder.path().join("report.json");
        std::fs::write(&report, r#"{"format": 1, "requests": 27, "kept": true}"#).expect("it can be written");
        assert_eq!(requests(&report).expect("it is a report"), 27);
        std::fs::write(&report, r#"{"format": 1}"#).expect("it can be written");
        let message = requests(&report).expect_err("it is none").messages();
        assert!(message.contains("report.json is no report: missing field `requests`"), "{message}");
    }

    #[test]
    fn a_run_is_named_by_its_command() {
        assert_eq!(name(None), "greenapi-contract check");
        assert_eq!(name(Some(7)), "greenapi-contract check --cases 7");
    }
}

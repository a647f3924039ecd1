//! The file in which failures are kept, to be tried first next time.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use greenapi_harness::{Event, Observe, Phase, Replay, Report, Verdict};
use serde::{Deserialize, Serialize};

use crate::end::Failed;

/// So many are kept at most.
const MOST: usize = 200;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Cases")]
pub(crate) struct Kept {
    /// Where failures are kept, to be tried first next time
    #[arg(long, value_name = "FILE", default_value = ".greenapi-contract/failures.json")]
    failures: PathBuf,
    /// Neither try nor keep failures
    #[arg(long, conflicts_with = "failures")]
    no_failures: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    failures: Vec<Replay>,
}

/// Which of the failures that are kept were tried again: the ids of their cases.
#[derive(Default)]
pub(crate) struct TriedAgain {
    is_now: bool,
    cases: HashSet<String>,
}

impl Observe for TriedAgain {
    fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::Phase { phase, .. } => self.is_now = *phase == Phase::Kept,
            Event::Answer { case, .. } if self.is_now => {
                self.cases.insert((*case).to_owned());
            }
            _ => {}
        }
    }
}

impl Kept {
    pub(crate) fn read(&self) -> Result<Vec<Replay>, Failed> {
        if self.no_failures {
            return Ok(Vec::new());
        }
        match fs::read_to_string(&self.failures) {
            Ok(text) => serde_json::from_str::<File>(&text).map(|file| file.failures).map_err(|error| {
                let path = self.failures.display();
                Failed::wrong_use(format!(
                    "{path} holds no failures of greenapi-contract: {error}; take the file away, or use --no-failures"
                ))
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Failed::file("read", &self.failures, &error)),
        }
    }

    /// Keeps what failed, and what failed before and was not tried again. Says where.
    pub(crate) fn write(
        &self,
        before: Vec<Replay>,
        tried: &TriedAgain,
        report: &Report,
    ) -> Result<Option<String>, Failed> {
        if self.no_failures {
            return Ok(None);
        }
        let failures = report.results().iter().filter_map(|result| match &result.verdict {
            Verdict::Broken(counterexample) => Some(counterexample.replay.clone()),
            _ => None,
        });
        let is_over = |replay: &Replay| match report.result(replay.clause()).map(|result| &result.verdict) {
            // The failure of this run takes its place.
            Some(Verdict::Broken(_)) => true,
            Some(Verdict::Kept) => tried.cases.contains(replay.case()),
            Some(Verdict::NotChecked(_)) | None => false,
        };
        let before = before.into_iter().filter(|replay| !is_over(replay));
        let failures: Vec<Replay> = failures.chain(before).take(MOST).collect();
        if failures.is_empty() {
            return match fs::remove_file(&self.failures) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(Failed::file("remove", &self.failures, &error))
                }
                _ => Ok(None),
            };
        }
        let count = failures.len();
        let text = serde_json::to_string_pretty(&File { failures }).unwrap_or_default() + "\n";
        if let Some(folder) = self.failures.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| Failed::file("make the folder", folder, &error))?;
        }
        write_whole(&self.failures, &text).map_err(|error| Failed::file("write", &self.failures, &error))?;
        Ok(Some(format!("kept in {}, to be tried first next time: {count}", self.failures.display())))
    }
}

/// Writes a file that is there whole or not at all.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

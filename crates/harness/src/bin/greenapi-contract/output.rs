use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use greenapi_harness::{Report, Verdict};

use crate::end::Failed;

/// Where the report goes, beside the terminal.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct Outputs {
    /// Write the report as JSON; `-` is stdout, and the table then goes to stderr
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report as XML in the form of `JUnit`
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the report as Markdown, for the summary of a CI step
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the report as one page of HTML
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write for each broken clause a script CLAUSE.sh that sends the request by curl, and CLAUSE.json for `replay`
    #[arg(long, value_name = "FOLDER")]
    reproductions: Option<PathBuf>,
}

impl Outputs {
    /// Refuses before the run what could not be written after it.
    pub(crate) fn check(&self) -> Result<(), Failed> {
        let to_stdout: Vec<_> = self.files().into_iter().filter(|(path, _)| is_stdout(path)).collect();
        if to_stdout.len() > 1 {
            return Err(Failed::wrong_use("only one report can go to stdout"));
        }
        for (path, _) in self.files() {
            if is_stdout(path) {
                continue;
            }
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
                return Err(Failed::wrong_use(format!(
                    "there is no folder {} to write to",
                    folder.display()
                )));
            }
        }
        Ok(())
    }

    pub(crate) fn write(&self, report: &Report) -> Result<(), Failed> {
        let mut stdout_is_taken = false;
        for (path, make) in self.files() {
            if is_stdout(path) {
                stdout_is_taken = true;
                tell(&make(report))?;
            } else {
                fs::write(path, make(report)).map_err(|error| Failed::file("write", path, &error))?;
            }
        }
        if let Some(folder) = &self.reproductions {
            reproductions(folder, report)?;
        }
        let table = report.to_terminal();
        if stdout_is_taken {
            // Where stderr is closed there is nobody to read it.
            let _ = anstream::stderr().write_all(table.as_bytes());
        } else {
            tell(&table)?;
        }
        Ok(())
    }

    #[allow(clippy::type_complexity)] // A file, and what makes its text.
    fn files(&self) -> Vec<(&Path, fn(&Report) -> String)> {
        let all: [(&Option<PathBuf>, fn(&Report) -> String); 4] = [
            (&self.json, Report::to_json),
            (&self.junit, Report::to_junit),
            (&self.markdown, Report::to_markdown),
            (&self.html, Report::to_html),
        ];
        all.into_iter().filter_map(|(path, make)| Some((path.as_deref()?, make))).collect()
    }
}

/// Writes to stdout. That nobody reads it any more, such as `head` that has enough, is no failure.
pub(crate) fn tell(text: &str) -> Result<(), Failed> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failed::wrong_use(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn reproductions(folder: &Path, report: &Report) -> Result<(), Failed> {
    fs::create_dir_all(folder).map_err(|error| Failed::file("make the folder", folder, &error))?;
    for result in report.results() {
        let Verdict::Broken(counterexample) = &result.verdict else { continue };
        let id = result.clause.id();
        let script = format!(
            "#!/bin/sh\n# {}: {}\n# expected: {}\n# found:    {}\n# The token is read from the variable TOKEN.\n: \"${{TOKEN:?}}\"\n{}",
            id,
            one_line(result.clause.sentence()),
            one_line(&counterexample.expected),
            one_line(&counterexample.found),
            counterexample.curl(),
        );
        let replay = serde_json::to_string_pretty(&counterexample.replay).unwrap_or_default() + "\n";
        for (ending, text) in [("sh", script), ("json", replay)] {
            let path = folder.join(format!("{id}.{ending}"));
            fs::write(&path, text).map_err(|error| Failed::file("write", &path, &error))?;
        }
    }
    Ok(())
}

/// The text without what would end a comment.
fn one_line(text: &str) -> String {
    text.replace(|one: char| one.is_control(), " ")
}

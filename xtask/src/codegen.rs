//! `cargo xtask codegen`: `spec/<edition>.yaml` in, `crates/model/contracts/` out; and the schema of the mock's configuration
//! file from the types that read it.
//!
//! What may stand in a spec is the model's to say: this module turns YAML into JSON, and the JSON pointer of the model's
//! refusal into a line of the YAML.

mod drift;
mod output;
mod place;
mod spec;
#[cfg(test)]
mod tests;
mod yaml;

use std::io::Write;
use std::path::Path;

use crate::failure::{Exit, Failure};

/// What to do about files that are not up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write them.
    Write,
    /// Name them.
    Check,
}

/// Reads the editions below `root`, and writes or checks what is made from them.
pub(crate) fn run(root: &Path, mode: Mode, out: &mut dyn Write) -> Result<(), Failure> {
    let specs = spec::read_all(root)?;
    let files = output::files(&specs);
    let drift = drift::find(root, &files)?;
    match mode {
        Mode::Write => {
            for change in &drift {
                change.apply(root)?;
                writeln!(out, "{} {}", change.done(), change.path())?;
            }
        }
        Mode::Check if !drift.is_empty() => return Err(stale(&drift)),
        Mode::Check => {}
    }
    if drift.is_empty() {
        let (files, specs) = (files.len(), specs.len());
        writeln!(out, "up to date: {files} generated files, editions: {specs}")?;
    }
    Ok(())
}

fn stale(drift: &[drift::Change]) -> Failure {
    let mut lines = vec!["generated files are not up to date".to_owned()];
    lines.extend(drift.iter().map(|change| format!("  {:<11}  {}", change.state(), change.path())));
    lines.push("run `cargo xtask codegen`".to_owned());
    Failure::new(Exit::Stale, [lines.join("\n")])
}

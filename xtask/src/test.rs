//! `cargo xtask test`: all that a change has to pass.

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::codegen;
use crate::contract;
use crate::failure::{Exit, Failure};

/// The folder of the library crates, below the root.
const CRATES: &str = "crates";

/// One thing to pass.
#[derive(Debug)]
struct Step {
    name: String,
    work: Work,
}

#[derive(Debug)]
enum Work {
    /// Cargo, with arguments and one variable of the environment.
    Cargo { arguments: Vec<String>, variable: Option<(&'static str, &'static str)> },
    /// A check that needs no other process, and the command that runs it alone.
    Here { run: fn(&Path, &mut dyn Write) -> Result<(), Failure>, alone: &'static str },
}

/// Runs the steps in the workspace at `root`, until one fails.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let crates = libraries(root).map_err(|error| Failure::io(format!("list {CRATES}/"), &error))?;
    perform(&steps(&crates), out, |step, out| step.passes(root, out))
}

/// The steps, in their order: what is quick to tell and quick to mend comes first.
fn steps(crates: &[String]) -> Vec<Step> {
    let mut steps = vec![
        Step::cargo("format", "fmt --all --check"),
        Step::cargo("lints", "clippy --quiet --workspace --all-targets --all-features -- -D warnings"),
    ];
    steps.extend(crates.iter().map(|folder| {
        // By its manifest and not by its name, so that no other crate of the workspace turns a feature on.
        let arguments = format!(
            "clippy --quiet --manifest-path {folder}/Cargo.toml --no-default-features -- -D warnings"
        );
        Step::cargo(&format!("lints of {folder} without its features"), &arguments)
    }));
    steps.extend([
        Step::here("generated files", "cargo xtask codegen --check", |root, out| {
            codegen::run(root, codegen::Mode::Check, out)
        }),
        Step::cargo("documentation", "doc --quiet --workspace --no-deps --all-features")
            .with_variable("RUSTDOCFLAGS", "-D warnings"),
        Step::here("contract", "cargo xtask contract", |root, out| {
            contract::run(root, &contract::Arguments::default(), out)
        }),
        // No snapshot is written here: to accept one is a decision of its own.
        Step::cargo("tests", "test --workspace --all-features").with_variable("INSTA_UPDATE", "no"),
    ]);
    steps
}

/// The folders of the crates that have a library, below the root, in order.
fn libraries(root: &Path) -> std::io::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root.join(CRATES))? {
        let entry = entry?;
        if entry.path().join("src/lib.rs").is_file() {
            folders.push(format!("{CRATES}/{}", entry.file_name().to_string_lossy()));
        }
    }
    folders.sort();
    Ok(folders)
}

/// Announces each step and has it run by `passes`, which says why it fails.
fn perform(
    steps: &[Step],
    out: &mut dyn Write,
    mut passes: impl FnMut(&Step, &mut dyn Write) -> Result<(), String>,
) -> Result<(), Failure> {
    for (index, step) in steps.iter().enumerate() {
        writeln!(out, "[{}/{}] {}: {}", index + 1, steps.len(), step.name, step.alone())?;
        out.flush()?;
        passes(step, out).map_err(|why| {
            let message =
                format!("the step \"{}\" failed: {why}\nto run it alone: {}", step.name, step.alone());
            Failure::new(Exit::Failed, [message])
        })?;
    }
    writeln!(out, "all {} steps passed", steps.len())?;
    Ok(())
}

impl Step {
    /// `arguments` are separated by single spaces.
    fn cargo(name: &str, arguments: &str) -> Self {
        let arguments = arguments.split(' ').map(str::to_owned).collect();
        Self { name: name.to_owned(), work: Work::Cargo { arguments, variable: None } }
    }

    fn here(name: &str, alone: &'static str, run: fn(&Path, &mut dyn Write) -> Result<(), Failure>) -> Self {
        Self { name: name.to_owned(), work: Work::Here { run, alone } }
    }

    fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
        if let Work::Cargo { variable, .. } = &mut self.work {
            *variable = Some((name, value));
        }
        self
    }

    /// The command that runs this step alone.
    fn alone(&self) -> String {
        match &self.work {
            Work::Here { alone, .. } => (*alone).to_owned(),
            Work::Cargo { arguments, variable } => {
                let variable =
                    variable.map(|(name, value)| format!("{name}=\"{value}\" ")).unwrap_or_default();
                format!("{variable}cargo {}", arguments.join(" "))
            }
        }
    }

    /// Runs the step; what cargo says goes where our own output goes.
    fn passes(&self, root: &Path, out: &mut dyn Write) -> Result<(), String> {
        match &self.work {
            Work::Here { run, .. } => run(root, out).map_err(|failure| failure.messages()),
            Work::Cargo { arguments, variable } => {
                // Cargo names itself to what it runs. What is not run by cargo takes the one in the search path.
                let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
                let ended = Command::new(cargo)
                    .args(arguments)
                    .envs(*variable)
                    .current_dir(root)
                    .status()
                    .map_err(|error| format!("cannot start cargo: {error}"))?;
                if ended.success() { Ok(()) } else { Err(format!("cargo ended with {ended}")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Step, libraries, perform, steps};
    use crate::failure::Exit;

    fn performed(fails: &str) -> (String, Result<(), Failure>) {
        let steps = steps(&["crates/model".to_owned()]);
        let mut out = Vec::new();
        let passes = |step: &Step, _: &mut dyn std::io::Write| {
            if step.name == fails { Err("it does".to_owned()) } else { Ok(()) }
        };
        let ended = perform(&steps, &mut out, passes);
        (String::from_utf8(out).unwrap(), ended)
    }

    #[test]
    fn each_step_is_announced() {
        let (out, ended) = performed("none");
        assert!(ended.is_ok());
        insta::assert_snapshot!(out, @r#"
        [1/7] format: cargo fmt --all --check
        [2/7] lints: cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings
        [3/7] lints of crates/model without its features: cargo clippy --quiet --manifest-path crates/model/Cargo.toml --no-default-features -- -D warnings
        [4/7] generated files: cargo xtask codegen --check
        [5/7] documentation: RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps --all-features
        [6/7] contract: cargo xtask contract
        [7/7] tests: INSTA_UPDATE="no" cargo test --workspace --all-features
        all 7 steps passed
        "#);
    }

    #[test]
    fn the_first_step_that_fails_is_the_last() {
        let (out, ended) = performed("documentation");
        assert!(out.lines().last().unwrap().contains("documentation"), "{out}");
        let failure = ended.unwrap_err();
        assert_eq!(failure.exit(), Exit::Failed);
        insta::assert_snapshot!(failure, @r#"
        error: the step "documentation" failed: it does
        to run it alone: RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps --all-features
        "#);
    }

    #[test]
    fn the_libraries_are_found() {
        let found = libraries(crate::workspace_root()).unwrap();
        assert!(found.contains(&"crates/model".to_owned()), "{found:?}");
    }
}

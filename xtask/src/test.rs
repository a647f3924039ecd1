//! `cargo xtask test`: all that a change has to pass.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::cargo;
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

/// A crate that has a library, and what may be switched on in it.
struct Library {
    /// Below the root.
    folder: String,
    features: Vec<String>,
    /// Some of them are on by default, so without them it is another crate than the workspace tests.
    has_defaults: bool,
}

/// The steps, in their order: what is quick to tell and quick to mend comes first.
fn steps(crates: &[Library]) -> Vec<Step> {
    let mut steps = vec![
        Step::cargo("format", "fmt --all --check"),
        Step::cargo("lints", "clippy --quiet --workspace --all-targets --all-features -- -D warnings"),
    ];
    for Library { folder, features, .. } in crates {
        // By its manifest and not by its name, so that no other crate of the workspace turns a feature on.
        let alone = format!("clippy --quiet --manifest-path {folder}/Cargo.toml --no-default-features");
        steps.push(Step::cargo(
            &format!("lints of {folder} without its features"),
            &format!("{alone} -- -D warnings"),
        ));
        steps.extend(features.iter().map(|feature| {
            let name = format!("lints of {folder} with {feature} alone");
            Step::cargo(&name, &format!("{alone} --features {feature} -- -D warnings"))
        }));
    }
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
    steps.extend(crates.iter().filter(|library| library.has_defaults).map(|Library { folder, .. }| {
        let arguments = format!("test --manifest-path {folder}/Cargo.toml --no-default-features");
        Step::cargo(&format!("tests of {folder} without its features"), &arguments)
            .with_variable("INSTA_UPDATE", "no")
    }));
    steps
}

/// The crates that have a library, in the order of their folders.
fn libraries(root: &Path) -> io::Result<Vec<Library>> {
    let mut libraries = Vec::new();
    for entry in fs::read_dir(root.join(CRATES))? {
        let entry = entry?;
        if entry.path().join("src/lib.rs").is_file() {
            let folder = format!("{CRATES}/{}", entry.file_name().to_string_lossy());
            let manifest = fs::read_to_string(entry.path().join("Cargo.toml"))?;
            libraries.push(library(folder, &manifest)?);
        }
    }
    libraries.sort_by(|one, other| one.folder.cmp(&other.folder));
    Ok(libraries)
}

fn library(folder: String, manifest: &str) -> io::Result<Library> {
    let manifest: toml::Table = manifest.parse().map_err(io::Error::other)?;
    let features = manifest.get("features").and_then(toml::Value::as_table);
    let names = features.into_iter().flat_map(toml::Table::keys);
    let (defaults, features): (Vec<_>, Vec<_>) = names.cloned().partition(|name| name == "default");
    Ok(Library { folder, features, has_defaults: !defaults.is_empty() })
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
                let ended = cargo()
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
    use super::{Failure, Library, Step, libraries, perform, steps};
    use crate::failure::Exit;

    fn performed(fails: &str) -> (String, Result<(), Failure>) {
        let folder = "crates/model".to_owned();
        let model = Library { folder, features: vec!["proptest".to_owned()], has_defaults: true };
        let steps = steps(&[model]);
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
        [1/9] format: cargo fmt --all --check
        [2/9] lints: cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings
        [3/9] lints of crates/model without its features: cargo clippy --quiet --manifest-path crates/model/Cargo.toml --no-default-features -- -D warnings
        [4/9] lints of crates/model with proptest alone: cargo clippy --quiet --manifest-path crates/model/Cargo.toml --no-default-features --features proptest -- -D warnings
        [5/9] generated files: cargo xtask codegen --check
        [6/9] documentation: RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps --all-features
        [7/9] contract: cargo xtask contract
        [8/9] tests: INSTA_UPDATE="no" cargo test --workspace --all-features
        [9/9] tests of crates/model without its features: INSTA_UPDATE="no" cargo test --manifest-path crates/model/Cargo.toml --no-default-features
        all 9 steps passed
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
        let model = found.iter().find(|library| library.folder == "crates/model").unwrap();
        assert_eq!(
            (&model.features[..], model.has_defaults),
            (&["proptest".to_owned(), "schemars".to_owned()][..], false)
        );
        assert!(found.iter().any(|library| library.folder == "crates/transport" && library.has_defaults));
    }
}

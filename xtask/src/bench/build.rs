//! The programs of a bench, built as they are released.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo;
use crate::failure::Failure;

/// Builds one program of a package, and says where it is.
pub(crate) fn released(root: &Path, package: &str, program: &str) -> Result<PathBuf, Failure> {
    let mut command = cargo();
    command.args(["build", "--release", "--package", package, "--bin", program]);
    command.args(["--message-format", "json-render-diagnostics"]);
    let messages = output(command.current_dir(root).stderr(Stdio::inherit()), &format!("build {program}"))?;
    place(&messages, program)
        .ok_or_else(|| Failure::failed(format!("cargo did not say where it built {program}")))
}

/// What a command writes on stdout, if it succeeds.
pub(crate) fn output(command: &mut Command, what: &str) -> Result<String, Failure> {
    let output = command.output().map_err(|error| Failure::io(what, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::failed(format!("cannot {what}: it ended with {}\n{said}", output.status)))
    }
}

/// Where cargo's messages, a line of JSON each, say that a program is.
fn place(messages: &str, program: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == program)
        .find_map(|message| Some(message["executable"].as_str()?.into()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::place;

    #[test]
    fn the_program_is_found_among_the_messages() {
        let messages = r#"
            {"reason": "compiler-artifact", "target": {"name": "one"}, "executable": null}
            {"reason": "compiler-artifact", "target": {"name": "two"}, "executable": "/target/two"}
            {"reason": "compiler-artifact", "target": {"name": "one"}, "executable": "/target/one"}
            {"reason": "build-finished", "success": true}"#;
        let check = |program, expected: Option<&str>| {
            assert_eq!(place(messages, program).as_deref(), expected.map(Path::new), "{program}");
        };
        check("one", Some("/target/one"));
        check("two", Some("/target/two"));
        check("three", None);
    }
}

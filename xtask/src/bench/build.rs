//! The programs of a bench, built as they are released.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo;
use crate::failure::Failure;

/// Builds programs, each a package and its name in it, and says where they are. All at once, so that what they share is
/// built once.
pub(crate) fn released<const NUMBER: usize>(
    root: &Path,
    programs: [(&str, &str); NUMBER],
) -> Result<[PathBuf; NUMBER], Failure> {
    let mut command = cargo();
    command.args(["build", "--release", "--message-format", "json-render-diagnostics"]);
    for (package, program) in programs {
        command.args(["--package", package, "--bin", program]);
    }
    let messages = output(command.current_dir(root).stderr(Stdio::inherit()), "build what is measured")?;
    let mut places = [(); NUMBER].map(|()| PathBuf::new());
    for (at, (_, program)) in places.iter_mut().zip(programs) {
        *at = place(&messages, program)
            .ok_or_else(|| Failure::failed(format!("cargo did not say where it built {program}")))?;
    }
    Ok(places)
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

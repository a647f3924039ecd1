//! Whether each target can fail: a fault is planted in what it tries, and it has to find it.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::Target;
use super::build::Built;
use crate::failure::{Exit, Failure};

/// A fault that a target plants when the environment names it, and what the property says that it breaks.
struct Plant {
    target: Target,
    name: &'static str,
    says: &'static str,
}

const PLANTS: [Plant; 6] = [
    Plant { target: Target::Request, name: "stricter-reader", says: "what was read is not read again" },
    Plant { target: Target::Service, name: "no-group", says: "the page's own request makes no group" },
    Plant { target: Target::Service, name: "no-answer", says: "a connection never ends" },
    Plant { target: Target::Service, name: "kept-token", says: "the token is kept" },
    Plant { target: Target::Service, name: "other-way", says: "hyper alone does otherwise" },
    Plant { target: Target::Agreement, name: "empty-name", says: "the mock disagrees" },
];

/// The variable that the targets read.
const VARIABLE: &str = "GREENAPI_FUZZ_PLANT";

/// A target that has not found a fault by then will not.
const LIMITS: [&str; 2] = ["-runs=1000000", "-max_total_time=60"];

/// Plants each fault of these targets.
pub(super) fn run(
    root: &Path,
    built: &Built,
    targets: &[Target],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut missed = Vec::new();
    for Plant { target, name, says } in PLANTS.iter().filter(|plant| targets.contains(&plant.target)) {
        // What is found of a planted fault is no input to keep.
        let inputs = tempfile::tempdir().map_err(|error| Failure::io("make a folder", &error))?;
        let mut command = built.command(*target);
        command.args(LIMITS).arg(format!("-artifact_prefix={}/", inputs.path().display()));
        command.arg(inputs.path()).arg(super::corpus(root, *target));
        let ended = command
            .env(VARIABLE, name)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Failure::io(format!("start the target {}", target.name()), &error))?;
        let said = String::from_utf8_lossy(&ended.stderr);
        let is_found = ended.status.code() == Some(super::session::BROKEN) && said.contains(says);
        let verdict = if is_found { "found" } else { "NOT FOUND" };
        writeln!(out, "{}: {name}: {verdict} ({says})", target.name())?;
        out.flush()?;
        if !is_found {
            missed.push(format!(
                "{} does not find the planted fault `{name}`; it said:\n{said}",
                target.name()
            ));
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(Failure::new(Exit::Failed, missed)) }
}

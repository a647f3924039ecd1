//! `cargo xtask fuzz`: any bytes for the readers, the whole service, and the agreement of the three readers.

mod build;
mod progress;
mod self_check;
mod session;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::failure::Failure;
use build::Built;
use session::{Ended, Limits, Session};

/// The folder of the targets, below the root.
const FOLDER: &str = "fuzz";

const EXAMPLES: &str = "\
Examples:
  cargo xtask fuzz                           each target for a minute
  cargo xtask fuzz service --seconds 600     one of them for ten minutes
  cargo xtask fuzz request --runs 1000000    until it has had so many inputs
  cargo xtask fuzz --runs 0                  the inputs that there are, and no new one
  cargo xtask fuzz request --input FILE      one input again, such as one that was found
  cargo xtask fuzz request --minimize        takes what was found useful into fuzz/corpus
  cargo xtask fuzz --self-check              plants faults, and sees that each is found

It needs a C++ compiler beside Rust, such as g++, as libFuzzer is C++. What it builds, and the
inputs that reach new code, are kept below target/fuzz. An input that breaks a property is put into
fuzz/artifacts.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to try; each of them if none is named
    #[arg(value_name = "TARGET")]
    targets: Vec<Target>,
    /// Stop a target after so many inputs
    #[arg(long, value_name = "NUMBER")]
    runs: Option<u64>,
    /// Stop a target after so long; 60 if there is no --runs
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
    /// Try this file alone, on the one target that is named
    #[arg(long, value_name = "FILE", conflicts_with_all = ["runs", "seconds"])]
    input: Option<PathBuf>,
    /// Take the inputs that reach more code into fuzz/corpus, as few and as small as will do; try nothing new
    #[arg(long, conflicts_with_all = ["runs", "seconds", "input"])]
    minimize: bool,
    /// Plant faults in what is tried, and fail where one is not found
    #[arg(long, conflicts_with_all = ["runs", "seconds", "input", "minimize"])]
    self_check: bool,
}

/// A binary of `fuzz/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// The readers of bodies and paths: they do not panic, and what they accept or refuse is so
    Request,
    /// The whole service on the bytes of a connection: it ends, and serves on, and keeps no token
    Service,
    /// JSON Schema, model and mock agree on a body
    Agreement,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Service => "service",
            Self::Agreement => "agreement",
        }
    }
}

pub(crate) fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let all = Target::value_variants();
    let targets = if arguments.targets.is_empty() { all } else { &arguments.targets };
    if let (Some(_), [_, _, ..]) = (&arguments.input, targets) {
        return Err(Failure::failed("--input is for one target: name it"));
    }
    let built = build::build(root, targets)?;
    if arguments.self_check {
        return self_check::run(root, &built, targets, out);
    }
    for target in targets {
        let session = session(root, &built, *target)?;
        if let Some(input) = &arguments.input {
            // A path is one of where the command was called.
            let input = input
                .canonicalize()
                .map_err(|error| Failure::io(format!("read {}", input.display()), &error))?;
            if let done @ Ended::Found { .. } = session.try_one(&input)? {
                return ended(root, *target, done, out);
            }
            writeln!(out, "{}: the input breaks nothing", target.name())?;
        } else if arguments.minimize {
            let (before, after) = session.minimize()?;
            writeln!(out, "{}: {before} inputs became {after}", target.name())?;
        } else {
            let seconds = arguments.seconds.or_else(|| arguments.runs.is_none().then_some(60));
            let limits = Limits { runs: arguments.runs, seconds };
            ended(root, *target, session.run(&limits)?, out)?;
        }
        out.flush()?;
    }
    Ok(())
}

fn session<'b>(root: &Path, built: &'b Built, target: Target) -> Result<Session<'b>, Failure> {
    let folder = root.join(FOLDER);
    let session = Session {
        built,
        target,
        corpus: corpus(root, target),
        dictionary: folder.join(format!("{}.dict", target.name())),
        found: built.folder.join("corpus").join(target.name()),
        artifacts: folder.join("artifacts").join(target.name()),
    };
    for folder in [&session.found, &session.artifacts] {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::io(format!("make {}", folder.display()), &error))?;
    }
    Ok(session)
}

/// The inputs of the repository.
fn corpus(root: &Path, target: Target) -> PathBuf {
    root.join(FOLDER).join("corpus").join(target.name())
}

/// Says how a target ended; it is a failure if something was found.
fn ended(root: &Path, target: Target, ended: Ended, out: &mut dyn Write) -> Result<(), Failure> {
    let name = target.name();
    match ended {
        Ended::Well(done) => Ok(writeln!(out, "{name}: {done}; nothing found")?),
        Ended::Found { what, input } => {
            let again = input.map(|input| {
                let shown = input.strip_prefix(root).unwrap_or(&input).display();
                format!("\nthe input is {shown}\nto try it again: cargo xtask fuzz {name} --input {shown}")
            });
            Err(Failure::failed(format!("{name}: {what}; stderr says which{}", again.unwrap_or_default())))
        }
    }
}

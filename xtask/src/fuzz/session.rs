//! One run of a target.

use std::fs;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Target;
use super::build::Built;
use super::progress::{Line, Progress};
use crate::failure::Failure;

/// The code by which libFuzzer ends where a target panics.
pub(super) const BROKEN: i32 = 77;

/// How often progress is told where stderr is no terminal.
const TOLD: Duration = Duration::from_secs(10);

/// As few inputs as reach all the code that is reached, however often each piece of it is.
const SMALLEST: [&str; 2] = ["-set_cover_merge=1", "-use_counters=0"];

/// A target, and where its inputs are.
pub(super) struct Session<'b> {
    pub(super) built: &'b Built,
    pub(super) target: Target,
    /// Those of the repository.
    pub(super) corpus: PathBuf,
    pub(super) dictionary: PathBuf,
    /// Those that reached new code here.
    pub(super) found: PathBuf,
    /// Those that broke a property.
    pub(super) artifacts: PathBuf,
}

/// When to stop; at the first of the two.
pub(super) struct Limits {
    pub(super) runs: Option<u64>,
    pub(super) seconds: Option<u64>,
}

pub(super) enum Ended {
    Well(Progress),
    Found { what: String, input: Option<PathBuf> },
}

impl Session<'_> {
    /// Tries the inputs that there are, and then new ones.
    pub(super) fn run(&self, limits: &Limits) -> Result<Ended, Failure> {
        let mut command = self.command();
        command.arg(format!("-dict={}", self.dictionary.display()));
        command.args(limits.runs.map(|runs| format!("-runs={runs}")));
        command.args(limits.seconds.map(|seconds| format!("-max_total_time={seconds}")));
        // What is found goes into the first folder.
        self.watch(command.args([&self.found, &self.corpus]))
    }

    /// Tries one input.
    pub(super) fn try_one(&self, input: &Path) -> Result<Ended, Failure> {
        self.watch(self.command().arg(input))
    }

    /// Makes the corpus of the repository anew from all inputs that there are. Says how many there were and are.
    pub(super) fn minimize(&self) -> Result<(usize, usize), Failure> {
        let smaller = self.found.with_extension("smaller");
        let _ = fs::remove_dir_all(&smaller);
        let io = |error: io::Error| Failure::io(format!("replace {}", self.corpus.display()), &error);
        fs::create_dir_all(&smaller).map_err(io)?;
        let before = fs::read_dir(&self.corpus).map_err(io)?.count();
        let mut command = self.command();
        if let Ended::Found { what, .. } =
            self.watch(command.args(SMALLEST).args([&smaller, &self.corpus, &self.found]))?
        {
            return Err(Failure::failed(format!("{}: {what}", self.target.name())));
        }
        let inputs = fs::read_dir(&smaller).map_err(io)?.collect::<Result<Vec<_>, _>>().map_err(io)?;
        fs::remove_dir_all(&self.corpus).map_err(io)?;
        fs::create_dir_all(&self.corpus).map_err(io)?;
        for input in &inputs {
            fs::copy(input.path(), self.corpus.join(input.file_name())).map_err(io)?;
        }
        fs::remove_dir_all(&smaller).map_err(io)?;
        Ok((before, inputs.len()))
    }

    fn command(&self) -> Command {
        let mut command = self.built.command(self.target);
        // It is a prefix of names, so a folder wants its slash.
        command.arg(format!("-artifact_prefix={}/", self.artifacts.display()));
        command
    }

    /// Runs it, and shows how far it is.
    fn watch(&self, command: &mut Command) -> Result<Ended, Failure> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::io(format!("start the target {}", self.target.name()), &error))?;
        let (start, mut told) = (Instant::now(), Instant::now());
        let is_terminal = io::stderr().is_terminal();
        let every = if is_terminal { Duration::from_millis(200) } else { TOLD };
        let (mut progress, mut input) = (Progress::default(), None);
        for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).split(b'\n')) {
            let line = line.map_err(|error| Failure::io("read what the target says", &error))?;
            let line = String::from_utf8_lossy(&line);
            match progress.read(&line) {
                Line::Progress if told.elapsed() >= every => {
                    progress.seconds = start.elapsed().as_secs();
                    told = Instant::now();
                    let (before, after) = if is_terminal { ("\r\x1b[2K", "") } else { ("", "\n") };
                    eprint!("{before}{}: {progress}{after}", self.target.name());
                }
                Line::Progress | Line::Noise => {}
                Line::Input(path) => input = Some(path),
                Line::Message => eprintln!("{line}"),
            }
        }
        if is_terminal {
            eprint!("\r\x1b[2K");
        }
        let ended = child.wait().map_err(|error| Failure::io("wait for the target", &error))?;
        // The codes are those of libFuzzer's options.
        let what = match ended.code() {
            Some(0) => return Ok(Ended::Well(progress)),
            // A broken property panics, and a panic ends the process.
            Some(BROKEN) => "a property is broken".to_owned(),
            Some(70) => "an input takes too long".to_owned(),
            Some(71) => "it takes too much memory".to_owned(),
            _ => format!("it ended with {ended}"),
        };
        Ok(Ended::Found { what, input })
    }
}

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use greenapi_harness::{Event, Observe, Phase};

/// So often the line of a terminal is written anew.
const PACE: Duration = Duration::from_millis(100);

/// Tells on stderr how far a run is: one line that is written over on a terminal, else a line a phase.
pub(crate) struct Progress {
    is_quiet: bool,
    is_terminal: bool,
    phase: Option<(Phase, usize, usize)>,
    answers: u64,
    broken: u64,
    written: Instant,
}

impl Progress {
    pub(crate) fn new(is_quiet: bool) -> Self {
        let is_terminal = io::stderr().is_terminal();
        Self { is_quiet, is_terminal, phase: None, answers: 0, broken: 0, written: Instant::now() }
    }

    /// Takes its line away.
    pub(crate) fn end(&self) {
        if self.is_terminal && !self.is_quiet {
            tell("\r\x1b[2K", "");
        }
    }

    fn line(&mut self) {
        if let (true, Some((phase, number, of))) = (self.is_terminal, self.phase) {
            self.written = Instant::now();
            let (answers, broken) = (self.answers, self.broken);
            let text =
                format!("[{number}/{of}] {}: {answers} answers, {broken} clauses broken", phase.summary());
            tell(&format!("\r\x1b[2K{text}"), "");
        }
    }
}

impl Observe for Progress {
    fn observe(&mut self, event: &Event<'_>) {
        if self.is_quiet {
            return;
        }
        match event {
            Event::Start { seed, edition, url } => {
                tell(&format!("seed {seed}, contract {edition}, target {url}"), "\n");
            }
            Event::FirstLook(Some(took)) => {
                tell(&format!("first answer after {:.1} ms", took.as_secs_f64() * 1e3), "\n");
            }
            Event::Phase { phase, number, of, .. } => {
                self.phase = Some((*phase, *number, *of));
                if self.is_terminal {
                    self.line();
                } else {
                    tell(&format!("[{number}/{of}] {phase}: {}", phase.summary()), "\n");
                }
            }
            Event::Answer { .. } => {
                self.answers += 1;
                if self.answers.is_multiple_of(64) && self.written.elapsed() >= PACE {
                    self.line();
                }
            }
            Event::Broken { clause, .. } => {
                self.broken += 1;
                if !self.is_terminal {
                    tell(&format!("  broken: {clause}"), "\n");
                }
            }
            _ => {}
        }
    }
}

fn tell(text: &str, end: &str) {
    let mut stderr = io::stderr();
    // Nobody there to read it is no reason to stop.
    let _ = write!(stderr, "{text}{end}").and_then(|()| stderr.flush());
}

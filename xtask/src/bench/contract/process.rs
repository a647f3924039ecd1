//! A process, and what it took.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::proc;

/// What a run took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Usage {
    pub(super) wall: Duration,
    /// The time of the processor, in the program and in the system. Only Linux says it.
    pub(super) cpu: Option<Duration>,
    /// The bytes of memory that it had at most. Only Linux says it.
    pub(super) peak: Option<u64>,
}

/// A process that is over.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) usage: Usage,
}

/// So often the memory is looked at. What is more in the last moment of the process is not seen.
const PACE: Duration = Duration::from_millis(5);

/// Runs a command to its end.
pub(super) fn run(command: &mut Command) -> io::Result<Ended> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let process = child.id();
    let mut pipe = child.stdout.take();
    let mut stdout = Vec::new();
    let is_over = AtomicBool::new(false);
    let (read, wall, peak) = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = None;
            while !is_over.load(Ordering::Relaxed) {
                peak = peak.max(proc::memory(process).map(|memory| memory.peak));
                thread::sleep(PACE);
            }
            peak
        });
        // Its stdout ends when it ends itself.
        let read = pipe.as_mut().map_or(Ok(0), |pipe| pipe.read_to_end(&mut stdout));
        let wall = start.elapsed();
        is_over.store(true, Ordering::Relaxed);
        (read, wall, watch.join().unwrap_or_default())
    });
    // As long as nobody has waited for it, the system keeps its times.
    let cpu = loop {
        match proc::times(process) {
            Some((true, cpu)) => break Some(cpu),
            Some((false, _)) => thread::sleep(Duration::from_millis(1)),
            None => break None,
        }
    };
    let status = child.wait()?;
    read?;
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    Ok(Ended { status, stdout, usage: Usage { wall, cpu, peak } })
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_process_took_is_known_when_it_is_over() {
        use std::process::Command;
        use std::time::Duration;

        let ended = super::run(Command::new("sh").args(["-c", "echo done; sleep 0.1; exit 3"])).unwrap();
        assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(3), "done\n"));
        assert!(ended.usage.wall >= Duration::from_millis(100), "{:?}", ended.usage);
        assert!(ended.usage.peak > Some(0) && ended.usage.cpu.is_some(), "{:?}", ended.usage);
    }
}

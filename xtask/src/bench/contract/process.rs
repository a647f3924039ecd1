//! A process, and what it took.

use std::fs;
use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

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

/// The unit of times in `/proc`, of which there are 100 a second wherever Linux runs.
const TICK: Duration = Duration::from_millis(10);

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
                peak = peak.max(memory(process));
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
        match times(process) {
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

fn memory(process: u32) -> Option<u64> {
    peak(&fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

/// Whether it is over, and its time of the processor: that of all its threads in coarse steps, or where it is more, that of
/// its first one, which the system counts exactly.
fn times(process: u32) -> Option<(bool, Duration)> {
    let (is_over, all) = time(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)?;
    let first = fs::read_to_string(format!("/proc/{process}/schedstat")).ok();
    Some((is_over, all.max(first.and_then(|text| time_of_first(&text)).unwrap_or_default())))
}

/// From the line `VmHWM:     1234 kB`, in bytes.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Whether it is over, and its time of the processor: from the 3rd, and the 14th and 15th number of `/proc/PID/stat`.
fn time(stat: &str) -> Option<(bool, Duration)> {
    // The second one is a name, which may hold anything, in brackets.
    let mut rest = stat.rsplit_once(") ")?.1.split(' ');
    let is_over = rest.next()? == "Z";
    let ticks = |text: Option<&str>| text?.parse::<u32>().ok();
    let user = ticks(rest.nth(10))?;
    let system = ticks(rest.next())?;
    Some((is_over, TICK * user + TICK * system))
}

/// From `/proc/PID/schedstat`: nanoseconds on a processor, those of waiting for one, and a count.
fn time_of_first(schedstat: &str) -> Option<Duration> {
    Some(Duration::from_nanos(schedstat.split(' ').next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{peak, time, time_of_first};

    #[test]
    fn the_memory_is_read() {
        assert_eq!(peak("Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 7 kB\n"), Some(1_263_616));
        // Of a process that is over.
        assert_eq!(peak("Name:\tx\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    fn the_time_is_read() {
        let check = |stat: &str, expected| assert_eq!(time(stat), expected, "{stat}");
        let milliseconds = Duration::from_millis;
        check("7 (a) b) S 1 7 7 0 -1 0 10 11 12 13 250 17 0 0 20", Some((false, milliseconds(2_670))));
        check("7 (x) Z 1 7 7 0 -1 0 10 11 12 13 0 1 0 0 20", Some((true, milliseconds(10))));
        check("7 (x) Z 1 7", None);
        check("", None);
        assert_eq!(time_of_first("142857001 97 12\n"), Some(Duration::from_nanos(142_857_001)));
        assert_eq!(time_of_first("\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_process_took_is_known_when_it_is_over() {
        use std::process::Command;

        let ended = super::run(Command::new("sh").args(["-c", "echo done; sleep 0.1; exit 3"])).unwrap();
        assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(3), "done\n"));
        assert!(ended.usage.wall >= Duration::from_millis(100), "{:?}", ended.usage);
        assert!(ended.usage.peak > Some(0) && ended.usage.cpu.is_some(), "{:?}", ended.usage);
    }
}

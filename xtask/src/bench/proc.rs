//! What Linux says of a process below `/proc`.

use std::fs;
use std::time::Duration;

/// The unit of times in `/proc`, of which there are 100 a second wherever Linux runs.
const TICK: Duration = Duration::from_millis(10);

/// Memory in bytes: what a process has, and what it had at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

#[allow(clippy::cast_precision_loss)] // No memory is so large that it matters.
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The memory of a process that is not over.
pub(crate) fn memory(process: u32) -> Option<Memory> {
    read_memory(&fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

/// The memory that a process has for itself, and its part of what it shares, in bytes.
pub(crate) fn proportional_memory(process: u32) -> Option<u64> {
    bytes(&fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?, "Pss:")
}

/// How many files a process has open, its sockets among them.
pub(crate) fn open_files(process: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
}

/// Whether it is over, and its time of the processor: that of all its threads in coarse steps, or where it is more, that of
/// those that are there, which the system counts exactly.
pub(crate) fn times(process: u32) -> Option<(bool, Duration)> {
    let (is_over, all) = time(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)?;
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let counts = threads.filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok());
    Some((is_over, all.max(counts.filter_map(|text| time_of_thread(&text)).sum())))
}

fn read_memory(status: &str) -> Option<Memory> {
    Some(Memory { resident: bytes(status, "VmRSS:")?, peak: bytes(status, "VmHWM:")? })
}

/// From lines such as `VmHWM:     1234 kB`.
fn bytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
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

/// From a `schedstat`: nanoseconds on a processor, those of waiting for one, and a count.
fn time_of_thread(schedstat: &str) -> Option<Duration> {
    Some(Duration::from_nanos(schedstat.split(' ').next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Memory, read_memory, time, time_of_thread};

    #[test]
    fn the_memory_is_read() {
        let status = "Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 7 kB\n";
        assert_eq!(read_memory(status), Some(Memory { resident: 7_168, peak: 1_263_616 }));
        // Of a process that is over.
        assert_eq!(read_memory("Name:\tx\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    fn the_time_is_read() {
        let check = |stat: &str, expected| assert_eq!(time(stat), expected, "{stat}");
        let milliseconds = Duration::from_millis;
        check("7 (a) b) S 1 7 7 0 -1 0 10 11 12 13 250 17 0 0 20", Some((false, milliseconds(2_670))));
        check("7 (x) Z 1 7 7 0 -1 0 10 11 12 13 0 1 0 0 20", Some((true, milliseconds(10))));
        check("7 (x) Z 1 7", None);
        check("", None);
        assert_eq!(time_of_thread("142857001 97 12\n"), Some(Duration::from_nanos(142_857_001)));
        assert_eq!(time_of_thread("\n"), None);
    }
}

//! What the system gives to processes, and says of them.

use crate::bench::proc::{self, megabytes};
use crate::failure::Failure;
use crate::server::Server;

/// What a server takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// Bytes.
    pub(super) resident: u64,
    pub(super) proportional: u64,
    pub(super) open_files: usize,
}

impl Taken {
    /// What heads each of what is rendered.
    pub(super) const COLUMNS: [&str; 3] = ["RSS MB", "PSS MB", "open files"];

    pub(super) fn rendered(&self) -> [String; 3] {
        let [resident, proportional] =
            [self.resident, self.proportional].map(|bytes| format!("{:.1}", megabytes(bytes)));
        [resident, proportional, self.open_files.to_string()]
    }
}

pub(super) fn look(server: &Server) -> Result<Taken, Failure> {
    let process = server.process();
    let taken = || {
        Some(Taken {
            resident: proc::memory(process)?.resident,
            proportional: proc::proportional_memory(process)?,
            open_files: proc::open_files(process)?,
        })
    };
    taken().ok_or_else(|| {
        Failure::failed("the mock is over, or nothing is known of it below /proc; the soak needs Linux")
    })
}

/// Takes leave to open files for so many connections and some others, for this process and those that it starts. Where the leave
/// is for fewer, says so, and how many there can be.
pub(super) fn leave_for(connections: u32, others: u64) -> Result<(u32, String), Failure> {
    let wanted = u64::from(connections) + others;
    let limit = raised(wanted)?;
    let (possible, note) = possible(connections, others, limit);
    if note.is_empty() || std::env::var_os("CI").is_none() {
        return Ok((possible, note));
    }
    Err(Failure::failed(format!("{note}Raise it: ulimit -Hn {wanted}")))
}

/// How many connections there can be, and a word on it where they are fewer.
fn possible(connections: u32, others: u64, limit: Option<u64>) -> (u32, String) {
    let most = limit.map_or(u64::MAX, |limit| limit.saturating_sub(others));
    match u32::try_from(most) {
        Ok(most) if most < connections => {
            let limit = limit.unwrap_or_default();
            (
                most,
                format!(
                    "A process may open {limit} files here, so {most} connections are held, not {connections}.\n"
                ),
            )
        }
        _ => (connections, String::new()),
    }
}

/// The limit of open files, raised to `wanted` if that is possible; nothing where there is none.
#[cfg(unix)]
fn raised(wanted: u64) -> Result<Option<u64>, Failure> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    if limit.current.is_none_or(|current| current >= wanted) {
        return Ok(limit.current);
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum })
        .map_err(|error| Failure::io(format!("have leave to open {wanted} files"), &error.into()))?;
    Ok(Some(wanted))
}

#[cfg(not(unix))]
fn raised(_: u64) -> Result<Option<u64>, Failure> {
    Err(Failure::failed("the soak needs Linux"))
}

/// Asks a server to end.
#[cfg(unix)]
pub(super) fn terminate(server: &Server) -> Result<(), Failure> {
    use rustix::process::{Pid, Signal, kill_process};

    let process = i32::try_from(server.process()).ok().and_then(Pid::from_raw);
    let process = process.ok_or_else(|| Failure::failed("the mock has no number"))?;
    kill_process(process, Signal::TERM).map_err(|error| Failure::io("stop the mock", &error.into()))
}

#[cfg(not(unix))]
pub(super) fn terminate(_: &Server) -> Result<(), Failure> {
    Err(Failure::failed("the soak needs Linux"))
}

#[cfg(test)]
mod tests {
    use super::possible;

    #[test]
    fn where_fewer_files_may_be_opened_there_are_fewer_connections() {
        let check = |limit, expected: (u32, &str)| {
            let (connections, note) = possible(10_000, 600, limit);
            assert_eq!((connections, note.as_str()), expected);
        };
        check(None, (10_000, ""));
        check(Some(10_600), (10_000, ""));
        check(
            Some(4_096),
            (3_496, "A process may open 4096 files here, so 3496 connections are held, not 10000.\n"),
        );
        check(Some(100), (0, "A process may open 100 files here, so 0 connections are held, not 10000.\n"));
    }
}

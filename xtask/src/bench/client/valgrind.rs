//! Instructions and allocations, as valgrind counts them.

use std::process::{Command, Stdio};

use crate::bench::program::{Bench, call_arguments};
use crate::failure::Failure;
use crate::server::Server;

/// What one call takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerCall {
    pub(crate) instructions: f64,
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
}

/// What a run took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    instructions: u64,
    allocations: u64,
    /// Of memory that was allocated, whether it was given back or not.
    bytes: u64,
}

pub(crate) fn is_there() -> bool {
    let found =
        Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// What a run of so many calls takes.
pub(crate) fn counted(bench: &Bench, server: &Server, client: &str, calls: u64) -> Result<Counted, Failure> {
    let said = |tool: &[&str]| {
        let mut command = Command::new("valgrind");
        command.args(tool).arg(bench.program()).args(call_arguments(server, client, calls));
        // Few calls before, as they are slow here: enough for all that is set up at the first ones.
        command.args(["--warm-up", "50"]);
        let output = command.output().map_err(|error| Failure::io("run valgrind", &error))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(said)
        } else {
            Err(Failure::failed(format!("valgrind failed: {said}")))
        }
    };
    // What it would write to a file goes nowhere: the sums are on stderr.
    let callgrind = said(&["--tool=callgrind", "--callgrind-out-file=/dev/null"])?;
    let dhat = said(&["--tool=dhat", "--dhat-out-file=/dev/null"])?;
    read(&callgrind, &dhat)
        .ok_or_else(|| Failure::failed(format!("what valgrind says is not understood: {callgrind}{dhat}")))
}

/// From callgrind's `Collected : 27182818`, and dhat's `Total:     31,415 bytes in 926 blocks`.
fn read(callgrind: &str, dhat: &str) -> Option<Counted> {
    let numbers = |said: &str, name: &str| {
        let line = said.lines().find_map(|line| line.split_once(name))?.1.replace(',', "");
        Some(line.split(' ').filter_map(|word| word.parse::<u64>().ok()).collect::<Vec<_>>())
    };
    let [instructions] = numbers(callgrind, "Collected : ")?[..] else { return None };
    let [bytes, allocations] = numbers(dhat, "Total: ")?[..] else { return None };
    Some(Counted { instructions, allocations, bytes })
}

impl Counted {
    /// What one call takes, of so many that this run had more than another.
    #[allow(clippy::cast_precision_loss)] // The sums are far from where it matters.
    pub(crate) fn per_call_since(&self, fewer: &Self, calls: u64) -> PerCall {
        let each = |many: u64, few: u64| many.saturating_sub(few) as f64 / calls as f64;
        PerCall {
            instructions: each(self.instructions, fewer.instructions),
            allocations: each(self.allocations, fewer.allocations),
            bytes: each(self.bytes, fewer.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, read};

    #[test]
    fn the_sums_are_read() {
        let callgrind =
            "==7== Callgrind, a call-graph\n==7== Events    : Ir\n==7== Collected : 27182818\n==7==\n";
        let dhat = "==8== DHAT\n==8== Total:     31,415,926 bytes in 5,358 blocks\n==8== At t-gmax: 1 bytes in 1 blocks\n";
        let expected = Counted { instructions: 27_182_818, allocations: 5_358, bytes: 31_415_926 };
        assert_eq!(read(callgrind, dhat), Some(expected));
        for (callgrind, dhat) in
            [("", dhat), (callgrind, ""), ("Collected : many", dhat), (callgrind, "Total: 1 bytes")]
        {
            assert_eq!(read(callgrind, dhat), None);
        }
    }

    #[test]
    fn what_a_call_takes_is_the_difference_of_two_runs() {
        let few = Counted { instructions: 1_000, allocations: 10, bytes: 100 };
        let many = Counted { instructions: 3_000, allocations: 25, bytes: 100 };
        let each = many.per_call_since(&few, 10);
        assert_eq!(format!("{each:?}"), "PerCall { instructions: 200.0, allocations: 1.5, bytes: 0.0 }");
    }
}

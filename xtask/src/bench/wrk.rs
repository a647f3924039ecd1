//! wrk, which loads a server.

use std::fs;
use std::io;
use std::process::{Command, Stdio};

use serde::Deserialize;
use tempfile::TempPath;

use crate::bench::build;
use crate::bench::request::{Instances, Request};
use crate::failure::Failure;

pub(crate) struct Wrk {
    /// Its script; the file is gone with this.
    script: TempPath,
    seconds: u16,
}

/// What one load was.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub(crate) struct Load {
    requests: u64,
    /// Connections that failed, and answers that were no success or did not come.
    failed: u64,
    microseconds: u64,
    /// Latencies, in microseconds.
    p50: u64,
    p99: u64,
}

impl Wrk {
    /// Whose loads take so long each.
    pub(crate) fn find(seconds: u16) -> Result<Self, Failure> {
        // It has no option that does nothing and succeeds, so only whether it is there counts.
        let found = Command::new("wrk").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        match found {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let missing = "wrk is missing, which loads the servers; Debian: apt-get install wrk";
                return Err(Failure::failed(missing));
            }
            Err(error) => return Err(Failure::io("run wrk", &error)),
        }
        let script = tempfile::Builder::new().prefix("wrk-").suffix(".lua").tempfile();
        let script = script.map_err(|error| Failure::io("make a file for wrk's script", &error))?;
        Ok(Self { script: script.into_temp_path(), seconds })
    }

    /// Loads a server by one thread.
    pub(crate) fn load(
        &self,
        url: &str,
        request: &Request,
        instances: Instances,
        connections: u16,
    ) -> Result<Load, Failure> {
        fs::write(&self.script, request.script(instances))
            .map_err(|error| Failure::io("write wrk's script", &error))?;
        let mut command = Command::new("wrk");
        command.args(["--threads", "1", "--timeout", "10s", "--connections", &connections.to_string()]);
        command.args(["--duration", &format!("{}s", self.seconds)]);
        command.arg("--script").arg(&*self.script).arg(url).stdin(Stdio::null());
        let said = build::output(&mut command, "load a server by wrk")?;
        read(&said).map_err(|why| Failure::failed(format!("wrk measured nothing: {why}\n{said}")))
    }
}

/// From the line of the script, which stands among wrk's own.
fn read(said: &str) -> Result<Load, String> {
    let line = said.lines().rfind(|line| line.starts_with('{')).ok_or("its script wrote nothing")?;
    let load: Load = serde_json::from_str(line).map_err(|error| error.to_string())?;
    match load {
        Load { failed: 1.., .. } => Err(format!("{} requests or connections failed", load.failed)),
        Load { requests: 0, .. } => Err("no request was answered".to_owned()),
        load => Ok(load),
    }
}

#[allow(clippy::cast_precision_loss)] // No bench is so long that it matters.
impl Load {
    pub(crate) fn requests(&self) -> f64 {
        self.requests as f64
    }

    pub(crate) fn requests_per_second(&self) -> f64 {
        self.requests as f64 * 1e6 / self.microseconds.max(1) as f64
    }

    /// The latency that half of the requests had at most, in milliseconds.
    pub(crate) fn p50(&self) -> f64 {
        self.p50 as f64 / 1e3
    }

    /// The latency that 99 of 100 requests had at most, in milliseconds.
    pub(crate) fn p99(&self) -> f64 {
        self.p99 as f64 / 1e3
    }

    #[cfg(test)]
    pub(crate) fn of(requests: u64, microseconds: u64, p50: u64, p99: u64) -> Self {
        Self { requests, failed: 0, microseconds, p50, p99 }
    }
}

#[cfg(test)]
mod tests {
    use super::{Load, read};

    fn said(line: &str) -> String {
        format!(
            "Running 1s test @ http://127.0.0.1:1\n  1 threads and 16 connections\n  Thread Stats   Avg      Stdev     Max\n\
             Requests/sec:  20922.16\nTransfer/sec:      3.91MB\n\n{line}\n"
        )
    }

    #[test]
    fn the_line_of_the_script_is_read() {
        let line = r#"{"requests": 42501, "failed": 0, "microseconds": 2031387, "p50": 220, "p99": 13669}"#;
        let load = read(&said(line)).expect("it is sound");
        assert_eq!(load, Load::of(42_501, 2_031_387, 220, 13_669));
        let figures = (load.requests_per_second(), load.p50(), load.p99());
        assert_eq!(format!("{figures:.2?}"), "(20922.16, 0.22, 13.67)");
    }

    #[test]
    fn a_load_that_failed_is_refused() {
        let check = |line: &str, why: &str| assert_eq!(read(&said(line)).expect_err(line), why);
        check("", "its script wrote nothing");
        check(
            r#"{"requests": 9, "failed": 2, "microseconds": 1, "p50": 1, "p99": 1}"#,
            "2 requests or connections failed",
        );
        check(
            r#"{"requests": 0, "failed": 0, "microseconds": 1, "p50": 0, "p99": 0}"#,
            "no request was answered",
        );
        check(r#"{"requests": 9}"#, "missing field `failed` at line 1 column 15");
    }
}

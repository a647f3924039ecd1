use std::path::Path;
use std::time::Duration;

use crate::failure::Failure;
use crate::peers::{self, Told, Untold};

const PEER: &str = "schemathesis";

/// Schemathesis, as the script of the peers runs it: with the options that this project uses it with.
pub(super) struct Schemathesis<'r> {
    root: &'r Path,
    name: String,
}

impl<'r> Schemathesis<'r> {
    /// None if it is not installed.
    pub(super) fn find(root: &'r Path) -> Result<Option<Self>, Failure> {
        match peers::told(root, ["--peer", PEER, "--versions"]) {
            Ok(told) => {
                let version = told.peers.first().map_or("", |peer| peer.version.as_str());
                Ok(Some(Self { root, name: format!("Schemathesis {version}").trim_end().to_owned() }))
            }
            Err(Untold::Missing) => Ok(None),
            Err(Untold::Failed(failure)) => Err(failure),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A run against the mock, with so many examples or as many as it makes by default: its requests, and its time.
    pub(super) fn run(&self, url: &str, examples: Option<u32>) -> Result<(u64, Duration), Failure> {
        let examples = examples.map(|examples| examples.to_string());
        let examples = examples.iter().flat_map(|examples| ["--max-examples", examples.as_str()]);
        read(&peers::told(self.root, ["--peer", PEER, "--url", url].into_iter().chain(examples))?)
    }
}

/// What to do where it is not there.
pub(super) fn missing() -> String {
    format!("Schemathesis was not measured; `{} --peer {PEER}` installs it.", peers::installation())
}

fn read(told: &Told) -> Result<(u64, Duration), Failure> {
    let [run] = &told.runs[..] else {
        return Err(Failure::failed(format!("Schemathesis ran {} times, not once", told.runs.len())));
    };
    let Some(requests) = run.requests else {
        return Err(Failure::failed("Schemathesis did not end in time"));
    };
    if run.found {
        let message =
            "Schemathesis finds something in the mock, so this was no whole run; target/ci/peers/runs has it";
        return Err(Failure::failed(message));
    }
    let time = Duration::try_from_secs_f64(run.seconds)
        .map_err(|error| Failure::failed(format!("Schemathesis took {} s: {error}", run.seconds)))?;
    Ok((requests, time))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::read;
    use crate::peers::Told;

    fn told(runs: &str) -> Result<(u64, Duration), String> {
        let json =
            format!(r#"{{"peers": [{{"name": "schemathesis", "version": "4.32.5"}}], "runs": [{runs}]}}"#);
        let told: Told = serde_json::from_str(&json).expect("it is what the script says");
        read(&told).map_err(|failure| failure.messages())
    }

    fn run(found: bool, requests: &str) -> String {
        format!(
            r#"{{"peer": "schemathesis", "mutant": null, "found": {found}, "requests": {requests}, "seconds": 2.5}}"#
        )
    }

    #[test]
    fn a_whole_run_is_read() {
        assert_eq!(told(&run(false, "156")), Ok((156, Duration::from_millis(2_500))));
    }

    #[test]
    fn what_is_no_whole_run_is_refused() {
        let check = |runs: &str, expected: &str| {
            let message = told(runs).expect_err("it is refused");
            assert!(message.starts_with(expected), "{message}");
        };
        check("", "Schemathesis ran 0 times");
        check(&run(false, "null"), "Schemathesis did not end in time");
        check(&run(true, "3"), "Schemathesis finds something");
    }
}

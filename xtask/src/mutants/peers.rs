//! The peers on the same servers.

use std::fmt::Write as _;
use std::path::Path;

use super::score::Judged;
use crate::failure::Failure;
use crate::peers::{Peer, Run, Told, told};

/// A table in Markdown: who finds what, and how fast. `ours` is what the harness said of the same servers.
pub(super) fn compare(root: &Path, only: &[String], ours: &[Judged]) -> Result<String, Failure> {
    let told = told(root, only.iter().flat_map(|name| ["--only", name]))?;
    Ok(table(&told, ours))
}

/// What one tester found in all its runs.
#[derive(Default)]
struct Totals {
    runs: u32,
    found: u32,
    requests: u64,
    seconds: f64,
}

impl Totals {
    fn add(&mut self, found: bool, requests: u64, seconds: f64) {
        self.runs += 1;
        self.found += u32::from(found);
        self.requests += requests;
        self.seconds += seconds;
    }

    fn row(&self, name: &str) -> String {
        let Self { runs, found, requests, seconds } = self;
        let of_each = f64::from((*runs).max(1));
        #[allow(clippy::cast_precision_loss)] // For a person to read.
        let requests = *requests as f64;
        let rate = if *seconds > 0.0 { requests / seconds } else { 0.0 };
        let (requests, seconds) = (requests / of_each, seconds / of_each);
        format!("| {name} | {found} of {runs} | {requests:.0} | {seconds:.2} | {rate:.0} |\n")
    }
}

fn table(told: &Told, ours: &[Judged]) -> String {
    let mutants: Vec<_> = ours.iter().filter(|one| one.is_broken()).collect();
    let mut text = String::from(
        "\n| tester | found | requests a run | seconds a run | requests/s |\n|---|---|---|---|---|\n",
    );
    let mut totals = Totals::default();
    for one in &mutants {
        totals.add(one.is_found(), one.requests, one.seconds);
    }
    text.push_str(&totals.row("greenapi-contract"));
    for Peer { name, version } in &told.peers {
        let mut totals = Totals::default();
        for run in told.runs.iter().filter(|run| run.peer == *name && run.mutant.is_some()) {
            totals.add(run.found, run.requests.unwrap_or_default(), run.seconds);
        }
        text.push_str(&totals.row(&format!("{name} {version}")));
    }
    let names: Vec<_> = told.peers.iter().map(|peer| peer.name.as_str()).collect();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "\n| mutant | greenapi-contract | {} |", names.join(" | "));
    let _ = writeln!(text, "|---|---{}|", "|---".repeat(names.len()));
    for one in mutants {
        let of_peer = |name: &&str| {
            let is_it = |run: &&Run| run.peer == **name && run.mutant.as_deref() == Some(&one.name);
            told.runs.iter().find(is_it).map_or("not tried", |run| sign(run.found))
        };
        let peers: Vec<_> = names.iter().map(of_peer).collect();
        let _ = writeln!(text, "| {} | {} | {} |", one.name, sign(one.is_found()), peers.join(" | "));
    }
    text
}

fn sign(found: bool) -> &'static str {
    if found { "found" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::Expected;

    #[test]
    fn each_mutant_has_a_row_with_what_each_tester_found() {
        let run = |mutant: Option<&str>, found, seconds| Run {
            peer: "a-peer".to_owned(),
            mutant: mutant.map(str::to_owned),
            found,
            requests: Some(30),
            seconds,
        };
        let told = Told {
            peers: vec![Peer { name: "a-peer".to_owned(), version: "1.2".to_owned() }],
            runs: vec![run(None, false, 9.0), run(Some("one"), true, 1.0), run(Some("two"), false, 2.0)],
        };
        let judged = |name: &str, expected| Judged {
            name: name.to_owned(),
            expected,
            breaks: vec!["a".to_owned()],
            only_warns: false,
            broken: vec!["a".to_owned()],
            failures: 1,
            requests: 1_000,
            seconds: 0.1,
        };
        let ours = [
            judged("a correct server", Expected::NoFailure),
            judged("one", Expected::Named),
            judged("two", Expected::Named),
            judged("three", Expected::Named),
        ];
        insta::assert_snapshot!(table(&told, &ours), @r"

        | tester | found | requests a run | seconds a run | requests/s |
        |---|---|---|---|---|
        | greenapi-contract | 3 of 3 | 1000 | 0.10 | 10000 |
        | a-peer 1.2 | 1 of 2 | 30 | 1.50 | 20 |

        | mutant | greenapi-contract | a-peer |
        |---|---|---|
        | one | found | found |
        | two | found |  |
        | three | found | not tried |
        ");
    }
}

//! The peers on the same servers.

use std::fmt::Write as _;
use std::path::Path;

use super::score::Judged;
use crate::failure::Failure;
use crate::peers::{Peer, Told, told};

/// A table in Markdown: who finds what, and how fast. `ours` is what the harness said of the same servers.
pub(super) fn compare(root: &Path, only: &[String], ours: &[Judged]) -> Result<String, Failure> {
    let told = told(root, only.iter().flat_map(|name| ["--only", name]))?;
    Ok(table(&told, ours))
}

fn table(told: &Told, ours: &[Judged]) -> String {
    let mut text = String::from(
        "\n| tester | found | requests a run | seconds a run | requests/s |\n|---|---|---|---|---|\n",
    );
    let mutants: Vec<_> = ours.iter().filter(|one| !one.breaks.is_empty()).collect();
    let row = |text: &mut String, name: &str, found: usize, of: usize, requests: f64, seconds: f64| {
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "| {name} | {found} of {of} | {requests:.0} | {seconds:.2} | {:.0} |",
            if seconds > 0.0 { requests / seconds } else { 0.0 }
        );
    };
    let found = mutants.iter().filter(|one| one.is_found()).count();
    #[allow(clippy::cast_precision_loss)] // For a person to read.
    {
        let count = mutants.len().max(1) as f64;
        let requests = mutants.iter().map(|one| one.requests as f64).sum::<f64>() / count;
        let seconds = mutants.iter().map(|one| one.seconds).sum::<f64>() / count;
        row(&mut text, "greenapi-contract", found, mutants.len(), requests, seconds);
        for Peer { name, version } in &told.peers {
            let runs: Vec<_> =
                told.runs.iter().filter(|run| run.peer == *name && run.mutant.is_some()).collect();
            let count = runs.len().max(1) as f64;
            let requests =
                runs.iter().filter_map(|run| run.requests).map(|one| one as f64).sum::<f64>() / count;
            let seconds = runs.iter().map(|run| run.seconds).sum::<f64>() / count;
            let found = runs.iter().filter(|run| run.found).count();
            row(&mut text, &format!("{name} {version}"), found, runs.len(), requests, seconds);
        }
    }
    text.push_str("\n| mutant | greenapi-contract |");
    for Peer { name, .. } in &told.peers {
        let _ = write!(text, " {name} |");
    }
    let _ = writeln!(text, "\n|---|---|{}", "---|".repeat(told.peers.len()));
    for one in mutants {
        let sign = |found: bool| if found { "found" } else { "" };
        let _ = write!(text, "| {} | {} |", one.name, sign(one.is_found()));
        for Peer { name, .. } in &told.peers {
            let run =
                told.runs.iter().find(|run| run.peer == *name && run.mutant.as_ref() == Some(&one.name));
            let _ = write!(text, " {} |", run.map_or("not tried", |run| sign(run.found)));
        }
        text.push('\n');
    }
    text
}

//! `cargo xtask bench contract`: the contract tester beside Schemathesis, each against the mock.

mod process;
mod schemathesis;
mod table;
mod tester;

use std::io::Write;
use std::path::Path;

use crate::bench::contract::process::Usage;
use crate::bench::contract::schemathesis::Schemathesis;
use crate::bench::contract::table::Row;
use crate::bench::machine;
use crate::bench::progress::progress;
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many turns each tester has
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// One round of few cases: it shows that the bench works, not how fast anything is
    ///
    /// Schemathesis then may be missing in CI too.
    #[arg(long, conflicts_with = "rounds")]
    quick: bool,
}

/// How much the testers generate.
struct Size {
    /// Of our two runs, or what is the default.
    cases: [Option<u32>; 2],
    /// Of Schemathesis, or what is the default.
    examples: Option<u32>,
}

const FULL: Size = Size { cases: [None, Some(10_000)], examples: None };
const QUICK: Size = Size { cases: [Some(20), Some(200)], examples: Some(5) };

pub(crate) fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let (rounds, size) = if arguments.quick { (1, QUICK) } else { (arguments.rounds, FULL) };
    // Asked first, as it may take minutes to build the others.
    let schemathesis = Schemathesis::find(root)?;
    if schemathesis.is_none() && std::env::var_os("CI").is_some() && !arguments.quick {
        return Err(Failure::failed(schemathesis::missing()));
    }
    let (mock, tester) = tester::built(root)?;
    let mut ours = size.cases.map(|cases| Row::new(tester::name(cases)));
    let mut theirs =
        Row::new(schemathesis.as_ref().map_or("Schemathesis".to_owned(), |one| one.name().to_owned()));
    for round in 1..=rounds {
        for (row, cases) in ours.iter_mut().zip(size.cases) {
            progress(&format!("round {round} of {rounds}: {}", row.name()));
            // A mock of its own, so that no turn bears what another one has left.
            let server = mock.start(&[])?;
            let (requests, usage) = tester.check(&server, cases)?;
            row.add(requests, usage);
        }
        if let Some(schemathesis) = &schemathesis {
            progress(&format!("round {round} of {rounds}: {}", schemathesis.name()));
            let server = mock.start(&[])?;
            let (requests, wall) = schemathesis.run(server.url(), size.examples)?;
            theirs.add(requests, Usage { wall, cpu: None, peak: None });
        }
    }
    let [default, many] = &ours;
    writeln!(out, "{}", machine::described(rounds, "one run each"))?;
    write!(out, "{}", table::rendered(default, many, &theirs))?;
    if schemathesis.is_none() {
        writeln!(out, "\n{}", schemathesis::missing())?;
    }
    Ok(())
}

use std::io::Write as _;

use serde_json::json;

use crate::contract::Chosen;
use crate::end::{End, Failed};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    contract: Chosen,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End, Failed> {
    let contract = arguments.contract.contract()?;
    let mut out = anstream::stdout().lock();
    if arguments.json {
        let clauses = contract.clauses().iter().map(|clause| {
            json!({
                "clause": clause.id(),
                "evidence": clause.evidence().as_str(),
                "sentence": clause.sentence(),
                "pointer": clause.pointer().as_str(),
            })
        });
        let all = json!({ "edition": contract.edition(), "clauses": clauses.collect::<Vec<_>>() });
        writeln!(out, "{all:#}")?;
        return Ok(End::Kept);
    }
    writeln!(out, "{} {}, {} clauses\n", contract.title(), contract.edition(), contract.clauses().len())?;
    let width = contract.clauses().iter().map(|clause| clause.id().len()).max().unwrap_or_default();
    for clause in contract.clauses() {
        writeln!(out, "{clause:<width$}  {:<10}  {}", clause.evidence(), clause.sentence())?;
    }
    Ok(End::Kept)
}

use std::fmt::Write as _;

use serde_json::json;

use crate::contract::Chosen;
use crate::end::{End, Failed};
use crate::output::tell;

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
        tell(&format!("{all:#}\n"))?;
        return Ok(End::Kept);
    }
    let width = contract.clauses().iter().map(|clause| clause.id().len()).max().unwrap_or_default();
    let mut text =
        format!("{} {}, {} clauses\n\n", contract.title(), contract.edition(), contract.clauses().len());
    for clause in contract.clauses() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{clause:<width$}  {:<10}  {}", clause.evidence(), clause.sentence());
    }
    tell(&text)?;
    Ok(End::Kept)
}

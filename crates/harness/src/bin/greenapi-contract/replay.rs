use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use greenapi_harness::{Replay, Verdict};

use crate::contract::Chosen;
use crate::end::{End, Failed};
use crate::output::tell;
use crate::run::{Settings, runtime};
use crate::target::Known;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The failure as JSON, from `check --reproductions` or the member `replay` of a report; `-` is stdin
    file: PathBuf,
    /// Where the endpoint is; the request goes to the instance that it went to, unless --instance names another one
    url: String,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    contract: Chosen,
    #[command(flatten)]
    settings: Settings,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End, Failed> {
    let Arguments { file, url, known, contract, settings } = arguments;
    let contract = contract.contract()?;
    let text = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let text = text.map_err(|error| Failed::file("read", file, &error))?;
    let replay: Replay = serde_json::from_str(&text)
        .map_err(|error| Failed::wrong_use(format!("{} is no failure: {error}", file.display())))?;
    let replay = known.instance.into_iter().fold(replay, Replay::on);
    let target = known.target(&contract, url, settings.live)?;
    let harness = settings.harness(&contract)?.clause(replay.clause());
    let report = runtime()?.block_on(harness.replay(&target, &replay))?;
    tell(&report.to_terminal())?;
    if let Some(Verdict::NotChecked(why)) = report.result(replay.clause()).map(|result| &result.verdict) {
        return Err(Failed::wrong_use(format!("the request was not tried: {why}")));
    }
    // It failed, whatever its evidence, so it has to be seen that it does no longer.
    Ok(if report.broken().next().is_none() { End::Kept } else { End::Broken })
}

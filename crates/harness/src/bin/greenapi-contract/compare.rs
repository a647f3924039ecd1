use std::fs;
use std::path::PathBuf;

use greenapi_harness::{Answers, Comparison, Event, Observe as _};

use crate::contract::Chosen;
use crate::end::{End, Failed};
use crate::output::tell;
use crate::progress::Progress;
use crate::run::{Settings, runtime};
use crate::target::Known;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where the one endpoint is
    first: String,
    /// Where the other endpoint is
    second: String,
    #[command(flatten)]
    known: Known,
    /// The states URL of the other endpoint, where it is another one
    #[arg(long, value_name = "URL", requires = "states_url", help_heading = "Target")]
    second_states_url: Option<String>,
    #[command(flatten)]
    contract: Chosen,
    #[command(flatten)]
    settings: Settings,
    /// Write what differs as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    json: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End, Failed> {
    let Arguments { first, second, known, second_states_url, contract, settings, json } = arguments;
    let contract = contract.contract()?;
    let harness = settings.harness(&contract)?;
    let runtime = runtime()?;
    let mut runs = Vec::new();
    for (url, states_url) in [(first, None), (second, second_states_url.as_ref())] {
        let mut target = known.target(&contract, url, settings.live)?;
        if let Some(url) = states_url {
            target = target.states(greenapi_harness::StatesUrl::new(url).map_err(Failed::wrong_use)?);
        }
        let mut progress = Progress::new(settings.quiet);
        let mut answers = Answers::new(&contract);
        let watched = |event: &Event<'_>| {
            progress.observe(event);
            answers.observe(event);
        };
        let report = runtime.block_on(harness.run_with(&target, watched));
        progress.end();
        runs.push((report?, answers));
    }
    let [(one, one_answers), (other, other_answers)] = &runs[..] else {
        return Err(Failed::wrong_use("two endpoints are compared"));
    };
    let comparison = Comparison::of([one, other], [one_answers, other_answers]);
    let as_json = || format!("{:#}\n", comparison.to_json());
    match json {
        Some(path) if path.as_os_str() == "-" => tell(&as_json())?,
        Some(path) => {
            fs::write(path, as_json()).map_err(|error| Failed::file("write", path, &error))?;
            tell(&comparison.to_string())?;
        }
        None => tell(&comparison.to_string())?,
    }
    Ok(if comparison.is_same() { End::Kept } else { End::Broken })
}

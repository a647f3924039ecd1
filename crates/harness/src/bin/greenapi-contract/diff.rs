use std::path::Path;

use greenapi_harness::compare_editions;
use greenapi_model::{Contract, Edition};

use crate::contract::of_file;
use crate::end::{End, Failed};
use crate::output::tell;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The old one: an edition such as 2020-06-29, or a file with a contract as JSON
    old: String,
    /// The new one
    new: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End, Failed> {
    let (old, new) = (named(&arguments.old)?, named(&arguments.new)?);
    let difference = compare_editions(&old, &new);
    tell(&if arguments.json { format!("{:#}\n", difference.to_json()) } else { format!("{difference}\n") })?;
    Ok(if difference.is_empty() { End::Kept } else { End::Broken })
}

fn named(text: &str) -> Result<Contract, Failed> {
    match text.parse::<Edition>() {
        Ok(edition) => Ok(Contract::of(edition)),
        Err(_) if Path::new(text).exists() => of_file(Path::new(text)),
        Err(error) => Err(Failed::wrong_use(format!("{error}, and there is no file of that name"))),
    }
}

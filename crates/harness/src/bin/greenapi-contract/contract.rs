use std::fs;
use std::path::{Path, PathBuf};

use greenapi_model::{Contract, Edition};

use crate::end::Failed;

/// Which contract is meant.
#[derive(Debug, clap::Args)]
pub(crate) struct Chosen {
    /// The edition of the contract [default: the first one, 2020-06-29]
    #[arg(long, value_name = "EDITION", conflicts_with = "spec", help_heading = "Contract")]
    edition: Option<Edition>,
    /// A contract of your own: an OpenAPI 3.1 document in JSON, as `greenapi-contract export openapi` prints it
    #[arg(long, value_name = "FILE", help_heading = "Contract")]
    spec: Option<PathBuf>,
}

impl Chosen {
    pub(crate) fn contract(&self) -> Result<Contract, Failed> {
        match &self.spec {
            Some(path) => of_file(path),
            None => Ok(Contract::of(self.edition.unwrap_or_default())),
        }
    }
}

/// The contract that stands in a file.
pub(crate) fn of_file(path: &Path) -> Result<Contract, Failed> {
    let text = fs::read_to_string(path).map_err(|error| Failed::file("read", path, &error))?;
    Contract::from_json(&text)
        .map_err(|error| Failed::wrong_use(format!("{} is no contract: {error}", path.display())))
}

//! `greenapi-mock config`.

mod check;
mod show;

pub(crate) use self::check::check;
#[cfg(test)]
pub(crate) use self::show::OPTIONS;
pub(crate) use self::show::show;
use crate::failure::Failure;
use crate::output;

const SCHEMA: &str = include_str!("../../../config.schema.json");

/// Prints the schema of the file.
pub(crate) fn schema() -> Result<(), Failure> {
    output::print(SCHEMA)
}

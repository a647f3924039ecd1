//! `greenapi-mock config`.

mod check;
mod show;

pub(crate) use self::check::check;
#[cfg(test)]
pub(crate) use self::show::OPTIONS;
pub(crate) use self::show::show;

const SCHEMA: &str = include_str!("../../../config.schema.json");

/// Prints the schema of the file.
pub(crate) fn schema() {
    use std::io::Write;

    // Whoever closed stdout does not want to know.
    let _ = std::io::stdout().write_all(SCHEMA.as_bytes());
}

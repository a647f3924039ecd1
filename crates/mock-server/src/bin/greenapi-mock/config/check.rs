use std::path::Path;

use greenapi_mock_server::Config;

use crate::failure::Failure;
use crate::output;

/// Prints one line that says what is in a file, or fails with all that is wrong with it.
pub(crate) fn check(file: &Path) -> Result<(), Failure> {
    let refused = |error| Failure::config(&error);
    let config = Config::read(file).map_err(refused)?;
    let emulation = config.emulation().map_err(refused)?;
    let set_up = config.set_up(&emulation).map_err(refused)?;
    let count = |number: usize, one: &str| {
        let end = if number == 1 { "" } else { "s" };
        format!("{number} {one}{end}")
    };
    output::print(format!(
        "{}: valid; the contract {}, {}, {} for all\n",
        file.display(),
        emulation.contract().edition(),
        count(set_up.instances.len(), "instance"),
        count(set_up.faults.len(), "fault")
    ))
}

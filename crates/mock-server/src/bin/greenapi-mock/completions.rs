//! `greenapi-mock completions`.

use clap_complete::Shell;

use crate::failure::Failure;
use crate::{cli, output};

/// Prints a script that completes commands and options in a shell.
pub(crate) fn print(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), cli::NAME, &mut script);
    if shell == Shell::Bash {
        script = mended(&script);
    }
    output::print(&script)
}

/// The script for bash spells a name with a hyphen in two ways, so that nothing is completed behind a command:
/// <https://github.com/clap-rs/clap/issues/6421>. Once that is mended, this changes nothing.
fn mended(script: &[u8]) -> Vec<u8> {
    let spelt = |hyphen| cli::NAME.replace('-', hyphen);
    String::from_utf8_lossy(script).replace(&spelt("__subcmd__"), &spelt("__")).into_bytes()
}

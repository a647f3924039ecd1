use std::io::{IsTerminal, Write, stderr};

/// Says on a terminal what is done now.
pub(crate) fn progress(what: &str) {
    if stderr().is_terminal() {
        // Where stderr is closed there is nobody to tell.
        let _ = writeln!(stderr(), "  {what} …");
    }
}

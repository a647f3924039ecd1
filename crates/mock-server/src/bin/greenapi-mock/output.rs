use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;

/// Prints what was asked for.
pub(crate) fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    ended(stdout.write_all(text.as_ref()).and_then(|()| stdout.flush()))
}

/// How printing ended. A reader that has enough, such as `head`, is no failure; a disk that is full is one.
pub(crate) fn ended(printed: io::Result<()>) -> Result<(), Failure> {
    match printed {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::output(&error)),
        _ => Ok(()),
    }
}

use std::io::{self, Write};
use std::mem;
use std::sync::{Mutex, Once, PoisonError};

use tracing::Level;

/// What was logged since it was looked at.
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Keeps the lines from now on, with the form and the level that show most.
pub(crate) fn keep() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .without_time()
            .with_writer(|| Keeper)
            .init();
    });
}

/// The lines since the last time.
pub(crate) fn take() -> String {
    let lines = mem::take(&mut *LINES.lock().unwrap_or_else(PoisonError::into_inner));
    String::from_utf8(lines).expect("a log is text")
}

struct Keeper;

impl Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

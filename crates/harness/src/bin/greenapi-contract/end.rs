use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use greenapi_harness::TargetError;

/// How the program ends; the numbers are its exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Kept = 0,
    Broken = 1,
    WrongUse = 2,
    Unreachable = 3,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(end as u8)
    }
}

/// Why it did not do what it was asked to.
#[derive(Debug)]
pub(crate) struct Failed {
    end: End,
    message: String,
}

impl Failed {
    pub(crate) fn wrong_use(message: impl Into<String>) -> Self {
        Self { end: End::WrongUse, message: message.into() }
    }

    /// `what` is what was tried: "write", "read".
    pub(crate) fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        Self::wrong_use(format!("cannot {what} {}: {error}", path.display()))
    }

    pub(crate) fn end(&self) -> End {
        self.end
    }
}

impl From<TargetError> for Failed {
    fn from(error: TargetError) -> Self {
        let end = if error.is_unreachable() { End::Unreachable } else { End::WrongUse };
        let mut message = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Self { end, message }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

use std::fmt;
use std::io;
use std::process::ExitCode;

/// Why a command did not do what it was asked to, and the exit code that says so.
///
/// `Display` writes each message on lines of its own, as they are to stand on stderr.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    messages: Vec<String>,
}

/// The exit codes that are no success. Wrong use, 2, is clap's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something was refused or went wrong.
    Failed = 1,
    /// Generated files are not what their sources make.
    Stale = 4,
}

impl Failure {
    pub(crate) fn new(exit: Exit, messages: impl IntoIterator<Item = String>) -> Self {
        Self { exit, messages: messages.into_iter().collect() }
    }

    /// Something went wrong, as the message says.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, [message.into().trim_end().to_owned()])
    }

    /// `what` was tried: "write spec/x.yaml".
    pub(crate) fn io(what: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(Exit::Failed, [format!("cannot {what}: {error}")])
    }

    /// What is wrong, as it can stand within another message.
    pub(crate) fn messages(&self) -> String {
        self.messages.join("\n")
    }

    #[cfg(test)]
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.messages.iter().try_for_each(|message| writeln!(formatter, "error: {message}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::io("write what was done", &error)
    }
}

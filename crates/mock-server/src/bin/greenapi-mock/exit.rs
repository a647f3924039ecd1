use std::process::ExitCode;

/// How the program ends. The number is its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    NotDone = 1,
    WrongUse = 2,
    Address = 3,
    Contract = 4,
}

impl Exit {
    pub(crate) const ALL: [Self; 5] =
        [Self::Done, Self::NotDone, Self::WrongUse, Self::Address, Self::Contract];

    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// As `--help`, the manual page and the README have it.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Done => {
                "stopped by SIGINT or SIGTERM, after calls that were under way ended, or --drain or a second signal \
                 cut them off; or the command did its work; `healthcheck`: healthy"
            }
            Self::NotDone => {
                "the system refused what the program needs; `healthcheck`: not healthy, or not reached"
            }
            Self::WrongUse => {
                "wrong use: an option that is not known, a value or a file that cannot be used, a state or a \
                 fault that the contract does not have, --admin-listen for other machines without a token"
            }
            Self::Address => "cannot listen on the address, for instance because the port is taken",
            Self::Contract => "the contract given with --spec cannot be read or used",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

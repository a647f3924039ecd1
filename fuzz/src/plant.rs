use std::env;
use std::sync::OnceLock;

/// A fault that is planted in what a target tries, so that it is seen that the target finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// `stricter-reader`: a request is read again by a contract that wants two characters in a name.
    StricterReader,
    /// `kept-token`: the token of one call comes in a header of another, where nobody can know it.
    KeptToken,
    /// `no-answer`: no call is answered, and the client waits.
    NoAnswer,
    /// `no-group`: each call is answered as if it were throttled.
    NoGroup,
    /// `other-way`: by hyper alone, each call is answered as if it were throttled.
    OtherWay,
    /// `empty-name`: the mock does not enforce that a name has a character.
    EmptyName,
}

/// The variable of the environment that plants one. `cargo xtask fuzz --self-check` sets it.
const VARIABLE: &str = "GREENAPI_FUZZ_PLANT";

const NAMES: [(&str, Plant); 6] = [
    ("stricter-reader", Plant::StricterReader),
    ("kept-token", Plant::KeptToken),
    ("no-answer", Plant::NoAnswer),
    ("no-group", Plant::NoGroup),
    ("other-way", Plant::OtherWay),
    ("empty-name", Plant::EmptyName),
];

impl Plant {
    /// Whether this one is planted.
    pub(crate) fn is_there(self) -> bool {
        static PLANTED: OnceLock<Option<Plant>> = OnceLock::new();
        let planted = PLANTED.get_or_init(|| {
            let name = env::var(VARIABLE).ok()?;
            let found = NAMES.iter().find(|(known, _)| *known == name);
            Some(found.unwrap_or_else(|| panic!("{VARIABLE}: there is no `{name}`")).1)
        });
        *planted == Some(self)
    }
}

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// The state of an instance.
///
/// The names are those of the vendor's documentation; later products add more, hence [`Other`](Self::Other).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InstanceState {
    /// Nobody scanned the QR code.
    NotAuthorized,
    /// The instance can make groups.
    Authorized,
    /// WhatsApp banned the account.
    Blocked,
    /// The phone is switched off, or was for long.
    SleepMode,
    /// The instance starts or restarts.
    Starting,
    /// WhatsApp limits what the account may send.
    YellowCard,
    /// A state of another name.
    Other(String),
}

impl InstanceState {
    /// The states that have a name here.
    pub const NAMED: [Self; 6] = [
        Self::NotAuthorized,
        Self::Authorized,
        Self::Blocked,
        Self::SleepMode,
        Self::Starting,
        Self::YellowCard,
    ];

    /// The name of the state, as the vendor writes it: `notAuthorized`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::NotAuthorized => "notAuthorized",
            Self::Authorized => "authorized",
            Self::Blocked => "blocked",
            Self::SleepMode => "sleepMode",
            Self::Starting => "starting",
            Self::YellowCard => "yellowCard",
            Self::Other(name) => name,
        }
    }

    /// The name in words, as in the provider states of Pact: `not authorized`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        for character in self.as_str().chars() {
            if character.is_uppercase() {
                words.push(' ');
            }
            words.extend(character.to_lowercase());
        }
        words
    }
}

impl fmt::Display for InstanceState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for InstanceState {
    type Err = Infallible;

    /// Case and hyphens do not matter: `not-authorized` is `notAuthorized`.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let plain = text.replace('-', "");
        Ok(Self::NAMED
            .into_iter()
            .find(|state| state.as_str().eq_ignore_ascii_case(&plain))
            .unwrap_or_else(|| Self::Other(text.to_owned())))
    }
}

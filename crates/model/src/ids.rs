use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// The number of an instance: one account that is tied to one phone.
///
/// Its text is the decimal number without sign and leading zeros, as it stands in the path of a call. How large it may
/// be is a matter of the contract ([`Contract::address`](crate::Contract::address)), not of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct InstanceId(u64);

impl InstanceId {
    /// The instance of that number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl From<u64> for InstanceId {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for InstanceId {
    type Err = InvalidInstanceId;

    fn from_str(text: &str) -> Result<Self, InvalidInstanceId> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let canonical = !text.is_empty() && (text == "0" || !text.starts_with('0'));
        if !digits || !canonical {
            return Err(InvalidInstanceId);
        }
        text.parse().map(Self).map_err(|_| InvalidInstanceId)
    }
}

/// The text is not the number of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidInstanceId;

impl fmt::Display for InvalidInstanceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "an instance id is a number in decimal digits, without leading zeros, such as 1101000001",
        )
    }
}

impl std::error::Error for InvalidInstanceId {}

/// The token of an instance: the only credential, and a part of the path of each call.
///
/// It is a secret. It has no `Display` and no `Serialize`, its `Debug` shows nothing of it, and what reads it does so by
/// [`expose`](Self::expose).
///
/// ```
/// let token: greenapi_model::ApiToken = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345".parse()?;
/// assert_eq!(format!("{token:?}"), "ApiToken(***)");
/// # Ok::<(), greenapi_model::InvalidApiToken>(())
/// ```
///
/// ```compile_fail
/// let token: greenapi_model::ApiToken = "secret".parse().unwrap();
/// println!("{token}"); // There is no Display.
/// ```
///
/// ```compile_fail
/// let token: greenapi_model::ApiToken = "secret".parse().unwrap();
/// serde_json::to_string(&token).unwrap(); // There is no Serialize.
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ApiToken(String);

impl ApiToken {
    /// The token itself, to put it into a path. Whoever calls this must not show it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiToken(***)")
    }
}

impl FromStr for ApiToken {
    type Err = InvalidApiToken;

    /// A token is at least one character of those that RFC 3986 calls unreserved, so that it can stand in a path as it
    /// is. The service's own tokens are about fifty hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, InvalidApiToken> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        // A segment `.` or `..` would be taken for a step in the path.
        if text.is_empty() || text == "." || text == ".." || !text.bytes().all(unreserved) {
            return Err(InvalidApiToken);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The text cannot be a token. The error does not hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidApiToken;

impl fmt::Display for InvalidApiToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a token has at least one character, of A-Z a-z 0-9 - . _ ~")
    }
}

impl std::error::Error for InvalidApiToken {}

/// Whom or what a [`ChatId`] names, by the part behind its `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatKind {
    /// A person by phone number: `79001234567@c.us`.
    Person,
    /// A person by an identifier that hides the number: `…@lid`.
    HiddenPerson,
    /// A group: `12345678910-1112131415@g.us`.
    Group,
    /// Anything else, the empty text included.
    Other,
}

/// The identifier of a chat: a participant in a request, a group in a response.
///
/// It is kept as it is, any text: what form it has to have is a matter of the contract. The number in a group's id goes
/// beyond 2^53, so it is never held as a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ChatId(String);

impl ChatId {
    /// The identifier as it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it names.
    #[must_use]
    pub fn kind(&self) -> ChatKind {
        match self.0.rsplit_once('@').map(|(_, kind)| kind) {
            Some("c.us") => ChatKind::Person,
            Some("lid") => ChatKind::HiddenPerson,
            Some("g.us") => ChatKind::Group,
            _ => ChatKind::Other,
        }
    }
}

impl<T: Into<String>> From<T> for ChatId {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for ChatId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A phone number in the international form, as a number: `79001234567`. It needs more than 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Phone(u64);

impl Phone {
    /// The phone of that number. How many digits it may have is a matter of the contract.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number, country code first.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl From<u64> for Phone {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The link by which people join a group. Empty where inviting by link is off, or where no group was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct InviteLink(String);

impl InviteLink {
    /// The link as it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no link.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>> From<T> for InviteLink {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for InviteLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_id_is_its_decimal_text() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(text.parse::<InstanceId>().ok().map(InstanceId::number), expected, "{text:?}");
        };
        check("1101000001", Some(1_101_000_001));
        check("0", Some(0));
        check("18446744073709551615", Some(u64::MAX));
        for text in ["", "01", "+1", "-1", "1 ", "1.0", "one", "18446744073709551616", "１"] {
            check(text, None);
        }
    }

    #[test]
    fn a_token_can_stand_in_a_path_as_it_is() {
        let check =
            |text: &str, expected: bool| assert_eq!(text.parse::<ApiToken>().is_ok(), expected, "{text:?}");
        for text in ["a", "d75b3a66374942c5b3c019c698abc2067e151558acbd412345", "A-b_c.d~e", "..."] {
            check(text, true);
        }
        for text in ["", ".", "..", "a/b", "a b", "a?b", "a#b", "a%20", "é", "a\r\nb"] {
            check(text, false);
        }
    }

    #[test]
    fn a_chat_id_knows_what_it_names() {
        let check =
            |text: &str, expected: ChatKind| assert_eq!(ChatId::from(text).kind(), expected, "{text:?}");
        check("79001234567@c.us", ChatKind::Person);
        check("123@lid", ChatKind::HiddenPerson);
        check("120363043968012345@g.us", ChatKind::Group);
        check("12345678910-1112131415@g.us", ChatKind::Group);
        check("", ChatKind::Other);
        check("79001234567", ChatKind::Other);
        check("a@c.us@elsewhere", ChatKind::Other);
    }
}

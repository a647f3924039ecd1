use std::fmt;
use std::hint::black_box;
use std::str::FromStr;

/// What a client of the control plane has to know: `Authorization: Bearer <token>` (RFC 6750).
///
/// It is a secret: its `Debug` shows nothing of it, and there is no `Display`.
#[derive(Clone)]
pub struct BearerToken(Box<[u8]>);

impl BearerToken {
    /// Whether the value of a header `Authorization` holds this token. How long that takes does not depend on where the two
    /// differ.
    pub(super) fn is_in(&self, header: Option<&[u8]>) -> bool {
        let Some((scheme, given)) = header.and_then(|value| value.split_at_checked("Bearer ".len())) else {
            return false;
        };
        let given = given.trim_ascii();
        let differ =
            self.0.iter().zip(given).fold(0, |differ, (own, given)| black_box(differ | (own ^ given)));
        scheme.eq_ignore_ascii_case(b"Bearer ") && given.len() == self.0.len() && black_box(differ) == 0
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BearerToken(***)")
    }
}

impl FromStr for BearerToken {
    type Err = InvalidBearerToken;

    /// A token is at least one character of those that RFC 6750 allows: `A-Z a-z 0-9 - . _ ~ + /`, and `=`.
    fn from_str(text: &str) -> Result<Self, InvalidBearerToken> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if text.is_empty() || !text.bytes().all(allowed) {
            return Err(InvalidBearerToken);
        }
        Ok(Self(text.as_bytes().into()))
    }
}

/// The text cannot be a bearer token. The error does not hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidBearerToken;

impl fmt::Display for InvalidBearerToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a bearer token has at least one character, of A-Z a-z 0-9 - . _ ~ + / =")
    }
}

impl std::error::Error for InvalidBearerToken {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_alone_opens() {
        let token: BearerToken = "s3cret".parse().unwrap();
        let check = |header: &str, expected: bool| {
            assert_eq!(token.is_in(Some(header.as_bytes())), expected, "{header:?}");
        };
        check("Bearer s3cret", true);
        check("bearer  s3cret ", true);
        for header in ["", "Bearer", "Bearer ", "s3cret", "Basic s3cret", "Bearer s3cre", "Bearer s3cret2"] {
            check(header, false);
        }
        check("Bearer S3cret", false);
        assert!(!token.is_in(None));
        assert_eq!(format!("{token:?}"), "BearerToken(***)");
    }

    #[test]
    fn a_token_can_stand_in_a_header() {
        let check = |text: &str, expected: bool| {
            assert_eq!(text.parse::<BearerToken>().is_ok(), expected, "{text:?}");
        };
        check("abc.DEF-1_2~3+4/5==", true);
        for text in ["", " ", "a b", "a\n", "é", "a,b"] {
            check(text, false);
        }
    }
}

//! What an answer means to whoever called: a group, or an error that says whether there may be one.
//!
//! The reader here is not the contract's, which names each clause that an answer breaks. A client takes what it can use:
//! the group of an answer that departs from the contract in another point was made all the same.

mod body;
mod group;
mod refusal;

use std::time::SystemTime;

use greenapi_model::{ApiToken, Contract, Group};

use crate::error::{Answer, Error, ErrorKind};
use crate::raw::response::RawResponse;

use self::group::Told;

/// The group of an answer, or what the answer is instead. `now` is what a date in `Retry-After` is compared with.
pub(crate) fn decode(
    contract: &Contract,
    token: &ApiToken,
    response: &RawResponse,
    now: impl FnOnce() -> SystemTime,
) -> Result<Group, Error> {
    if response.status.as_u16() != contract.success().0 {
        return Err(Error::answered(refusal::of(contract, token, response, now())));
    }
    let (kind, body, may_exist) = match group::read(&response.body) {
        Told::Group(group) => return Ok(group),
        Told::NotCreated => (ErrorKind::NotCreated, "", false),
        Told::Unclear(body) => (ErrorKind::UnexpectedBody, body, true),
    };
    // Something that answers 200 to everything may still say what is wrong.
    let identifier = match kind {
        ErrorKind::UnexpectedBody => body::read(&response.body).text.map(|text| body::masked(&text, token)),
        _ => None,
    };
    Err(Error::answered(Answer {
        kind,
        status: response.status,
        slug: None,
        identifier,
        quota: None,
        retry_after: None,
        body,
        may_exist,
        may_pass: false,
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, StatusCode, Version};
    use proptest::prelude::*;

    use super::*;
    use crate::raw::timings::Timings;

    const TOKEN: &str = "d75b3a66374942c5b3c019c698abc206";

    fn response(status: u16, body: Vec<u8>) -> RawResponse {
        let timings = Timings { connected: None, secured: None, head: Duration::ZERO, total: Duration::ZERO };
        RawResponse {
            status: StatusCode::from_u16(status).unwrap(),
            version: Version::HTTP_11,
            headers: HeaderMap::new(),
            body: Bytes::from(body),
            timings,
        }
    }

    /// Pieces that bodies of the service are made of, and such that break them.
    fn body() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u00",
            "\\ud800",
            "\u{feff}",
            " ",
            "\r\n",
            "<",
            "null",
            "true",
            "false",
            "1e400",
            "-0",
            "\"created\":",
            "\"chatId\":",
            "\"groupInviteLink\":",
            "\"message\":",
            "\"path\":",
            "\"invokeStatus\":",
            "\"status\":",
            "\"used\":",
            "bad request data",
            "Cannot GET ",
            "é",
            "/waInstance1/createGroup/d75b3a66374942c5b3c019c698abc206",
            "d75b3a66374942c5b3c019c698abc206",
            "D75B3A66374942C5B3C019C698ABC206",
            "%64%375b3a66374942c5b3c019c698abc206",
            "\"\\u0064\\u00375b3a66374942c5b3c019c698abc206\"",
        ]);
        let pieces = prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes());
        prop_oneof![4 => pieces, 1 => prop::collection::vec(any::<u8>(), 0..64)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_comes_is_a_group_or_an_error_that_tells_no_token(
            status in prop::sample::select(vec![200, 200, 201, 301, 400, 401, 403, 404, 408, 429, 466, 500, 502]),
            body in body(),
        ) {
            let contract = Contract::default();
            let token = TOKEN.parse().unwrap();
            let decoded = decode(&contract, &token, &response(status, body.clone()), || SystemTime::UNIX_EPOCH);
            match decoded {
                Ok(group) => prop_assert!(status == 200 && group.created() && !group.chat_id().as_str().is_empty()),
                Err(error) => {
                    let shown = format!("{error} {error:?} {:?}", error.identifier());
                    let decoded = percent_encoding::percent_decode_str(&shown).decode_utf8_lossy().to_lowercase();
                    prop_assert!(!decoded.contains(TOKEN), "{shown}");
                    prop_assert!(!decoded.contains("createGroup/"), "{shown}");
                    prop_assert!(!(error.is_ambiguous() && error.is_retryable()), "{shown}");
                    let says_none = error.kind() == ErrorKind::NotCreated || (400..500).contains(&status) && status != 408;
                    let too_large = error.slug() == Some("request-too-large");
                    prop_assert_eq!(error.is_ambiguous(), !says_none && !too_large, "{}", shown);
                }
            }
        }
    }
}

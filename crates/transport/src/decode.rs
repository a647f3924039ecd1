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

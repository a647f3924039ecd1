//! An answer whose status is not that of success.

use std::time::{Duration, SystemTime};

use greenapi_model::{ApiErrorKind, ApiToken, Contract, ErrorCase, PossibleAnswer, Repeat};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use crate::decode::body::{self, Found};
use crate::error::{Answer, ErrorKind};
use crate::raw::response::RawResponse;

/// The answers that any request may get, and that have a kind of their own.
const BY_SLUG: [(&str, ErrorKind); 2] =
    [("too-many-requests", ErrorKind::RateLimited), ("quota-exceeded", ErrorKind::QuotaExceeded)];

pub(crate) fn of(contract: &Contract, token: &ApiToken, response: &RawResponse, now: SystemTime) -> Answer {
    let Found { form, text, quota } = body::read(&response.body);
    let status = response.status;
    let shown = text.as_deref().map(|text| body::masked(text, token));
    let answer = |kind, may_exist, slug: Option<&str>, repeat| Answer {
        kind,
        status,
        slug: slug.map(str::to_owned),
        identifier: shown.clone(),
        quota,
        retry_after: response.headers.get(RETRY_AFTER).and_then(|value| wait_of(value, now)),
        body: form,
        may_exist,
        may_pass: repeat == Repeat::Later && !may_exist,
    };
    if let Some(case) = error_case(contract, status, text.as_deref(), response.body.is_empty()) {
        let known = answer(ErrorKind::Api(case.kind()), false, Some(case.slug()), case.repeat());
        let own = case.identifier().filter(|identifier| !identifier.contains('{')).map(str::to_owned);
        return Answer { identifier: own.or(known.identifier), ..known };
    }
    let possible = possible(contract, status, text.as_deref());
    // It is not known which of several it is, so the worst of them counts.
    let may_exist = may_have_made_one(status) || possible.iter().any(|possible| possible.makes_group());
    let (slug, repeat) = match possible[..] {
        [one] => (Some(one.slug()), one.repeat()),
        _ => (None, Repeat::Never),
    };
    let kind = match BY_SLUG.iter().find(|(known, _)| Some(*known) == slug) {
        Some((_, kind)) => *kind,
        None if status.is_client_error() && shown.is_some() => ErrorKind::Api(ApiErrorKind::Other),
        None => ErrorKind::UnexpectedStatus,
    };
    answer(kind, may_exist, slug, repeat)
}

/// Whether the call may have made a group although it was answered with this status, for all that HTTP says of it: not
/// where the request was refused.
fn may_have_made_one(status: StatusCode) -> bool {
    // 408 says that time was over for a request that was whole; 499, nginx's, that somebody in between went away.
    !status.is_client_error() || matches!(status.as_u16(), 408 | 499)
}

/// The error of the contract. One without a body is known by its status alone, and of a server's failure only if the body
/// is indeed empty.
fn error_case<'c>(
    contract: &'c Contract,
    status: StatusCode,
    text: Option<&str>,
    is_empty: bool,
) -> Option<&'c ErrorCase> {
    let mut cases = contract.errors().iter().filter(|case| case.status() == status.as_u16());
    cases.find(|case| match (case.identifier(), text) {
        (Some(identifier), Some(text)) => names(identifier, text),
        (Some(_), None) => false,
        (None, _) => status.is_client_error() || is_empty,
    })
}

/// The answers that any request may get, with this status: the only one, whatever it says, or those that the text names.
fn possible<'c>(contract: &'c Contract, status: StatusCode, text: Option<&str>) -> Vec<&'c PossibleAnswer> {
    let of_status: Vec<_> =
        contract.possible_answers().iter().filter(|answer| answer.status() == status.as_u16()).collect();
    if of_status.len() == 1 && !contract.errors().iter().any(|case| case.status() == status.as_u16()) {
        return of_status;
    }
    let named = |answer: &&PossibleAnswer| {
        answer.identifier().zip(text).is_some_and(|(identifier, text)| names(identifier, text))
    };
    of_status.into_iter().filter(named).collect()
}

/// Whether a text names an error: it has the identifier in it, in whatever case; or begins with it, where that has a place
/// for a part of the request.
fn names(identifier: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    match identifier.to_ascii_lowercase().split_once('{') {
        None => text.contains(&identifier.to_ascii_lowercase()),
        Some((start, _)) => text.starts_with(start),
    }
}

/// `Retry-After`, in seconds or as a date. RFC 9110, 10.2.3.
fn wait_of(value: &HeaderValue, now: SystemTime) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    // A date that is past asks for no wait.
    httpdate::parse_http_date(text).ok().map(|date| date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_those_of_the_contract() {
        let contract = Contract::default();
        for ((slug, _), status) in BY_SLUG.into_iter().zip([429, 466]) {
            assert_eq!(contract.possible_answer(slug).map(PossibleAnswer::status), Some(status), "{slug}");
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now = httpdate::parse_http_date("Mon, 29 Jun 2020 12:00:00 GMT").unwrap();
        let check = |value: &'static str, seconds: Option<u64>| {
            let wait = wait_of(&HeaderValue::from_static(value), now);
            assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
        };
        check("0", Some(0));
        check("120", Some(120));
        check("Mon, 29 Jun 2020 12:00:30 GMT", Some(30));
        check("Mon, 29 Jun 2020 11:00:00 GMT", Some(0));
        check("", None);
        check("-1", None);
        check("1.5", None);
        check("99999999999999999999999", None);
        check("soon", None);
    }
}

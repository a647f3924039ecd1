//! A call of the journal in WireMock's shape, with what we know beyond that under the key `greenapi`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use greenapi_model::{Condition, Contract};
use serde_json::{Map, Value, json};

use super::call::Call;
use crate::journal::{Entry, RecordedBody};
use crate::outcome::Ending;

/// The id of a call: a UUID made from its number.
pub(super) fn id(number: u64) -> String {
    format!("{:08x}-0000-4000-8000-{:012x}", number >> 48, number & 0xffff_ffff_ffff)
}

/// The number of the call that has this id. A UUID of another origin has none.
pub(super) fn number(id: &str) -> Option<u64> {
    let lower = id.to_ascii_lowercase();
    let (high, low) = lower.split_once("-0000-4000-8000-")?;
    let number = u64::from_str_radix(high, 16).ok()?.checked_mul(1 << 48)?;
    let number = number | u64::from_str_radix(low, 16).ok()?;
    (self::id(number) == lower).then_some(number)
}

/// Whether a call is one of the method, whatever came of it. To WireMock one that is none is unmatched.
pub(super) fn was_matched(contract: &Contract, entry: &Entry) -> bool {
    let outcome = entry.outcome();
    let is_call = match outcome.ending() {
        Ending::Plain => false,
        Ending::Error(slug) => contract
            .error_case(slug)
            .is_none_or(|case| !matches!(case.condition(), Condition::OtherPath | Condition::OtherMethod)),
        _ => true,
    };
    is_call && outcome.instance().is_some()
}

/// A call as the list of all of them shows it.
pub(super) fn event(call: &Call<'_>, entry: &Entry) -> Value {
    json!({
        "id": id(entry.number()),
        "request": request(call, entry),
        "responseDefinition": { "status": entry.outcome().status(), "fromConfiguredStub": true },
        "wasMatched": was_matched(call.emulation.contract(), entry),
        "greenapi": greenapi(entry),
    })
}

/// A call as a search shows it: the request alone, and what is ours.
pub(super) fn found(call: &Call<'_>, entry: &Entry) -> Value {
    let mut request = request(call, entry);
    request.insert("id".to_owned(), id(entry.number()).into());
    request.insert("greenapi".to_owned(), greenapi(entry));
    Value::Object(request)
}

fn request(call: &Call<'_>, entry: &Entry) -> Map<String, Value> {
    let mut headers = Map::new();
    let mut host = None;
    for (name, value) in entry.headers() {
        if name == "host" {
            host.get_or_insert_with(|| value.to_string());
        }
        let value = Value::from(value.into_owned());
        match headers.get_mut(name) {
            None => {
                headers.insert(name.to_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::from(vec![first.take(), value]),
        }
    }
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let bytes = entry.body().bytes().unwrap_or_default();
    let mut request = Map::new();
    let mut set = |name: &str, value: Value| request.insert(name.to_owned(), value);
    set("url", entry.path().into());
    set("absoluteUrl", format!("{}://{host}{}", call.scheme, entry.path()).into());
    set("method", entry.method().into());
    set("headers", Value::Object(headers));
    set("cookies", json!({}));
    set("browserProxyRequest", false.into());
    set("loggedDate", entry.milliseconds().into());
    set("loggedDateString", entry.time().into());
    set("body", String::from_utf8_lossy(bytes).into());
    set("bodyAsBase64", STANDARD.encode(bytes).into());
    request
}

fn greenapi(entry: &Entry) -> Value {
    let outcome = entry.outcome();
    let violations = outcome.violations().map(|violations| {
        let each = violations.iter().map(|violation| {
            json!({
                "clause": violation.clause().id(),
                "pointer": violation.pointer().as_str(),
                "found": violation.found(),
                "message": violation.to_string(),
            })
        });
        each.collect::<Vec<_>>()
    });
    json!({
        "number": entry.number(),
        "instance": entry.instance(),
        "outcome": outcome.name(),
        "clause": outcome.clause().map(|clause| clause.id()),
        "violations": violations.unwrap_or_default(),
        "moreViolations": outcome.violations().map_or(0, greenapi_model::Violations::more),
        "faults": outcome.faults(),
        "madeGroup": outcome.made_group(),
        "suspectedRetryOf": entry.suspected_retry_of(),
        "bodyKept": match entry.body() {
            RecordedBody::Whole(_) => "whole",
            RecordedBody::TooLarge => "too-large",
            RecordedBody::CutOff => "cut-off",
            RecordedBody::Unread => "unread",
            RecordedBody::Omitted => "omitted",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_the_number() {
        let check = |call: u64, expected: &str| {
            assert_eq!(id(call), expected);
            assert_eq!(number(expected), Some(call));
            assert_eq!(number(&expected.to_ascii_uppercase()), Some(call));
        };
        check(1, "00000000-0000-4000-8000-000000000001");
        check(1 << 48, "00000001-0000-4000-8000-000000000000");
        check(u64::MAX, "0000ffff-0000-4000-8000-ffffffffffff");
        for other in [
            "",
            "1",
            "00010000-0000-4000-8000-000000000001",
            "00000000-0000-4000-8000-+00000000001",
            "12fb14bb-600e-4bfa-bd8d-be7f12562c99",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}

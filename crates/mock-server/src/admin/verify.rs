//! Verifying which calls came.

use greenapi_model::InstanceId;
use serde_json::json;

use super::call::Call;
use super::fields::Item;
use super::journal;
use super::reply::{Refusal, Reply};
use crate::emulation::Emulation;
use crate::verify::{CallPattern, InvalidTimes, Times, Verification};

const PATTERN: [&str; 10] = [
    "instance",
    "outcome",
    "status",
    "clause",
    "fault",
    "method",
    "body",
    "bodyContains",
    "madeGroup",
    "suspectedRetry",
];

/// Verifies it of the calls of an instance, or of all calls. What does not hold is an answer too, and no error.
pub(super) fn verify(call: &Call<'_>) -> Result<Reply, Refusal> {
    let calls = journal::calls(call)?;
    let body = call.json()?;
    let verified = verification(call.emulation, &Item::whole(&body))?.verify(&calls);
    Ok(Reply::ok(&json!({
        "verified": verified.holds(),
        "matched": verified.matched(),
        "explanation": verified.explanation(),
        "greenapi": { "dropped": calls.dropped },
    })))
}

fn verification(emulation: &Emulation, item: &Item<'_>) -> Result<Verification, Refusal> {
    let fields = item.fields(&["calls", "times", "inOrder", "nothingBut"])?;
    let pattern = |item: &Item<'_>| pattern(emulation, item);
    let patterns = |item: Item<'_>| item.items()?.iter().map(pattern).collect::<Result<Vec<_>, _>>();
    match (fields.find("calls"), fields.find("times"), fields.find("inOrder"), fields.find("nothingBut")) {
        (Some(calls), times, None, None) => {
            let times = times.map_or(Ok(Times::at_least(1)), |item| self::times(&item))?;
            Ok(Verification::of(pattern(&calls)?, times))
        }
        (None, None, Some(item), None) => patterns(item).map(Verification::in_order),
        (None, None, None, Some(item)) => patterns(item).map(Verification::nothing_but),
        _ => Err(item.refuse("a verification is `calls` with `times`, or `inOrder`, or `nothingBut`")),
    }
}

fn times(item: &Item<'_>) -> Result<Times, Refusal> {
    let fields = item.fields(&["exactly", "atLeast", "atMost"])?;
    let number = |name| fields.find(name).map(|item| item.integer()).transpose();
    match (number("exactly")?, number("atLeast")?, number("atMost")?) {
        (Some(times), None, None) => Ok(Times::exactly(times)),
        (None, Some(least), None) => Ok(Times::at_least(least)),
        (None, None, Some(most)) => Ok(Times::at_most(most)),
        (None, Some(least), Some(most)) if least <= most => Ok(Times::between(least, most)),
        _ => Err(item.refuse(InvalidTimes.to_string())),
    }
}

type SetText = fn(CallPattern, &str) -> CallPattern;

fn pattern(emulation: &Emulation, item: &Item<'_>) -> Result<CallPattern, Refusal> {
    let fields = item.fields(&PATTERN)?;
    let mut pattern = CallPattern::any();
    if let Some(item) = fields.find("instance") {
        pattern = pattern.instance(InstanceId::new(item.integer()?));
    }
    if let Some(item) = fields.find("status") {
        let status = u16::try_from(item.integer()?).ok().filter(|status| (100..600).contains(status));
        pattern = pattern.status(status.ok_or_else(|| item.refuse("it is a number from 100 to 599"))?);
    }
    if let Some(item) = fields.find("body") {
        pattern = pattern.body(item.value.clone());
    }
    let texts: [(&str, SetText); 5] = [
        ("outcome", |pattern, text| pattern.outcome(text)),
        ("clause", |pattern, text| pattern.clause(text)),
        ("fault", |pattern, text| pattern.fault(text)),
        ("method", |pattern, text| pattern.method(text)),
        ("bodyContains", |pattern, text| pattern.body_contains(text)),
    ];
    for (name, set) in texts {
        if let Some(item) = fields.find(name) {
            pattern = set(pattern, item.text()?);
        }
    }
    if let Some(item) = fields.find("madeGroup") {
        pattern = pattern.made_group(item.boolean()?);
    }
    if let Some(item) = fields.find("suspectedRetry") {
        pattern = pattern.suspected_retry(item.boolean()?);
    }
    // A name that does not exist would fit no call, and so be a green test for a slip of the pen.
    pattern.check(emulation).map_err(|error| item.refuse(error.to_string()))?;
    Ok(pattern)
}

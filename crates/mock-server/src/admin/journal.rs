//! What happened, at WireMock's paths and in its shapes.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::Call;
use super::entry;
use super::fields::Item;
use super::pattern::RequestPattern;
use super::reply::{Refusal, Reply};
use crate::journal::{Calls, Entry};

/// The calls, the latest first; `limit` keeps the latest of them.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let calls = calls(call)?;
    let since = call.query.since.map(Timestamp::as_millisecond);
    let shown =
        calls.kept.iter().rev().filter(|entry| since.is_none_or(|since| entry.milliseconds() > since));
    let shown = shown.take(call.query.limit.unwrap_or(usize::MAX));
    let shown: Vec<_> = shown.map(|kept| entry::event(call.emulation.contract(), kept)).collect();
    Ok(Reply::ok(&json!({
        "requests": shown,
        "meta": { "total": calls.kept.len() },
        "requestJournalDisabled": is_disabled(call),
        "greenapi": { "dropped": calls.dropped },
    })))
}

pub(super) fn show(call: &Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::ok(&entry::event(call.emulation.contract(), &*named(call)?)))
}

pub(super) fn remove(call: &Call<'_>) -> Result<Reply, Refusal> {
    call.emulation.forget_call(&*named(call)?);
    Ok(Reply::done())
}

/// Empties the journal of an instance, or all of them.
pub(super) fn forget(call: &Call<'_>) -> Result<Reply, Refusal> {
    match call.parameter("id") {
        Some(_) => call.emulation.forget_calls(call.instance()?.id),
        None => call.emulation.forget_all_calls(),
    }
    Ok(Reply::done())
}

pub(super) fn count(call: &Call<'_>) -> Result<Reply, Refusal> {
    let (found, dropped) = matching(call)?;
    Ok(Reply::ok(&json!({
        "count": found.len(),
        "requestJournalDisabled": is_disabled(call),
        "greenapi": { "dropped": dropped },
    })))
}

/// The calls that fit, the oldest first, as WireMock has them.
pub(super) fn find(call: &Call<'_>) -> Result<Reply, Refusal> {
    let (found, dropped) = matching(call)?;
    Ok(found_reply(call, &found, dropped))
}

pub(super) fn remove_matching(call: &Call<'_>) -> Result<Reply, Refusal> {
    let (found, dropped) = matching(call)?;
    let contract = call.emulation.contract();
    let removed = found.iter().filter(|entry| call.emulation.forget_call(entry));
    let removed: Vec<_> = removed.map(|removed| entry::event(contract, removed)).collect();
    Ok(Reply::ok(&json!({ "serveEvents": removed, "greenapi": { "dropped": dropped } })))
}

/// The calls that are none of the method: to another path, or with another HTTP method.
#[allow(clippy::unnecessary_wraps)] // All that stands in the table of routes has one form.
pub(super) fn unmatched(call: &Call<'_>) -> Result<Reply, Refusal> {
    let Calls { mut kept, dropped } = call.emulation.all_calls();
    kept.retain(|kept| !entry::was_matched(call.emulation.contract(), kept));
    Ok(found_reply(call, &kept, dropped))
}

fn found_reply(call: &Call<'_>, found: &[Arc<Entry>], dropped: u64) -> Reply {
    let found: Vec<Value> = found.iter().map(|found| entry::found(found)).collect();
    Reply::ok(&json!({
        "requests": found,
        "requestJournalDisabled": is_disabled(call),
        "greenapi": { "dropped": dropped },
    }))
}

/// The calls that the pattern in the body describes, and how many older ones cannot be searched any more.
fn matching(call: &Call<'_>) -> Result<(Vec<Arc<Entry>>, u64), Refusal> {
    let body = call.json()?;
    let pattern = RequestPattern::read(call.emulation.contract(), &Item::whole(&body))?;
    let Calls { mut kept, dropped } = call.emulation.all_calls();
    kept.retain(|entry| pattern.matches(entry));
    Ok((kept, dropped))
}

/// The calls of an instance, or all of them.
pub(super) fn calls(call: &Call<'_>) -> Result<Calls, Refusal> {
    Ok(match call.parameter("id") {
        Some(_) => call.emulation.calls(call.instance()?.id),
        None => call.emulation.all_calls(),
    })
}

/// The call whose id stands in the path.
fn named(call: &Call<'_>) -> Result<Arc<Entry>, Refusal> {
    let number = call.parameter("requestId").and_then(entry::number);
    let kept = call.emulation.all_calls().kept;
    let found = number.and_then(|number| kept.into_iter().find(|entry| entry.number() == number));
    found.ok_or_else(|| {
        Refusal::not_there("requestId", "the journal has no call of this id, or has it no more")
    })
}

fn is_disabled(call: &Call<'_>) -> bool {
    call.emulation.settings().journal.entries == 0
}

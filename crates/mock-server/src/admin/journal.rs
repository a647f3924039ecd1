//! What happened, at WireMock's paths and in its shapes.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::call::Call;
use super::entry;
use super::fields::Item;
use super::pattern::RequestPattern;
use super::reply::{Refusal, Reply};
use crate::journal::{Calls, Entry};

/// WireMock's shape of a list of requests.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Requests<'e> {
    greenapi: Dropped,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
    request_journal_disabled: bool,
    requests: Each<'e>,
}

/// That of what was removed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Removed<'e> {
    greenapi: Dropped,
    serve_events: Each<'e>,
}

#[derive(Serialize)]
struct Dropped {
    dropped: u64,
}

#[derive(Serialize)]
struct Meta {
    total: usize,
}

/// Calls that are shown one by one while they are written, as a journal may have megabytes, and several times as many as values.
struct Each<'e> {
    calls: &'e [Arc<Entry>],
    show: fn(&Call<'_>, &Entry) -> Value,
    asked_by: &'e Call<'e>,
}

impl Serialize for Each<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.calls.iter().map(|entry| (self.show)(self.asked_by, entry)))
    }
}

/// The calls, the latest first; `limit` keeps the latest of them.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let Calls { kept: mut shown, dropped } = calls(call)?;
    let total = shown.len();
    shown.reverse();
    if let Some(since) = call.query.since.map(Timestamp::as_millisecond) {
        shown.retain(|entry| entry.milliseconds() > since);
    }
    shown.truncate(call.query.limit.unwrap_or(usize::MAX));
    Ok(Reply::ok(&Requests {
        greenapi: Dropped { dropped },
        meta: Some(Meta { total }),
        request_journal_disabled: is_disabled(call),
        requests: Each { calls: &shown, show: entry::event, asked_by: call },
    }))
}

pub(super) fn show(call: &Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::ok(&entry::event(call, &*named(call)?)))
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
    let (mut found, dropped) = matching(call)?;
    found.retain(|entry| call.emulation.forget_call(entry));
    Ok(Reply::ok(&Removed {
        greenapi: Dropped { dropped },
        serve_events: Each { calls: &found, show: entry::event, asked_by: call },
    }))
}

/// The calls that are none of the method: to another path, or with another HTTP method.
#[allow(clippy::unnecessary_wraps)] // All that stands in the table of routes has one form.
pub(super) fn unmatched(call: &Call<'_>) -> Result<Reply, Refusal> {
    let Calls { mut kept, dropped } = call.emulation.all_calls();
    kept.retain(|kept| !entry::was_matched(call.emulation.contract(), kept));
    Ok(found_reply(call, &kept, dropped))
}

fn found_reply(call: &Call<'_>, found: &[Arc<Entry>], dropped: u64) -> Reply {
    Reply::ok(&Requests {
        greenapi: Dropped { dropped },
        meta: None,
        request_journal_disabled: is_disabled(call),
        requests: Each { calls: found, show: entry::found, asked_by: call },
    })
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

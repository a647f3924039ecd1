//! The endpoint as a whole: health, numbers, settings, reset.

use jiff::Timestamp;
use serde_json::json;

use super::call::Call;
use super::fields::Item;
use super::reply::{Refusal, Reply};
use crate::clock::Clock;

/// Whether it is there, in WireMock's shape. The time is the real one: this is about the process, not about what it emulates.
#[allow(clippy::unnecessary_wraps)] // All that stands in the table of routes has one form.
pub(super) fn health(call: &Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::ok(&json!({
        "status": "healthy",
        "message": "greenapi-mock is ok",
        "version": env!("CARGO_PKG_VERSION"),
        "uptimeInSeconds": call.started.elapsed().as_secs(),
        "timestamp": format!("{:.3}", Timestamp::now()),
    })))
}

#[allow(clippy::unnecessary_wraps)]
pub(super) fn metrics(call: &Call<'_>) -> Result<Reply, Refusal> {
    let emulation = call.emulation;
    let text = emulation.metrics().with_gauges(&[
        ("instances", "Instances that there are", emulation.instance_count() as u64),
        (
            "journal_dropped",
            "Calls that had to leave the journal since it was emptied",
            emulation.dropped_calls(),
        ),
    ]);
    Ok(Reply::text("application/openmetrics-text; version=1.0.0; charset=utf-8", text))
}

#[allow(clippy::unnecessary_wraps)]
pub(super) fn reset(call: &Call<'_>) -> Result<Reply, Refusal> {
    call.emulation.reset();
    Ok(Reply::done())
}

#[allow(clippy::unnecessary_wraps)]
pub(super) fn settings(call: &Call<'_>) -> Result<Reply, Refusal> {
    let (emulation, settings) = (call.emulation, call.emulation.settings());
    let journal = &settings.journal;
    Ok(Reply::ok(&json!({
        "seed": emulation.seed(),
        "clock": emulation.clock().to_string(),
        "strict": settings.strict,
        "mostInstances": settings.most_instances,
        "groupsKept": settings.groups_kept,
        "mostFaults": settings.most_faults,
        "bodyLimit": emulation.body_limit(),
        "retryWindowSeconds": settings.retry_window.as_secs_f64(),
        "journal": {
            "entries": journal.entries,
            "bytes": journal.bytes,
            "totalBytes": journal.total_bytes,
            "maskPhones": journal.mask_phones,
        },
    })))
}

pub(super) fn change_settings(call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let fields = Item::whole(&body).fields(&["seed", "clock"])?;
    let seed = fields.find("seed").map(|item| Ok((item.integer()?, item))).transpose()?;
    let clock = fields
        .find("clock")
        .map(|item| {
            let form = "it is `example`, `system`, or a time such as 2020-06-29T12:00:00.000Z";
            item.text()?.parse::<Clock>().map_err(|_| item.refuse(form))
        })
        .transpose()?;
    if let Some((seed, item)) = seed {
        call.emulation.set_seed(seed).map_err(|error| item.refuse(error.to_string()))?;
    }
    if let Some(clock) = clock {
        call.emulation.set_clock(clock);
    }
    settings(call)
}

//! What of a call is not as a pattern has it, in words.

use greenapi_model::InstanceId;
use serde_json::Value;

use super::CallPattern;
use super::explanation::shortened;
use super::same_json::same;
use crate::journal::{Entry, RecordedBody};

/// So much of a value in a body is shown.
const VALUE: usize = 60;

/// The differences between a call and a pattern, made one by one, the cheap ones first.
pub(super) fn all<'c>(pattern: &'c CallPattern, entry: &'c Entry) -> impl Iterator<Item = String> + 'c {
    let fields: [fn(&CallPattern, &Entry) -> Option<String>; 10] =
        [instance, method, outcome, status, clause, fault, made_group, suspected_retry, body_contains, body];
    fields.into_iter().filter_map(|field| field(pattern, entry))
}

fn instance(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    let wanted = pattern.instance?;
    let found = entry.instance().map(InstanceId::number);
    let shown = found.map_or_else(|| "none".to_owned(), |id| id.to_string());
    (found != Some(wanted)).then(|| format!("instance is {shown}, not {wanted}"))
}

fn method(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    differs("method", pattern.method.as_deref()?, Some(entry.method()))
}

fn outcome(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    differs("outcome", pattern.outcome.as_deref()?, Some(entry.outcome().name()))
}

fn status(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    let (wanted, found) = (pattern.status?, entry.outcome().status());
    (found != wanted).then(|| format!("status is {found}, not {wanted}"))
}

/// The clause that promises the answer, or one that the request breaks.
fn clause(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    let wanted = pattern.clause.as_deref()?;
    let outcome = entry.outcome();
    let is_broken = outcome
        .violations()
        .is_some_and(|violations| violations.iter().any(|violation| violation.clause().id() == wanted));
    if is_broken {
        return None;
    }
    differs("clause", wanted, outcome.clause().map(|clause| clause.id()))
}

fn differs(field: &str, wanted: &str, found: Option<&str>) -> Option<String> {
    let shown = found.map_or_else(|| "none".to_owned(), |found| format!("`{found}`"));
    (found != Some(wanted)).then(|| format!("{field} is {shown}, not `{wanted}`"))
}

fn fault(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    let wanted = pattern.fault.as_deref()?;
    let faults = entry.outcome().faults();
    let is_met = faults.iter().any(|fault| {
        let text = fault.to_string();
        [fault.id(), &text].into_iter().any(|name| {
            let short = name.strip_prefix("wire.").or_else(|| name.strip_prefix("domain."));
            name == wanted || short == Some(wanted)
        })
    });
    let met = match faults {
        [] => "met no fault".to_owned(),
        faults => {
            let faults: Vec<_> = faults.iter().map(|fault| format!("`{fault}`")).collect();
            format!("met {}", faults.join(" and "))
        }
    };
    (!is_met).then(|| format!("{met}, not `{wanted}`"))
}

fn made_group(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    let made = entry.outcome().made_group();
    let text = if made { "a group was made" } else { "no group was made" };
    (made != pattern.made_group?).then(|| text.to_owned())
}

fn suspected_retry(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    match (pattern.suspected_retry?, entry.suspected_retry_of()) {
        (true, None) => Some("is not suspected to be a retry".to_owned()),
        (false, Some(earlier)) => Some(format!("is suspected to be a retry of #{earlier}")),
        _ => None,
    }
}

fn body_contains(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    let wanted = pattern.body_contains.as_deref()?;
    let contains = |body: &[u8]| memchr::memmem::find(body, wanted.as_bytes()).is_some();
    (!entry.body().bytes().is_some_and(contains)).then(|| format!("{wanted:?} is not in its body"))
}

fn body(pattern: &CallPattern, entry: &Entry) -> Option<String> {
    let wanted = pattern.body.as_ref()?;
    let RecordedBody::Whole(bytes) = entry.body() else {
        return Some(format!("body is not known: {}", entry.body()));
    };
    match serde_json::from_slice(bytes) {
        Ok(found) => lacks(wanted, Some(&found), &mut String::new()),
        Err(_) => Some("body is no JSON".to_owned()),
    }
}

/// The first place, by a JSON pointer, where the found value has not what is wanted.
fn lacks(wanted: &Value, found: Option<&Value>, pointer: &mut String) -> Option<String> {
    if let (Value::Object(wanted), Some(Value::Object(found))) = (wanted, found) {
        let length = pointer.len();
        return wanted.iter().find_map(|(name, wanted)| {
            pointer.truncate(length);
            pointer.push('/');
            pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            lacks(wanted, found.get(name), pointer)
        });
    }
    let place = if pointer.is_empty() { "body" } else { pointer };
    let wanted_text = shortened(&wanted.to_string(), VALUE);
    match found {
        None => Some(format!("{place} is missing, not {wanted_text}")),
        Some(found) if same(found, wanted) => None,
        Some(found) => {
            Some(format!("{place} is {}, not {wanted_text}", shortened(&found.to_string(), VALUE)))
        }
    }
}

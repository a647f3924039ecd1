//! What several forms of the report say in the same words.

use super::{ClauseResult, Counterexample};

/// How it is known that it is broken.
pub(super) fn evidence(result: &ClauseResult, counterexample: &Counterexample) -> String {
    let (own, found) = (result.clause.evidence(), counterexample.evidence);
    if own == found { own.to_string() } else { format!("{own}; for this request {found}") }
}

/// The noun for so many: `failure`, `failures`.
pub(super) fn noun(one: &str, count: usize) -> String {
    if count == 1 { one.to_owned() } else { format!("{one}s") }
}

/// The text with what is markup to HTML and XML as entities.
pub(super) fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            one => escaped.push(one),
        }
    }
    escaped
}

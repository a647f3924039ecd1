//! What a value of the documented form looks like, learnt from an example and the limits beside it.

use serde_json::Value;

use crate::answer::Example;
use crate::rules::{Check, ObjectRules, Seen};

/// For each character of the example's value, the characters that may stand in its place.
pub(crate) fn of(rules: &ObjectRules, example: &Example, member: &str) -> Option<Vec<Vec<char>>> {
    let example: Value = serde_json::from_str(example.body()).ok()?;
    let text = example.get(member)?.as_str()?;
    let limits = &rules.fields[rules.field(member)?].value.limits;
    let has_pattern = limits.iter().any(|limit| matches!(limit.check, Check::Pattern(_)));
    let valid = |text: &str| limits.iter().all(|limit| limit.check.is_kept_by(Seen::Text(text)));
    let mut variation = String::with_capacity(text.len());
    Some(
        text.char_indices()
            .map(|(start, own)| {
                let exchangeable = own.is_ascii_digit() || (has_pattern && own.is_ascii_alphabetic());
                if !exchangeable {
                    return vec![own];
                }
                let candidates = ('0'..='9').chain('A'..='Z').chain('a'..='z');
                candidates
                    .filter(|candidate| {
                        if !has_pattern && !candidate.is_ascii_digit() {
                            return false;
                        }
                        variation.clear();
                        variation.push_str(&text[..start]);
                        variation.push(*candidate);
                        variation.push_str(&text[start + own.len_utf8()..]);
                        valid(&variation)
                    })
                    .collect()
            })
            .collect(),
    )
}

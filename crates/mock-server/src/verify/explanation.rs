//! Why a verification does not hold, for people.

use std::borrow::Borrow;
use std::fmt::{self, Write};
use std::sync::Arc;

use super::{CallPattern, Kind, Times, difference, in_order};
use crate::journal::{Calls, Entry, RecordedBody};
use crate::outcome::Ending;

/// So many calls are shown.
const SHOWN: usize = 8;
/// So many characters of a body are shown.
const BODY: usize = 160;
/// So many violations of one call are shown.
const VIOLATIONS: usize = 4;

/// The explanation. `as_expected` says that it would hold if no older call had gone from the journal.
pub(super) fn of(kind: &Kind, calls: &Calls, as_expected: bool) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write(&mut text, kind, calls, as_expected);
    text.truncate(text.trim_end().len());
    text
}

fn write(text: &mut String, kind: &Kind, calls: &Calls, as_expected: bool) -> fmt::Result {
    let entries = &calls.kept;
    match kind {
        Kind::Times(pattern, times) => of_times(text, entries, pattern, *times, as_expected)?,
        Kind::InOrder(patterns) => of_order(text, entries, patterns)?,
        Kind::NothingBut(patterns) => of_nothing_but(text, entries, patterns)?,
    }
    match calls.dropped {
        0 => return Ok(()),
        1 => write!(text, "\n1 older call is")?,
        dropped => write!(text, "\n{dropped} older calls are")?,
    }
    writeln!(text, " no longer in the journal, so nobody knows all that came; its limits can be raised")
}

fn of_times(
    text: &mut String,
    entries: &[Arc<Entry>],
    pattern: &CallPattern,
    times: Times,
    as_expected: bool,
) -> fmt::Result {
    write!(text, "expected {times}")?;
    if *pattern != CallPattern::any() {
        write!(text, " with {pattern}")?;
    }
    let matching: Vec<_> = entries.iter().filter(|entry| pattern.matches(entry)).cloned().collect();
    let but = if as_expected { "and of the calls that are known" } else { "but" };
    match matching.len() {
        0 => writeln!(text, ", {but} none came")?,
        number => writeln!(text, ", {but} {number} came")?,
    }
    // Where there are too many, those that are not among them are of no interest.
    let too_many = times.are_below(matching.len() as u64);
    nearest(text, if too_many { &matching } else { entries }, std::slice::from_ref(pattern))
}

fn of_order(text: &mut String, entries: &[Arc<Entry>], patterns: &[CallPattern]) -> fmt::Result {
    writeln!(text, "expected these calls, in this order, but one did not come:")?;
    let places = in_order(patterns, entries);
    let last = places.last().map(|place| entries[*place].number());
    let (past, rest) = entries.split_at(places.last().map_or(0, |place| place + 1));
    for (index, pattern) in patterns.iter().enumerate() {
        write!(text, "  with {pattern}: ")?;
        match places.get(index) {
            Some(place) => write!(text, "#{}", entries[*place].number())?,
            None if index > places.len() => text.push_str("not looked for"),
            None => {
                text.push_str("none");
                if let Some(last) = last {
                    write!(text, " after #{last}")?;
                }
                if let Some(earlier) = past.iter().find(|entry| pattern.matches(entry)) {
                    write!(text, ", where #{} came too early", earlier.number())?;
                }
            }
        }
        writeln!(text)?;
    }
    nearest(text, rest, patterns.get(places.len()).as_slice())
}

fn of_nothing_but(text: &mut String, entries: &[Arc<Entry>], patterns: &[CallPattern]) -> fmt::Result {
    let is_unexpected = |entry: &&Arc<Entry>| !patterns.iter().any(|pattern| pattern.matches(entry));
    let unexpected: Vec<_> = entries.iter().filter(is_unexpected).cloned().collect();
    let calls: Vec<_> = patterns.iter().map(|pattern| format!("calls with {pattern}")).collect();
    match &calls[..] {
        [] => text.push_str("expected no call"),
        calls => write!(text, "expected nothing but {}", calls.join(" or "))?,
    }
    match unexpected.len() {
        0 => writeln!(text, ", and of the calls that are known nothing else came")?,
        number if calls.is_empty() => writeln!(text, ", but {number} came")?,
        1 => writeln!(text, ", but 1 other came")?,
        number => writeln!(text, ", but {number} others came")?,
    }
    nearest(text, &unexpected, patterns)
}

/// The calls that are nearest to what was expected, each with what is different.
fn nearest<P: Borrow<CallPattern>>(text: &mut String, entries: &[Arc<Entry>], patterns: &[P]) -> fmt::Result {
    let differences = |entry: &Entry| {
        let of_each =
            patterns.iter().map(|pattern| difference::all(pattern.borrow(), entry).collect::<Vec<_>>());
        of_each.min_by_key(Vec::len).unwrap_or_default()
    };
    let mut calls: Vec<_> = entries.iter().map(|entry| (entry, differences(entry))).collect();
    calls.sort_by_key(|(_, differences)| differences.len());
    calls.truncate(SHOWN);
    calls.sort_by_key(|(entry, _)| entry.number());
    let some_differ = calls.iter().any(|(_, differences)| !differences.is_empty());
    for (entry, differences) in &calls {
        writeln!(text)?;
        call(text, entry)?;
        match &differences[..] {
            [] if some_differ => writeln!(text, "    is as expected")?,
            [] => {}
            differences => writeln!(text, "    {}", differences.join("; "))?,
        }
        violations(text, entry)?;
    }
    match entries.len() - calls.len() {
        0 => Ok(()),
        1 => writeln!(text, "\nand 1 call more"),
        number => writeln!(text, "\nand {number} calls more"),
    }
}

fn call(text: &mut String, entry: &Entry) -> fmt::Result {
    let outcome = entry.outcome();
    let (number, method, path) =
        (entry.number(), shortened(entry.method(), BODY), shortened(entry.path(), BODY));
    write!(text, "  #{number} {method} {path} -> {} {}", outcome.status(), outcome.name())?;
    if let Ending::Own(message) = outcome.ending() {
        write!(text, ": {message}")?;
    }
    for fault in outcome.faults() {
        write!(text, ", with {fault}")?;
    }
    if let Some(earlier) = entry.suspected_retry_of() {
        write!(text, ", suspected retry of #{earlier}")?;
    }
    writeln!(text)?;
    match entry.body() {
        RecordedBody::Whole([]) => writeln!(text, "    (no body)"),
        body => writeln!(text, "    {}", shortened(&body.to_string(), BODY)),
    }
}

fn violations(text: &mut String, entry: &Entry) -> fmt::Result {
    let Some(violations) = entry.outcome().violations() else { return Ok(()) };
    for violation in violations.iter().take(VIOLATIONS) {
        writeln!(text, "    not valid: {violation}")?;
    }
    let listed = violations.iter().len() as u64;
    match listed.saturating_sub(VIOLATIONS as u64) + violations.more() {
        0 => Ok(()),
        more => writeln!(text, "    and {more} more"),
    }
}

/// A text in one line and so many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut characters = text.chars();
    for character in characters.by_ref().take(most) {
        if character.is_control() { line.extend(character.escape_default()) } else { line.push(character) }
    }
    let rest = characters.as_str().len();
    if rest > 0 {
        let _ = write!(line, "... ({} bytes)", text.len());
    }
    line
}

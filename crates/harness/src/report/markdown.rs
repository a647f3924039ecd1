//! The report as Markdown, for the summary of a step in a CI system.

use std::fmt::Write as _;

use super::words::evidence;
use super::{ClauseResult, DeviationFound, Report, Severity, Verdict};

/// The summary of a step may have 1 MiB on GitHub; what would not fit is cut off where a clause ends.
const LARGEST: usize = 500_000;

impl Report {
    /// A sentence, a table of what is not kept, and the details behind it, folded.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        let summary = self.summary();
        let sign = if self.is_kept() { "✅" } else { "❌" };
        let verdict = if self.is_kept() { "keeps the contract" } else { "does not keep the contract" };
        let _ = writeln!(text, "## {sign} {} {verdict}\n", code(&self.url));
        let (title, edition, sent, seed) = (cell(&self.title), &self.edition, self.sent, self.seed);
        let seconds = self.timings.total.as_secs_f64();
        let _ = writeln!(
            text,
            "{title} {edition}: **{summary}**. {sent} requests in {seconds:.1} s, seed {seed}.\n"
        );
        for problem in &self.problems {
            let _ = writeln!(text, "- ❌ {}\n", cell(problem));
        }
        self.open_table(&mut text);
        let mut left_out = 0;
        for result in self.worst_first() {
            let details = details(result);
            if text.len() + details.len() > LARGEST {
                left_out += 1;
            } else {
                text.push_str(&details);
            }
        }
        if left_out > 0 {
            let _ = writeln!(text, "The details of {left_out} more clauses do not fit here.\n");
        }
        self.http_list(&mut text);
        self.kept_list(&mut text);
        text
    }

    fn open_table(&self, text: &mut String) {
        let open: Vec<_> = self
            .worst_first()
            .into_iter()
            .filter(|result| !matches!(result.verdict, Verdict::Kept))
            .collect();
        if open.is_empty() {
            return;
        }
        text.push_str("| | clause | evidence | what was found |\n|---|---|---|---|\n");
        for result in open {
            let (sign, found) = match &result.verdict {
                Verdict::Broken(counterexample) => (sign(result.severity), counterexample.found.as_str()),
                Verdict::NotChecked(why) => ("⚪ not checked", why.as_str()),
                Verdict::Kept => ("", ""),
            };
            let id = result.clause.id();
            let _ = writeln!(text, "| {sign} | `{id}` | {} | {} |", result.clause.evidence(), cell(found));
        }
        text.push('\n');
    }

    fn http_list(&self, text: &mut String) {
        for deviation in &self.deviations {
            if let DeviationFound::Other { found, .. } = &deviation.found {
                let (check, sentence, source) = (deviation.check, deviation.sentence, deviation.source);
                let _ = writeln!(text, "- ⚠️ `{check}`: {sentence} ({source}); found: {}", cell(found));
            }
        }
    }

    fn kept_list(&self, text: &mut String) {
        let kept: Vec<_> = self
            .results
            .iter()
            .filter(|result| matches!(result.verdict, Verdict::Kept))
            .map(|result| format!("`{}`", result.clause.id()))
            .collect();
        if !kept.is_empty() {
            let _ = writeln!(
                text,
                "\n<details><summary>{} clauses that are kept</summary>\n\n{}\n\n</details>",
                kept.len(),
                kept.join(", ")
            );
        }
    }
}

fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Failure => "❌ failure",
        Severity::Warning => "⚠️ warning",
        Severity::Note => "ℹ️ note",
        Severity::None => "",
    }
}

fn details(result: &ClauseResult) -> String {
    let Verdict::Broken(counterexample) = &result.verdict else { return String::new() };
    let mut text = String::new();
    let id = result.clause.id();
    let _ = writeln!(text, "<details><summary>{} <code>{id}</code></summary>\n", sign(result.severity));
    let _ =
        writeln!(text, "Promised ({}): {}", evidence(result, counterexample), cell(result.clause.sentence()));
    let _ = writeln!(text, "\nExpected: {}", cell(&counterexample.expected));
    let _ = writeln!(text, "\nFound: {}", cell(&counterexample.found));
    if let Some(accepted) = &result.accepted {
        let _ = writeln!(text, "\nAccepted until {}: {}", accepted.expires, cell(&accepted.reason));
    }
    let _ = writeln!(text, "\n{}", fenced("http", &counterexample.request));
    let _ = writeln!(text, "{}", fenced("http", &counterexample.answer));
    let _ = writeln!(text, "{}\n</details>\n", fenced("sh", &counterexample.curl()));
    text
}

/// Text for a cell of a table or a line: nothing in it is Markdown.
fn cell(text: &str) -> String {
    let mut escaped = String::new();
    for one in text.chars() {
        match one {
            '\n' | '\r' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                // What the contract names in backticks stays code.
                if one != '`' && one != '_' {
                    escaped.push('\\');
                }
                escaped.push(one);
            }
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            one => escaped.push(one),
        }
    }
    escaped
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A block of code, with a fence that is longer than any in it.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|one| one != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

//! The report as a person reads it on a terminal.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::words::evidence;
use super::{ClauseResult, Counterexample, DeviationFound, Report, Severity, Verdict};

/// How much is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    All,
    /// What is broken and a failure, for the message of a test.
    Failures,
}

/// Styles, or none.
struct Paint(bool);

impl Paint {
    fn of(&self, result: &ClauseResult) -> Style {
        let colour = match (&result.verdict, result.severity) {
            (Verdict::Kept, _) => AnsiColor::Green,
            (Verdict::NotChecked(_), _) => AnsiColor::BrightBlack,
            (_, Severity::Failure) => AnsiColor::Red,
            (_, Severity::Warning) => AnsiColor::Yellow,
            _ => AnsiColor::Cyan,
        };
        self.style(Style::new().fg_color(Some(colour.into())))
    }

    fn bold(&self) -> Style {
        self.style(Style::new().bold())
    }

    fn style(&self, style: Style) -> Style {
        if self.0 { style } else { Style::new() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.rendered(Told::All, &Paint(false)))
    }
}

impl Report {
    /// The same as `Display` gives, with colours.
    #[must_use]
    pub fn to_terminal(&self) -> String {
        self.rendered(Told::All, &Paint(true))
    }

    pub(super) fn told(&self, told: Told) -> String {
        self.rendered(told, &Paint(false))
    }

    fn rendered(&self, told: Told, paint: &Paint) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = self.write(&mut text, told, paint);
        text
    }

    fn write(&self, out: &mut String, told: Told, paint: &Paint) -> fmt::Result {
        let Self { edition, url, seed, sent, .. } = self;
        writeln!(
            out,
            "seed {seed}, contract {edition}, target {url}, instance {}, {sent} requests",
            self.instance
        )?;
        if told == Told::All {
            self.table(out, paint)?;
        }
        for result in self.worst_first() {
            if let Verdict::Broken(counterexample) = &result.verdict
                && (told == Told::All || result.severity == Severity::Failure)
            {
                broken(out, result, counterexample, paint)?;
            }
        }
        if told == Told::All {
            self.open(out)?;
            self.http(out, paint)?;
        }
        for problem in &self.problems {
            writeln!(out, "\nfailure: {problem}")?;
        }
        self.totals(out, paint)
    }

    fn table(&self, out: &mut String, paint: &Paint) -> fmt::Result {
        let width = self.results.iter().map(|result| result.clause.id().len()).max().unwrap_or(6);
        writeln!(
            out,
            "\n{:<11}  {:<8}  {:<width$}  {:<10}  {:>7}  {:>7}",
            "verdict", "severity", "clause", "evidence", "keeping", "breaking"
        )?;
        for result in self.worst_first() {
            let ClauseResult { clause, coverage, verdict, severity, .. } = result;
            let style = paint.of(result);
            let severity = if *severity == Severity::None { "" } else { severity.as_str() };
            let breaking = coverage.breaking.map_or_else(|| "-".to_owned(), |count| count.to_string());
            writeln!(
                out,
                "{style}{:<11}{style:#}  {severity:<8}  {clause:<width$}  {:<10}  {:>7}  {breaking:>8}",
                verdict.as_str(),
                clause.evidence(),
                coverage.keeping,
            )?;
        }
        Ok(())
    }

    /// What was not checked, by reason.
    fn open(&self, out: &mut String) -> fmt::Result {
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for result in &self.results {
            if let Verdict::NotChecked(reason) = &result.verdict {
                reasons.entry(reason).or_default().push(result.clause.id());
            }
        }
        for (reason, clauses) in reasons {
            writeln!(out, "\nnot checked, as {reason}:\n  {}", clauses.join(", "))?;
        }
        Ok(())
    }

    fn http(&self, out: &mut String, paint: &Paint) -> fmt::Result {
        let count = |wanted: fn(&DeviationFound) -> bool| {
            self.deviations.iter().filter(|deviation| wanted(&deviation.found)).count()
        };
        let right = count(|found| matches!(found, DeviationFound::AsExpected));
        let other = count(|found| matches!(found, DeviationFound::Other { .. }));
        if right + other > 0 {
            writeln!(out, "\nHTTP and JSON themselves: {right} of {} checks as expected", right + other)?;
        }
        let style = paint.style(Style::new().fg_color(Some(AnsiColor::Yellow.into())));
        for deviation in &self.deviations {
            if let DeviationFound::Other { found, .. } = &deviation.found {
                let (check, sentence, source) = (deviation.check, deviation.sentence, deviation.source);
                writeln!(out, "{style}  warning{style:#}  {check}: {sentence} ({source}); found: {found}")?;
            }
        }
        Ok(())
    }

    fn totals(&self, out: &mut String, paint: &Paint) -> fmt::Result {
        let summary = self.summary();
        let bold = paint.bold();
        writeln!(out, "\n{bold}{summary}{bold:#}")?;
        writeln!(out, "{} of {} clauses tried from each side", summary.covered, summary.clauses)?;
        Ok(())
    }
}

fn broken(
    out: &mut String,
    result: &ClauseResult,
    counterexample: &Counterexample,
    paint: &Paint,
) -> fmt::Result {
    let ClauseResult { clause, severity, .. } = result;
    let (style, bold) = (paint.of(result), paint.bold());
    writeln!(
        out,
        "\n{style}broken{style:#} {bold}{clause}{bold:#} ({severity}, {})",
        evidence(result, counterexample)
    )?;
    writeln!(out, "  promised  {}", clause.sentence())?;
    writeln!(out, "  expected  {}", counterexample.expected)?;
    writeln!(out, "  found     {}", counterexample.found)?;
    if let Some(accepted) = &result.accepted {
        writeln!(out, "  accepted  until {}: {}", accepted.expires, accepted.reason)?;
    }
    writeln!(out, "  case      {}", counterexample.case)?;
    writeln!(out, "{}", indented("  > ", &counterexample.request))?;
    writeln!(out, "{}", indented("  < ", &counterexample.answer))?;
    let script = counterexample.curl();
    if script.len() <= 2_000 {
        writeln!(out, "{}", indented("  $ ", &script))?;
    } else {
        writeln!(out, "  $ (a script of {} bytes; the other reports have it)", script.len())?;
    }
    Ok(())
}

fn indented(margin: &str, text: &str) -> String {
    text.trim_end().lines().map(|line| format!("{margin}{line}")).collect::<Vec<_>>().join("\n")
}

//! The report as XML in the form of `JUnit`, which the CI systems read.

use std::fmt::Write as _;

use super::words::{evidence, markup};
use super::{ClauseResult, DeviationFound, Report, Severity, Verdict};

impl Report {
    /// One test suite a part of the contract, one test case a clause. A failure is one; a warning or a note is a test that
    /// passed, with what was found in its output; what was not checked is skipped.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let summary = self.summary();
        let tests = summary.clauses + self.deviations.len() + self.problems.len();
        let (failures, skipped) =
            (summary.failures + self.problems.len(), summary.not_checked + self.untried());
        let seconds = self.timings.total.as_secs_f64();
        let name = escaped(&format!("{} {}", self.title, self.edition));
        let _ = writeln!(
            xml,
            "<testsuites name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\" time=\"{seconds:.3}\">",
        );
        let mut parts: Vec<&str> = Vec::new();
        for result in &self.results {
            let part = part(result);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        for part in parts {
            self.suite(&mut xml, part);
        }
        self.http_suite(&mut xml);
        self.problem_suite(&mut xml);
        xml.push_str("</testsuites>\n");
        xml
    }

    fn untried(&self) -> usize {
        let untried = |found: &DeviationFound| matches!(found, DeviationFound::NotChecked(_));
        self.deviations.iter().filter(|deviation| untried(&deviation.found)).count()
    }

    fn suite(&self, xml: &mut String, name: &str) {
        let results: Vec<_> = self.results.iter().filter(|result| part(result) == name).collect();
        let failures = results.iter().filter(|result| result.severity == Severity::Failure).count();
        let skipped =
            results.iter().filter(|result| matches!(result.verdict, Verdict::NotChecked(_))).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\" hostname=\"{}\">",
            results.len(),
            escaped(&self.url),
        );
        let _ =
            writeln!(xml, "    <properties><property name=\"seed\" value=\"{}\"/></properties>", self.seed);
        for result in results {
            case(xml, result);
        }
        xml.push_str("  </testsuite>\n");
    }

    fn http_suite(&self, xml: &mut String) {
        if self.deviations.is_empty() {
            return;
        }
        let (tests, skipped) = (self.deviations.len(), self.untried());
        let _ = writeln!(
            xml,
            "  <testsuite name=\"http\" tests=\"{tests}\" failures=\"0\" skipped=\"{skipped}\">"
        );
        for deviation in &self.deviations {
            let inside = match &deviation.found {
                DeviationFound::AsExpected => String::new(),
                DeviationFound::NotChecked(why) => format!("<skipped message=\"{}\"/>", escaped(why)),
                DeviationFound::Other { found, request } => {
                    let text = format!("warning: {}\nfound: {found}\n{request}", deviation.sentence);
                    format!("<system-out>{}</system-out>", escaped(&text))
                }
            };
            let _ = writeln!(
                xml,
                "    <testcase classname=\"http\" name=\"{}\">{inside}</testcase>",
                deviation.check
            );
        }
        xml.push_str("  </testsuite>\n");
    }

    fn problem_suite(&self, xml: &mut String) {
        if self.problems.is_empty() {
            return;
        }
        let count = self.problems.len();
        let _ = writeln!(xml, "  <testsuite name=\"problems\" tests=\"{count}\" failures=\"{count}\">");
        for problem in &self.problems {
            let problem = escaped(problem);
            let _ = writeln!(
                xml,
                "    <testcase classname=\"problems\" name=\"{problem}\"><failure message=\"{problem}\"/></testcase>"
            );
        }
        xml.push_str("  </testsuite>\n");
    }
}

/// The first word of the clause's id.
fn part(result: &ClauseResult) -> &str {
    result.clause.id().split('.').next().unwrap_or_default()
}

fn case(xml: &mut String, result: &ClauseResult) {
    let inside = match &result.verdict {
        Verdict::Kept => String::new(),
        Verdict::NotChecked(why) => format!("<skipped message=\"{}\"/>", escaped(why)),
        Verdict::Broken(counterexample) => {
            let text = format!(
                "{}: {} ({})\nexpected: {}\nfound: {}\ncase: {}\n\n{}\n\n{}\n\n{}",
                result.severity,
                result.clause.sentence(),
                evidence(result, counterexample),
                counterexample.expected,
                counterexample.found,
                counterexample.case,
                counterexample.request,
                counterexample.answer,
                counterexample.curl(),
            );
            let text = escaped(&text);
            if result.severity == Severity::Failure {
                let (kind, found) = (result.clause.evidence(), escaped(&counterexample.found));
                format!("<failure type=\"{kind}\" message=\"{found}\">{text}</failure>")
            } else {
                format!("<system-out>{text}</system-out>")
            }
        }
    };
    let (part, id) = (part(result), result.clause.id());
    let _ = writeln!(xml, "    <testcase classname=\"{part}\" name=\"{}\">{inside}</testcase>", escaped(id));
}

/// The text for an element or an attribute. What XML 1.0 cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in markup(text).chars() {
        match one {
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            one if one.is_control() => escaped.push('\u{fffd}'),
            one => escaped.push(one),
        }
    }
    escaped
}

//! The report as one page of HTML that needs nothing else.

use std::fmt::Write as _;
use std::time::Duration;

use super::words::{evidence, markup as escaped, noun};
use super::{ClauseResult, Counterexample, Deviation, DeviationFound, Report, Severity, Verdict};

const STYLE: &str = include_str!("report.css");

impl Report {
    /// One page without a script and without any outside resource: clause by verdict at a glance, then the counterexamples,
    /// evidence, coverage and timings. It reads on a phone, in the dark, and on paper.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut page = String::new();
        let _ = write!(
            page,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{} · {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
            if self.is_kept() { "kept" } else { "broken" },
            escaped(&self.url),
        );
        self.head(&mut page);
        self.glance(&mut page);
        self.broken_section(&mut page);
        self.http_section(&mut page);
        self.clause_table(&mut page);
        self.timing_table(&mut page);
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    fn head(&self, page: &mut String) {
        let summary = self.summary();
        let (class, verdict) = match (self.is_kept(), summary.warnings) {
            (false, _) => ("failure", "does not keep the contract"),
            (true, 0) => ("kept", "keeps the contract"),
            (true, _) => ("warning", "keeps what is documented"),
        };
        let _ = write!(
            page,
            "<header class=\"{class}\">\n<p class=\"eyebrow\">{} · edition {}</p>\n\
             <h1><span class=\"target\">{}</span> {verdict}</h1>\n<ul class=\"counts\">\n",
            escaped(&self.title),
            escaped(&self.edition),
            escaped(&self.url),
        );
        for (class, count, noun) in [
            ("failure", summary.failures, noun("failure", summary.failures)),
            ("warning", summary.warnings, noun("warning", summary.warnings)),
            ("note", summary.notes, noun("note", summary.notes)),
            ("open", summary.not_checked, "not checked".to_owned()),
            ("kept", summary.kept, "kept".to_owned()),
        ] {
            let zero = if count == 0 { " zero" } else { "" };
            let _ = writeln!(page, "<li class=\"{class}{zero}\"><b>{count}</b> {noun}</li>");
        }
        let _ = write!(
            page,
            "</ul>\n<p class=\"facts\">{} requests in {} · instance {} · seed {} · {} cases a phase · {} of {} clauses \
             tried from each side</p>\n</header>\n",
            self.sent,
            time(self.timings.total),
            escaped(&self.instance),
            self.seed,
            self.cases,
            summary.covered,
            summary.clauses,
        );
        for problem in &self.problems {
            let _ = writeln!(page, "<p class=\"problem\">{}</p>", escaped(problem));
        }
    }

    /// One square a clause, by part.
    fn glance(&self, page: &mut String) {
        page.push_str("<section>\n<h2>At a glance</h2>\n<div class=\"glance\">\n");
        let mut part = "";
        for result in &self.results {
            let own = result.clause.id().split('.').next().unwrap_or_default();
            if own != part {
                if !part.is_empty() {
                    page.push_str("</div></div>\n");
                }
                part = own;
                let _ = write!(page, "<div class=\"part\"><h3>{}</h3><div class=\"squares\">", escaped(part));
            }
            let id = escaped(result.clause.id());
            let _ = write!(
                page,
                "<a class=\"square {}\" href=\"#{id}\" title=\"{id}: {}\"><span>{id}: {}</span></a>",
                class(result),
                result.verdict.as_str(),
                result.verdict.as_str(),
            );
        }
        if !part.is_empty() {
            page.push_str("</div></div>\n");
        }
        page.push_str("</div>\n<p class=\"legend key\">");
        for (class, word) in [
            ("kept", "kept"),
            ("failure", "failure"),
            ("warning", "warning"),
            ("note", "note"),
            ("open", "not checked"),
        ] {
            let _ = write!(page, "<span><i class=\"square {class}\"></i> {word}</span> ");
        }
        page.push_str("</p>\n</section>\n");
    }

    fn broken_section(&self, page: &mut String) {
        let broken: Vec<_> = self
            .worst_first()
            .into_iter()
            .filter_map(|result| match &result.verdict {
                Verdict::Broken(counterexample) => Some((result, counterexample.as_ref())),
                _ => None,
            })
            .collect();
        if broken.is_empty() {
            return;
        }
        page.push_str("<section>\n<h2>Broken clauses</h2>\n");
        for (result, counterexample) in broken {
            counterexample_of(page, result, counterexample);
        }
        page.push_str("</section>\n");
    }

    fn http_section(&self, page: &mut String) {
        let tried = |deviation: &&Deviation| !matches!(deviation.found, DeviationFound::NotChecked(_));
        let tried: Vec<_> = self.deviations.iter().filter(tried).collect();
        if tried.is_empty() {
            return;
        }
        let other = |deviation: &&&Deviation| matches!(deviation.found, DeviationFound::Other { .. });
        let right = tried.len() - tried.iter().filter(other).count();
        let _ = write!(
            page,
            "<section>\n<h2>HTTP and JSON themselves</h2>\n<p>The contract says nothing of these; clients rely on them. \
             {right} of {} checks were as expected.</p>\n",
            tried.len()
        );
        for deviation in tried {
            if let DeviationFound::Other { found, request } = &deviation.found {
                let _ = write!(
                    page,
                    "<details class=\"case warning\">\n<summary><span class=\"badge warning\">warning</span> \
                     <code>{}</code> <span class=\"found\">{}</span></summary>\n<dl><dt>Expected</dt><dd>{} ({})</dd></dl>\n\
                     <h4>Sent</h4><pre>{}</pre>\n</details>\n",
                    deviation.check,
                    escaped(found),
                    code(deviation.sentence),
                    escaped(deviation.source),
                    escaped(request),
                );
            }
        }
        page.push_str("</section>\n");
    }

    fn clause_table(&self, page: &mut String) {
        page.push_str(
            "<section>\n<h2>All clauses</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Clause</th><th>Verdict</th>\
             <th>Evidence</th><th class=\"number\">Keeping</th><th class=\"number\">Breaking</th></tr></thead>\n<tbody>\n",
        );
        for result in &self.results {
            let ClauseResult { clause, coverage, verdict, .. } = result;
            let id = escaped(clause.id());
            let (anchor, name) = match verdict {
                // Its anchor is at the counterexample.
                Verdict::Broken(_) => (String::new(), format!("<a href=\"#{id}\">{id}</a>")),
                _ => (format!(" id=\"{id}\""), id),
            };
            let word = match result.severity {
                Severity::None => verdict.as_str(),
                severity => severity.as_str(),
            };
            let reason = match verdict {
                Verdict::NotChecked(reason) => format!("<small>{}</small>", escaped(reason)),
                _ => String::new(),
            };
            let breaking = coverage.breaking.map_or_else(|| "–".to_owned(), |count| count.to_string());
            let _ = writeln!(
                page,
                "<tr{anchor}><td><code>{name}</code><small>{}</small></td><td><span class=\"badge {}\">{word}</span>{reason}</td>\
                 <td>{}</td><td class=\"number\">{}</td><td class=\"number\">{breaking}</td></tr>",
                code(clause.sentence()),
                class(result),
                clause.evidence(),
                coverage.keeping,
            );
        }
        page.push_str(
            "</tbody>\n</table></div>\n<p class=\"legend\">Keeping and breaking: by how many requests the clause was kept \
             and broken. A dash: no request can break it, so the answers that could have were counted.</p>\n</section>\n",
        );
    }

    fn timing_table(&self, page: &mut String) {
        let timings = &self.timings;
        let look = timings.first_look.map_or_else(|| "–".to_owned(), time);
        let _ = write!(
            page,
            "<section>\n<h2>Timings</h2>\n<p>First answer {look}, median {}, p99 {}.</p>\n<div class=\"scroll\"><table>\n\
             <thead><tr><th>Phase</th><th class=\"number\">Requests</th><th class=\"number\">Time</th></tr></thead>\n<tbody>\n",
            time(timings.median),
            time(timings.p99),
        );
        for (phase, requests, took) in &timings.phases {
            let _ = writeln!(
                page,
                "<tr><td>{phase}</td><td class=\"number\">{requests}</td><td class=\"number\">{}</td></tr>",
                time(*took)
            );
        }
        page.push_str("</tbody>\n</table></div>\n</section>\n");
    }
}

fn counterexample_of(page: &mut String, result: &ClauseResult, counterexample: &Counterexample) {
    let severity = result.severity;
    let id = escaped(result.clause.id());
    // What is a failure is seen without a click.
    let open = if severity == Severity::Failure { " open" } else { "" };
    let _ = write!(
        page,
        "<details class=\"case {severity}\" id=\"{id}\"{open}>\n<summary><span class=\"badge {severity}\">{severity}</span> \
         <code>{id}</code> <span class=\"found\">{}</span></summary>\n<dl>\n<dt>Promised</dt><dd>{} <em>({})</em></dd>\n\
         <dt>Expected</dt><dd>{}</dd>\n<dt>Found</dt><dd>{}</dd>\n",
        escaped(&counterexample.found),
        code(result.clause.sentence()),
        evidence(result, counterexample),
        code(&counterexample.expected),
        escaped(&counterexample.found),
    );
    if let Some(accepted) = &result.accepted {
        let _ = writeln!(
            page,
            "<dt>Accepted</dt><dd>until {}: {}</dd>",
            accepted.expires,
            escaped(&accepted.reason)
        );
    }
    let _ = write!(
        page,
        "<dt>Case</dt><dd><code>{}</code></dd>\n</dl>\n<div class=\"exchange\"><div><h4>Request</h4><pre>{}</pre></div>\
         <div><h4>Answer</h4><pre>{}</pre></div></div>\n<h4>Again, by curl</h4><pre>{}</pre>\n</details>\n",
        escaped(&counterexample.case),
        escaped(&counterexample.request),
        escaped(&counterexample.answer),
        escaped(&counterexample.curl()),
    );
}

fn class(result: &ClauseResult) -> &'static str {
    match (&result.verdict, result.severity) {
        (Verdict::Kept, _) => "kept",
        (Verdict::NotChecked(_), _) => "open",
        (Verdict::Broken(_), severity) => severity.as_str(),
    }
}

fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 1.0 {
        format!("{seconds:.1} s")
    } else if seconds >= 0.001 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{:.0} µs", seconds * 1e6)
    }
}

/// The text with what stands in backticks as code.
fn code(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            let _ = write!(html, "<code>{}</code>", escaped(part));
        } else {
            html.push_str(&escaped(part));
        }
    }
    html
}

//! The report as JSON. What is in it is an interface; its JSON Schema is `report.schema.json`.

use serde::Serialize;

use super::{Deviation, DeviationFound, Report, Severity, Verdict};
use crate::replay::Replay;

/// The form of the report. A member that is added does not change it.
const FORMAT: u32 = 1;

/// What a run of greenapi-contract found of a target, clause by clause.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Report"))]
#[serde(rename_all = "camelCase")]
struct JsonReport<'r> {
    /// The number of the form of this document. It grows where a reader of the form before would go wrong.
    format: u32,
    /// The edition of the contract.
    edition: &'r str,
    /// The address of the target.
    target: &'r str,
    /// The authorized instance that most requests went to.
    instance: &'r str,
    /// What decided the generated requests.
    seed: u64,
    /// How many requests a phase generated.
    cases: u32,
    /// How many requests were sent.
    requests: u64,
    /// How many groups the target says that it made.
    groups: u64,
    /// Whether nothing is a failure.
    kept: bool,
    /// Whether each clause was checked, from both sides where it has two.
    complete: bool,
    summary: JsonSummary,
    /// One object a clause, in the order of the contract.
    clauses: Vec<JsonClause<'r>>,
    /// Checks of HTTP and JSON themselves, of which the contract says nothing.
    http: Vec<JsonCheck<'r>>,
    /// What is wrong beside the clauses, such as an entry that is out of date in the list of accepted deviations. Each of
    /// it is a failure.
    problems: &'r [String],
    timings: JsonTimings<'r>,
}

/// How many clauses there are of each kind.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Summary"))]
#[serde(rename_all = "camelCase")]
struct JsonSummary {
    clauses: usize,
    kept: usize,
    failures: usize,
    warnings: usize,
    notes: usize,
    not_checked: usize,
    /// Those that were tried from each side.
    covered: usize,
}

/// What was found of one clause.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Clause"))]
#[serde(rename_all = "camelCase")]
struct JsonClause<'r> {
    /// The id of the clause.
    clause: &'r str,
    /// How it is known: `documented`, `observed` or `assumed`.
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["documented", "observed", "assumed"])))]
    evidence: &'static str,
    /// The promise.
    sentence: &'r str,
    /// `kept`, `broken` or `not checked`.
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["kept", "broken", "not checked"])))]
    verdict: &'static str,
    /// How much it matters that it is broken: `failure`, `warning` or `note`; `none` where it is not broken.
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["failure", "warning", "note", "none"])))]
    severity: &'static str,
    /// How many answers could have broken it.
    checks: u64,
    /// How many requests kept it; of a clause about answers, how many answers could have broken it.
    keeping: u64,
    /// How many requests broke it; null where no request can.
    breaking: Option<u64>,
    /// Why it was not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterexample: Option<JsonCounterexample<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<JsonAccepted<'r>>,
}

/// The smallest request that was found to break the clause. `$TOKEN` stands for the token.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Counterexample"))]
#[serde(rename_all = "camelCase")]
struct JsonCounterexample<'r> {
    /// The id of the case, for `--case`.
    case: &'r str,
    /// How it is known that this breaks the clause: that of the clause, or a weaker one.
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["documented", "observed", "assumed"])))]
    evidence: &'static str,
    /// What was found, in words.
    found: &'r str,
    /// What was expected, in words.
    expected: &'r str,
    /// The request as text.
    request: &'r str,
    /// The answer as text.
    received: &'r str,
    /// A script for `sh` that sends it.
    curl: String,
    /// The same for `greenapi-contract replay`.
    #[cfg_attr(feature = "schemars", schemars(with = "serde_json::Map<String, serde_json::Value>"))]
    replay: &'r Replay,
}

/// Why a broken clause is only a note.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Accepted"))]
#[serde(rename_all = "camelCase")]
struct JsonAccepted<'r> {
    reason: &'r str,
    /// The last day on which it is accepted.
    expires: String,
}

/// A check of HTTP or JSON itself. One that is not as expected is a warning.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Check"))]
#[serde(rename_all = "camelCase")]
struct JsonCheck<'r> {
    check: &'static str,
    sentence: &'static str,
    /// Where that stands.
    source: &'static str,
    /// `kept`, `broken` or `not checked`.
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["kept", "broken", "not checked"])))]
    verdict: &'static str,
    #[cfg_attr(feature = "schemars", schemars(extend("enum" = ["warning", "none"])))]
    severity: &'static str,
    /// What was found, or why it was not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'r str>,
    /// What was sent, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'r str>,
}

/// How long it took, in seconds. The only member that differs between two runs with one seed.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Timings"))]
#[serde(rename_all = "camelCase")]
struct JsonTimings<'r> {
    total: f64,
    /// The first answer; null where there is no socket.
    first_look: Option<f64>,
    /// Half of the answers took at most this.
    median: f64,
    p99: f64,
    phases: Vec<JsonPhase<'r>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(rename = "Phase"))]
#[serde(rename_all = "camelCase")]
struct JsonPhase<'r> {
    phase: &'r str,
    requests: u64,
    seconds: f64,
}

impl Report {
    /// The report as indented JSON, in the form of its [schema](crate::report_schema).
    #[must_use]
    pub fn to_json(&self) -> String {
        // Writing to memory cannot fail, and all keys are texts.
        serde_json::to_string_pretty(&self.json()).unwrap_or_default() + "\n"
    }

    fn json(&self) -> JsonReport<'_> {
        let summary = self.summary();
        JsonReport {
            format: FORMAT,
            edition: &self.edition,
            target: &self.url,
            instance: &self.instance,
            seed: self.seed,
            cases: self.cases,
            requests: self.sent,
            groups: self.groups,
            kept: self.is_kept(),
            complete: self.is_complete(),
            summary: JsonSummary {
                clauses: summary.clauses,
                kept: summary.kept,
                failures: summary.failures,
                warnings: summary.warnings,
                notes: summary.notes,
                not_checked: summary.not_checked,
                covered: summary.covered,
            },
            clauses: self.results.iter().map(clause).collect(),
            http: self.deviations.iter().map(check).collect(),
            problems: &self.problems,
            timings: JsonTimings {
                total: self.timings.total.as_secs_f64(),
                first_look: self.timings.first_look.map(|time| time.as_secs_f64()),
                median: self.timings.median.as_secs_f64(),
                p99: self.timings.p99.as_secs_f64(),
                phases: self
                    .timings
                    .phases
                    .iter()
                    .map(|(phase, requests, time)| JsonPhase {
                        phase,
                        requests: *requests,
                        seconds: time.as_secs_f64(),
                    })
                    .collect(),
            },
        }
    }
}

fn clause(result: &super::ClauseResult) -> JsonClause<'_> {
    let (reason, counterexample) = match &result.verdict {
        Verdict::Kept => (None, None),
        Verdict::NotChecked(reason) => (Some(reason.as_str()), None),
        Verdict::Broken(counterexample) => (
            None,
            Some(JsonCounterexample {
                case: &counterexample.case,
                evidence: counterexample.evidence.as_str(),
                found: &counterexample.found,
                expected: &counterexample.expected,
                request: &counterexample.request,
                received: &counterexample.answer,
                curl: counterexample.curl(),
                replay: &counterexample.replay,
            }),
        ),
    };
    JsonClause {
        clause: result.clause.id(),
        evidence: result.clause.evidence().as_str(),
        sentence: result.clause.sentence(),
        verdict: result.verdict.as_str(),
        severity: result.severity.as_str(),
        checks: result.checks,
        keeping: result.coverage.keeping,
        breaking: result.coverage.breaking,
        reason,
        counterexample,
        accepted: result
            .accepted
            .as_ref()
            .map(|accepted| JsonAccepted { reason: &accepted.reason, expires: accepted.expires.to_string() }),
    }
}

fn check(deviation: &Deviation) -> JsonCheck<'_> {
    let (verdict, severity, found, request) = match &deviation.found {
        DeviationFound::AsExpected => ("kept", Severity::None, None, None),
        DeviationFound::NotChecked(why) => ("not checked", Severity::None, Some(why.as_str()), None),
        DeviationFound::Other { found, request } => {
            ("broken", Severity::Warning, Some(found.as_str()), Some(request.as_str()))
        }
    };
    let Deviation { check, sentence, source, .. } = deviation;
    JsonCheck { check, sentence, source, verdict, severity: severity.as_str(), found, request }
}

/// The JSON Schema (2020-12) of [`Report::to_json`].
#[cfg(feature = "schemars")]
#[must_use]
pub fn report_schema() -> serde_json::Value {
    let mut schema =
        schemars::SchemaGenerator::default().into_root_schema_for::<JsonReport<'static>>().to_value();
    tidy(&mut schema);
    schema
}

/// Formats such as `uint64` are schemars' own, and the docs are wrapped for those who read the source.
#[cfg(feature = "schemars")]
fn tidy(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(members) => {
            members.retain(|name, value| !(name == "format" && value.is_string()));
            if let Some(serde_json::Value::String(description)) = members.get_mut("description") {
                *description = description.replace('\n', " ");
            }
            members.values_mut().for_each(tidy);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

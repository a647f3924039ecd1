//! Says of one answer which clauses it keeps and which it breaks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use greenapi_model::{Body, Clause, Contract, ErrorCase, Part, PlainAnswer, Violations};
use greenapi_transport::RawResponse;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::case::{Case, Reply};

/// What one answer says of the clauses.
#[derive(Default)]
pub(crate) struct Findings {
    /// The clauses that the answer could have broken.
    pub(crate) checked: Vec<Arc<Clause>>,
    pub(crate) broken: Vec<Problem>,
}

/// A clause that is broken, and how.
#[derive(Clone)]
pub(crate) struct Problem {
    pub(crate) clause: Arc<Clause>,
    pub(crate) found: String,
}

impl Findings {
    pub(crate) fn check(&mut self, clause: &Arc<Clause>) {
        self.checked.push(Arc::clone(clause));
    }

    pub(crate) fn fail(&mut self, clause: &Arc<Clause>, found: impl Into<String>) {
        self.check(clause);
        self.broken.push(Problem { clause: Arc::clone(clause), found: found.into() });
    }

    fn extend(&mut self, violations: &Violations) {
        for violation in violations {
            self.fail(
                violation.clause(),
                format!("{} {}", place(violation.pointer().as_str()), violation.found()),
            );
        }
    }
}

fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "the answer's body" } else { pointer }
}

pub(crate) struct Judge<'c> {
    contract: &'c Contract,
    /// The values of the members that no two answers may share.
    seen: HashMap<String, HashSet<String>>,
}

impl<'c> Judge<'c> {
    pub(crate) fn new(contract: &'c Contract) -> Self {
        Self { contract, seen: HashMap::new() }
    }

    /// The answer to a valid request on an authorized instance.
    pub(crate) fn success(&mut self, reply: &Reply) -> Findings {
        let mut findings = Findings::default();
        let (status, clause) = self.contract.success();
        let Some(response) = answered(reply, status, clause, &mut findings) else { return findings };
        let read = self.contract.response(&response.body);
        self.body(Body::Response, response, read.as_ref().err(), &mut findings);
        if let Ok(group) = read
            && group.created()
        {
            self.unique(&response.body, &mut findings);
        }
        findings
    }

    /// The answer where an error of the contract applies.
    pub(crate) fn error(&self, case: &ErrorCase, asked: &Case, reply: &Reply) -> Findings {
        let mut findings = Findings::default();
        let Some(response) = answered(reply, case.status(), case.clause(), &mut findings) else {
            return findings;
        };
        if case.identifier().is_none() {
            empty(response, case.clause(), &mut findings);
            return findings;
        }
        let read = self.contract.error(&response.body);
        self.body(Body::Error, response, read.as_ref().err(), &mut findings);
        // Where the envelope cannot be read, that is what is broken.
        if let Ok(error) = read
            && !case.is_for(&error, asked.method.as_str(), asked.path())
        {
            let other = self.contract.recognize(&error).map_or_else(
                || {
                    format!(
                        "an identifier that the contract does not know, with the status {}",
                        error.status_code()
                    )
                },
                |other| format!("the error {}", other.slug()),
            );
            findings.fail(case.clause(), format!("the answer is {other}"));
        }
        findings
    }

    /// The answer to another HTTP method that the contract names.
    #[allow(clippy::unused_self)] // The same form as its siblings.
    pub(crate) fn plain(&self, plain: &PlainAnswer, reply: &Reply) -> Findings {
        let mut findings = Findings::default();
        if let Some(response) = answered(reply, plain.status(), plain.clause(), &mut findings) {
            empty(response, plain.clause(), &mut findings);
        }
        findings
    }

    /// `violations` is what was found when the body was read.
    fn body(
        &self,
        body: Body,
        response: &RawResponse,
        violations: Option<&Violations>,
        findings: &mut Findings,
    ) {
        let content_type = response.headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        if let Err(violation) = self.contract.answer_content_type(body, content_type) {
            findings.fail(violation.clause(), format!("the answer {}", violation.found()));
        }
        if let Some(violations) = violations {
            findings.extend(violations);
        }
        // Of a body that is no JSON nothing else can be said.
        let json = format!("{}.json", body.name());
        if findings.broken.iter().any(|problem| problem.clause.id() == json) {
            return;
        }
        let part = if body == Body::Response { Part::Response } else { Part::Error };
        let about_the_body =
            self.contract.clauses().iter().filter(|clause| clause.part() == part).filter(|clause| {
                let id = clause.id();
                let named_error = self.contract.errors().iter().any(|case| case.clause().id() == id);
                !named_error && !id.ends_with(".unique") && clause.id() != self.contract.success().1.id()
            });
        findings.checked.extend(about_the_body.cloned());
    }

    fn unique(&mut self, body: &[u8], findings: &mut Findings) {
        let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
        for (member, clause) in self.contract.unique_members() {
            // An empty text is the absence of a value, not the same one twice.
            let Some(text) = value[member].as_str().filter(|text| !text.is_empty()) else { continue };
            if self.seen.entry(member.to_owned()).or_default().insert(text.to_owned()) {
                findings.check(clause);
            } else {
                findings.fail(clause, format!("an earlier answer had the same `{member}`"));
            }
        }
    }
}

/// The answer, if it has the status that the clause promises.
fn answered<'r>(
    reply: &'r Reply,
    status: u16,
    clause: &Arc<Clause>,
    findings: &mut Findings,
) -> Option<&'r RawResponse> {
    match reply {
        Reply::Nothing(why) => findings.fail(clause, format!("there is no answer: {why}")),
        Reply::Answer(response) if response.status.as_u16() != status => {
            findings.fail(clause, format!("the status is {}", response.status.as_u16()));
        }
        Reply::Answer(response) => {
            findings.check(clause);
            return Some(response);
        }
    }
    None
}

fn empty(response: &RawResponse, clause: &Arc<Clause>, findings: &mut Findings) {
    if !response.body.is_empty() {
        findings.fail(clause, "the body is not empty");
    }
}

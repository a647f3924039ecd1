//! Says of one answer which clauses it keeps and which it breaks.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use greenapi_model::{Body, Clause, Contract, ErrorCase, Evidence, Part, PlainAnswer, Violations};
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::case::{Answer, Near, Reply, Request};

/// So many values of a member that no two answers share are remembered. Later ones are compared with these.
const REMEMBERED: usize = 1_000_000;

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
    /// How it is known that this breaks the clause: the clause's own evidence, or a weaker one.
    pub(crate) evidence: Evidence,
    /// A valid request was not taken. Why, is to be found out.
    pub(crate) is_refusal: bool,
}

impl Findings {
    pub(crate) fn check(&mut self, clause: &Arc<Clause>) {
        self.checked.push(Arc::clone(clause));
    }

    pub(crate) fn fail(&mut self, clause: &Arc<Clause>, found: impl Into<String>) {
        self.check(clause);
        let (clause, evidence) = (Arc::clone(clause), clause.evidence());
        self.broken.push(Problem { clause, found: found.into(), evidence, is_refusal: false });
    }

    /// A valid request was refused.
    pub(crate) fn refuse(&mut self, near: &Near, found: String) {
        self.check(&near.clause);
        let clause = Arc::clone(&near.clause);
        self.broken.push(Problem { clause, found, evidence: near.evidence, is_refusal: true });
    }

    fn extend(&mut self, violations: &Violations) {
        for violation in violations {
            let place = Some(violation.pointer().as_str()).filter(|pointer| !pointer.is_empty());
            let place = place.unwrap_or("the answer's body");
            self.fail(violation.clause(), format!("{place} {}", violation.found()));
        }
    }
}

pub(crate) struct Judge<'c> {
    contract: &'c Contract,
    /// The clauses that each body of a response, or of an error, could break.
    about_responses: Vec<Arc<Clause>>,
    about_errors: Vec<Arc<Clause>>,
    /// What was seen of the members that no two answers share.
    seen: HashMap<String, HashSet<u64>>,
    /// How many answers of success could be read, and how many of these tell of a group that was made.
    pub(crate) readable: u64,
    pub(crate) groups: u64,
}

impl<'c> Judge<'c> {
    pub(crate) fn new(contract: &'c Contract) -> Self {
        let about = |part| {
            let clauses = contract.clauses().iter().filter(move |clause| clause.part() == part);
            let is_of_a_case = |clause: &Clause| {
                let id = clause.id();
                contract.errors().iter().any(|case| case.clause().id() == id)
                    || id.ends_with(".unique")
                    || id == contract.success().1.id()
            };
            clauses.filter(|clause| !is_of_a_case(clause)).cloned().collect()
        };
        let (about_responses, about_errors) = (about(Part::Response), about(Part::Error));
        Self { contract, about_responses, about_errors, seen: HashMap::new(), readable: 0, groups: 0 }
    }

    /// The answer to a valid request on an authorized instance.
    pub(crate) fn success(&mut self, near: Option<&Near>, reply: &Reply) -> Findings {
        let mut findings = Findings::default();
        let (status, clause) = self.contract.success();
        let of_success = Near::to(clause);
        let near = near.unwrap_or(&of_success);
        let answer = match reply {
            Reply::Withheld(_) => return findings,
            Reply::Nothing(why) => {
                findings.fail(clause, format!("there is no answer: {why}"));
                return findings;
            }
            Reply::Answer(answer) if answer.status != status => {
                // Another status of success is not one that refuses the request.
                if (200..300).contains(&answer.status) {
                    findings.fail(clause, format!("the status is {}", answer.status));
                } else {
                    findings
                        .refuse(near, format!("a valid request was answered with {}", self.named(answer)));
                }
                return findings;
            }
            Reply::Answer(answer) => answer,
        };
        findings.check(clause);
        if near.clause.id() != clause.id() {
            findings.check(&near.clause);
        }
        let read = self.contract.response(&answer.body);
        self.body(Body::Response, answer, read.as_ref().err(), &mut findings);
        // Where nothing was made, they are empty.
        self.unique(&answer.body, &mut findings);
        if let Ok(group) = read {
            self.readable += 1;
            self.groups += u64::from(group.created());
        }
        findings
    }

    /// The answer where an error of the contract applies.
    pub(crate) fn error(&self, case: &ErrorCase, asked: &Request, reply: &Reply) -> Findings {
        let mut findings = Findings::default();
        let Some(answer) = answered(reply, case.status(), case.clause(), &mut findings) else {
            return findings;
        };
        if case.identifier().is_none() {
            empty(answer, case.clause(), &mut findings);
            return findings;
        }
        let read = self.contract.error(&answer.body);
        self.body(Body::Error, answer, read.as_ref().err(), &mut findings);
        let is_named = match &read {
            Ok(error) => case.is_for(error, &asked.method, asked.path()),
            // That the identifier stands in an envelope is not documented, only that there is one.
            Err(_) => names(case, asked, &answer.body),
        };
        if !is_named {
            findings.fail(case.clause(), format!("the answer is {}", self.named(answer)));
        }
        findings
    }

    /// The answer to another HTTP method that the contract names.
    #[allow(clippy::unused_self)] // The same form as its siblings.
    pub(crate) fn plain(&self, plain: &PlainAnswer, reply: &Reply) -> Findings {
        let mut findings = Findings::default();
        if let Some(answer) = answered(reply, plain.status(), plain.clause(), &mut findings) {
            empty(answer, plain.clause(), &mut findings);
        }
        findings
    }

    /// The answer to a request that breaks a clause. If it is accepted, the clause is not enforced; if it is refused in
    /// another way than the contract says, that is what is broken.
    pub(crate) fn refused(
        &self,
        clause: &Arc<Clause>,
        error: &ErrorCase,
        asked: &Request,
        reply: &Reply,
    ) -> Findings {
        let (success, _) = self.contract.success();
        let accepted = matches!(reply, Reply::Answer(answer)
            if answer.status == success && !names(error, asked, &answer.body)
            // Another path may lead to anything, such as a page of the server's own.
            && (clause.part() != Part::Path || self.contract.response(&answer.body).is_ok()));
        if accepted {
            let mut findings = Findings::default();
            findings.fail(clause, format!("the request breaks the clause and was answered with {success}"));
            return findings;
        }
        let mut findings = self.error(error, asked, reply);
        if !reply.is_withheld() {
            findings.check(clause);
        }
        findings
    }

    /// Whether it is an error of the contract.
    pub(crate) fn is_known_error(&self, answer: &Answer) -> bool {
        self.contract.error(&answer.body).is_ok_and(|error| self.contract.recognize(&error).is_some())
    }

    /// Which of the contract's answers it is, in words.
    pub(crate) fn named(&self, answer: &Answer) -> String {
        let status = answer.status;
        let Ok(error) = self.contract.error(&answer.body) else { return format!("the status {status}") };
        self.contract.recognize(&error).map_or_else(
            || format!("an identifier that the contract does not know, with the status {status}"),
            |case| format!("the error {}", case.slug()),
        )
    }

    /// `violations` is what was found when the body was read.
    fn body(&self, body: Body, answer: &Answer, violations: Option<&Violations>, findings: &mut Findings) {
        let content_type = answer.headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
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
        let about = if body == Body::Response { &self.about_responses } else { &self.about_errors };
        let Findings { checked, broken } = findings;
        let is_noted = |clause: &&Arc<Clause>| broken.iter().any(|one| Arc::ptr_eq(&one.clause, clause));
        checked.extend(about.iter().filter(|clause| !is_noted(clause)).cloned());
    }

    fn unique(&mut self, body: &[u8], findings: &mut Findings) {
        let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
        for (member, clause) in self.contract.unique_members() {
            // An empty text is the absence of a value, not the same one twice.
            let Some(text) = value[member].as_str().filter(|text| !text.is_empty()) else { continue };
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            let seen = self.seen.entry(member.to_owned()).or_default();
            if seen.contains(&hasher.finish()) {
                findings.fail(clause, format!("an earlier answer had the same `{member}`"));
                continue;
            }
            if seen.len() < REMEMBERED {
                seen.insert(hasher.finish());
            }
            findings.check(clause);
        }
    }
}

/// Whether a body that is not the envelope has the identifier of the error in one of its texts.
pub(crate) fn names(case: &ErrorCase, asked: &Request, body: &[u8]) -> bool {
    let Some(identifier) = case.identifier_for(&asked.method, asked.path()) else { return false };
    let identifier = identifier.to_lowercase();
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => holds(&value, &identifier),
        Err(_) => String::from_utf8_lossy(body).to_lowercase().contains(&identifier),
    }
}

/// Whether one of the texts in it holds this, which is in lower case.
fn holds(value: &Value, identifier: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(identifier),
        Value::Array(items) => items.iter().any(|item| holds(item, identifier)),
        Value::Object(members) => members.values().any(|value| holds(value, identifier)),
        _ => false,
    }
}

/// The answer, if it has the status that the clause promises.
fn answered<'r>(
    reply: &'r Reply,
    status: u16,
    clause: &Arc<Clause>,
    findings: &mut Findings,
) -> Option<&'r Answer> {
    match reply {
        Reply::Withheld(_) => {}
        Reply::Nothing(why) => findings.fail(clause, format!("there is no answer: {why}")),
        Reply::Answer(answer) if answer.status != status => {
            findings.fail(clause, format!("the status is {}", answer.status));
        }
        Reply::Answer(answer) => {
            findings.check(clause);
            return Some(answer);
        }
    }
    None
}

fn empty(answer: &Answer, clause: &Arc<Clause>, findings: &mut Findings) {
    if !answer.body.is_empty() {
        findings.fail(clause, "the body is not empty");
    }
}

//! All that a contract promises, in one list.

use greenapi_model::{Body, Clause, Condition, Contract, ErrorCase, Part, PossibleAnswer, Repeat};
use serde_json::Value;

use super::breaks::Breaks;
use super::change::{Change, Statement};

pub(super) struct Promises<'c> {
    pub(super) contract: &'c Contract,
    list: Vec<Promise<'c>>,
}

/// A clause, or something else that a client or an endpoint has to know.
pub(super) struct Promise<'c> {
    pub(super) id: String,
    statement: Statement,
    pub(super) about: About<'c>,
    /// What stands behind the sentence, where that alone does not tell.
    pub(super) value: Value,
}

pub(super) enum About<'c> {
    /// The HTTP method, or the status of success.
    Call,
    /// The answer to another HTTP method.
    OtherMethod,
    Error(&'c ErrorCase),
    Possible(&'c PossibleAnswer),
    Rule(Rule<'c>),
}

/// A clause of a path or of a body.
#[derive(Clone, Copy)]
pub(super) struct Rule<'c> {
    pub(super) part: Part,
    /// The id without its last word: what is limited.
    pub(super) stem: &'c str,
    pub(super) keyword: &'c str,
    /// The member of the body that it is about.
    pub(super) member: Option<&'c str>,
}

/// The keyword of the clauses that say of which type a value is; their ids end with the type instead.
pub(super) const TYPE: &str = "type";

impl<'c> Promises<'c> {
    pub(super) fn of(contract: &'c Contract) -> Self {
        // The contract wrote it itself.
        let document = serde_json::from_str(&contract.document()).unwrap_or_default();
        let clauses = contract.clauses().iter().map(|clause| of_clause(contract, clause, &document));
        let method = Promise {
            id: "method".to_owned(),
            statement: Statement {
                sentence: format!("the HTTP method of the call is {}", contract.method()),
                evidence: None,
            },
            about: About::Call,
            value: Value::Null,
        };
        let possible = contract.possible_answers().iter().map(of_possible);
        Self { contract, list: clauses.chain([method]).chain(possible).collect() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Promise<'c>> {
        self.list.iter()
    }

    pub(super) fn find(&self, id: &str) -> Option<&Promise<'c>> {
        self.iter().find(|promise| promise.id == id)
    }

    pub(super) fn without(&self, other: &Self) -> impl Iterator<Item = &Promise<'c>> {
        self.iter().filter(|promise| other.find(&promise.id).is_none())
    }
}

impl Promise<'_> {
    pub(super) fn sentence(&self) -> &str {
        &self.statement.sentence
    }

    pub(super) fn came(&self, old: &Promises<'_>, new: &Promises<'_>) -> Change {
        Change::came(&self.id, &self.statement, Breaks::by_coming(self, old, new))
    }

    pub(super) fn went(&self, old: &Promises<'_>, new: &Promises<'_>) -> Change {
        Change::went(&self.id, &self.statement, Breaks::by_going(self, old, new))
    }

    pub(super) fn changed(&self, new: &Self) -> Option<Change> {
        let (mut before, mut after) = (self.statement.clone(), new.statement.clone());
        if before.sentence == after.sentence && self.value != new.value {
            before.sentence = format!("{}: {}", before.sentence, self.value);
            after.sentence = format!("{}: {}", after.sentence, new.value);
        }
        (before != after).then(|| Change::changed(&self.id, before, after, Breaks::by_change(self, new)))
    }
}

fn of_clause<'c>(contract: &'c Contract, clause: &'c Clause, document: &Value) -> Promise<'c> {
    let id = clause.id();
    let mut sentence = clause.sentence().to_owned();
    let mut value = Value::Null;
    let about = if let Some(case) = contract.errors().iter().find(|case| case.clause().id() == id) {
        sentence = format!("{sentence}; {}", repeat(case.repeat()));
        About::Error(case)
    } else if contract.success().1.id() == id {
        About::Call
    } else if clause.part() == Part::Other {
        About::OtherMethod
    } else {
        let at = clause.pointer().as_str();
        let (stem, last) = id.rsplit_once('.').unwrap_or(("", id));
        let keyword = if at.ends_with("/type") { TYPE } else { last };
        value = match (keyword, document.pointer(at)) {
            ("ignore-case", Some(value)) => value["words"].clone(),
            // Of all others the sentence says enough.
            (keyword, Some(value)) if VALUED.contains(&keyword) => value.clone(),
            _ => sentence.as_str().into(),
        };
        About::Rule(Rule { part: clause.part(), stem, keyword, member: member(contract, clause) })
    };
    let statement = Statement { sentence, evidence: Some(clause.evidence()) };
    Promise { id: id.to_owned(), statement, about, value }
}

const VALUED: [&str; 11] = [
    TYPE,
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "pattern",
    "const",
    "enum",
    "anyOf",
];

fn member<'c>(contract: &'c Contract, clause: &Clause) -> Option<&'c str> {
    let rest =
        |name| clause.id().strip_prefix(body(clause.part())?.name())?.strip_prefix('.')?.strip_prefix(name);
    let mut members = contract.members(body(clause.part())?);
    members.find(|name| rest(*name).is_some_and(|rest| rest.starts_with('.')))
}

pub(super) fn body(part: Part) -> Option<Body> {
    match part {
        Part::Request => Some(Body::Request),
        Part::Response => Some(Body::Response),
        Part::Error => Some(Body::Error),
        Part::Path | Part::Other => None,
    }
}

fn of_possible(answer: &PossibleAnswer) -> Promise<'_> {
    let identifier = answer.identifier().map_or_else(String::new, |text| format!(", `{text}`"));
    let body = answer.media_type().unwrap_or("an empty body");
    let group = if answer.makes_group() { " and the group made" } else { "" };
    let (status, repeat) = (answer.status(), repeat(answer.repeat()));
    Promise {
        id: format!("possible.{}", answer.slug()),
        statement: Statement {
            sentence: format!("any request may get {status}{identifier}, with {body}{group}; {repeat}"),
            evidence: Some(answer.evidence()),
        },
        about: About::Possible(answer),
        value: example_of(answer),
    }
}

/// The body of an answer with the same request and time for all editions.
fn example_of(answer: &PossibleAnswer) -> Value {
    let body = answer.body("", "/", "");
    serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into())
}

fn repeat(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Later => "the call may be repeated later",
        Repeat::Never => "the call is not to be repeated",
    }
}

/// Of the errors that depend on the instance or on the request's body, the first one is the answer.
pub(super) fn reordered(old: &Promises<'_>, new: &Promises<'_>) -> Option<Change> {
    let statement = |own: &Promises<'_>, other: &Promises<'_>| {
        let both = own.contract.errors().iter().filter(|case| {
            is_ordered(case) && other.contract.error_case(case.slug()).is_some_and(is_ordered)
        });
        let slugs: Vec<_> = both.map(ErrorCase::slug).collect();
        Statement {
            sentence: format!("of several errors, the first is the answer: {}", slugs.join(", ")),
            evidence: None,
        }
    };
    let (before, after) = (statement(old, new), statement(new, old));
    (before != after).then(|| Change::changed("errors.order", before, after, Breaks::SERVER))
}

fn is_ordered(case: &ErrorCase) -> bool {
    matches!(case.condition(), Condition::Instance(_) | Condition::InvalidRequest)
}

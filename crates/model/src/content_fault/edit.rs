//! Changes to an answer that break one clause about its body.

mod value;

pub(super) use self::value::{alternatives, can_be_broken};
use super::AnswerParts;
use crate::clause::Clause;
use crate::document::Node;
use crate::operation::BodyRules;
use crate::reader::{self, Unreadable};
use crate::rules::{Kind, ValueRules};
use crate::shape::MESSAGE;

/// A change to an answer.
#[derive(Clone)]
pub(super) enum Edit {
    Drop {
        field: usize,
    },
    Null(Place),
    WrongType(Place),
    WrongValue {
        place: Place,
        limit: usize,
    },
    Repeat {
        field: usize,
        value: String,
    },
    /// One of the members gets another value that is valid by itself, or is left out.
    Combine {
        alternatives: Vec<(usize, Option<Node>)>,
    },
    /// One more member.
    Add,
    InArray,
    CutOff,
    ContentType(Option<&'static str>),
}

/// A member of the body, or the first item of one.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) field: usize,
    pub(super) item: bool,
}

/// The name of a member that no contract has.
const UNNAMED: &str = "memberThatNobodyNamed";

impl Edit {
    pub(super) fn apply(&self, rules: &BodyRules, clause: &Clause, answer: &mut AnswerParts) -> bool {
        // What does not keep the contract in the first place, or has no body, is not this fault's.
        if !broken(rules, &answer.body).is_empty() {
            return false;
        }
        if let Self::ContentType(value) = self {
            let other = answer.content_type.as_deref() != *value;
            answer.content_type = value.map(str::to_owned);
            return other;
        }
        let found = self.bodies(rules, &answer.body).into_iter().find(|body| {
            let broken = broken(rules, body);
            match self {
                // That is between two answers: each for itself is right.
                Self::Repeat { .. } => broken.is_empty() && *body != answer.body,
                _ => !broken.is_empty() && broken.iter().all(|id| id == clause.id()),
            }
        });
        found.is_some_and(|body| {
            answer.body = body;
            true
        })
    }

    /// Bodies that may be the one: those that break another clause too are among them.
    fn bodies(&self, rules: &BodyRules, body: &[u8]) -> Vec<Vec<u8>> {
        if matches!(self, Self::CutOff) {
            return vec![body[..body.len() / 2].to_vec()];
        }
        match serde_json::from_slice(body) {
            Ok(value @ Node::Object(_)) if matches!(self, Self::InArray) => {
                vec![bytes(&Node::List(vec![value]))]
            }
            Ok(Node::Object(members)) => self.objects(rules, &members).iter().map(bytes).collect(),
            _ => Vec::new(),
        }
    }

    fn objects(&self, rules: &BodyRules, members: &Members) -> Vec<Node> {
        let fields = &rules.object.fields;
        let name = |field: usize| fields[field].name.as_str();
        match self {
            Self::Drop { field } => vec![without(members, name(*field))],
            Self::Null(place) => place.with(rules, members, |_, _| vec![Node::Null]),
            Self::WrongType(place) => {
                place.with(rules, members, |rules, value| vec![value::of_another_type(rules.kind, value)])
            }
            Self::WrongValue { place, limit } => place.with(rules, members, |rules, value| {
                value.map_or_else(Vec::new, |value| value::beyond(&rules.limits[*limit].check, value))
            }),
            Self::Repeat { field, value } => match member(members, name(*field)) {
                Some(Node::Text(text)) if !text.is_empty() => {
                    vec![with(members, name(*field), Node::Text(value.clone()))]
                }
                _ => Vec::new(),
            },
            Self::Combine { alternatives } => alternatives
                .iter()
                .map(|(field, value)| match value {
                    Some(value) => with(members, name(*field), value.clone()),
                    None => without(members, name(*field)),
                })
                .collect(),
            Self::Add => vec![with(members, UNNAMED, Node::Boolean(true))],
            Self::InArray | Self::CutOff | Self::ContentType(_) => Vec::new(),
        }
    }
}

/// Puts another identifier into an error, if it is one by the contract before and after.
pub(super) fn identifier(rules: &BodyRules, message: &str, answer: &mut AnswerParts) -> bool {
    let Ok(Node::Object(members)) = serde_json::from_slice(&answer.body) else { return false };
    let body = bytes(&with(&members, MESSAGE, Node::Text(message.to_owned())));
    let right = broken(rules, &answer.body).is_empty() && broken(rules, &body).is_empty();
    let other = right && body != answer.body;
    if other {
        answer.body = body;
    }
    other
}

type Members = [(String, Node)];

impl Place {
    /// The body with each of the values that are made of the one that stands here, if there is one.
    fn with(
        self,
        rules: &BodyRules,
        members: &Members,
        values: impl Fn(&ValueRules, Option<&Node>) -> Vec<Node>,
    ) -> Vec<Node> {
        let field = &rules.object.fields[self.field];
        let own = member(members, &field.name);
        let values = match (self.item, field.value.items.as_deref()) {
            (true, Some(rules)) => {
                let items = own.and_then(Node::items).unwrap_or_default();
                let rest = items.get(1..).unwrap_or_default();
                values(rules, items.first())
                    .into_iter()
                    .map(|first| Node::List([&[first], rest].concat()))
                    .collect()
            }
            _ => values(&field.value, own),
        };
        values.into_iter().map(|value| with(members, &field.name, value)).collect()
    }
}

fn member<'m>(members: &'m Members, name: &str) -> Option<&'m Node> {
    members.iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

/// The members with one set, in its place, or behind the others if it is not there.
fn with(members: &Members, name: &str, value: Node) -> Node {
    let mut members = members.to_vec();
    match members.iter_mut().find(|(own, _)| own == name) {
        Some((_, own)) => *own = value,
        None => members.push((name.to_owned(), value)),
    }
    Node::Object(members)
}

fn without(members: &Members, name: &str) -> Node {
    Node::Object(members.iter().filter(|(own, _)| own != name).cloned().collect())
}

fn bytes(node: &Node) -> Vec<u8> {
    // Writing to memory cannot fail, and all keys are texts.
    serde_json::to_vec(node).unwrap_or_default()
}

/// The ids of the clauses about a body that it breaks.
fn broken(rules: &BodyRules, body: &[u8]) -> Vec<String> {
    match reader::read(&rules.object, body) {
        Ok(_) => Vec::new(),
        Err(Unreadable::NotJson(_)) => vec![rules.json.id().to_owned()],
        Err(Unreadable::Violations(violations)) => {
            violations.iter().map(|violation| violation.clause().id().to_owned()).collect()
        }
    }
}

/// What [`Edit::WrongType`] makes of a value, for a sentence.
pub(super) fn other_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a number",
        Kind::Boolean | Kind::Integer | Kind::List => "a text",
    }
}

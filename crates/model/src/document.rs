//! JSON as it stands in a file: objects keep the order of their members.
//!
//! `serde_json::Value` sorts members, unless a feature is on that would be on for everybody who links this crate.
//! The order is worth keeping: it is the order in which the clauses are listed, and which of several errors wins.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

use crate::contract_error::ContractError;
use crate::pointer::Pointer;

/// How deep a document may be nested once its references are resolved.
const DEEPEST: usize = 64;
/// How many values a document may have once its references are resolved: a few that lead to one another several times
/// would fill any memory.
const LARGEST: usize = 100_000;

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn members(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The node with every local `$ref` replaced by what it names.
    pub(crate) fn resolved(&self) -> Result<Self, ContractError> {
        self.resolved_in(self, &Pointer::root(), &mut 0, 0, &[])
    }

    /// `trail` has the references that led here.
    fn resolved_in(
        &self,
        document: &Self,
        at: &Pointer,
        values: &mut usize,
        depth: usize,
        trail: &[&str],
    ) -> Result<Self, ContractError> {
        if depth > DEEPEST {
            return Err(ContractError::new(at, format!("nested more than {DEEPEST} levels deep")));
        }
        *values += 1;
        if *values > LARGEST {
            let message = format!("the document has more than {LARGEST} values once each `$ref` is followed");
            return Err(ContractError::new(at, message));
        }
        match self {
            Self::Object(members) => {
                if let Some(reference) = self.member("$ref") {
                    if let Some((name, _)) = members.iter().find(|(name, _)| name != "$ref") {
                        let message = format!("a `$ref` stands alone: move `{name}` to what it names");
                        return Err(ContractError::new(&at.child(name), message));
                    }
                    let (text, target) = reference
                        .text()
                        .and_then(|text| Some((text, document.at(text.strip_prefix('#')?)?)))
                        .ok_or_else(|| {
                            ContractError::new(
                                &at.child("$ref"),
                                "the `$ref` names nothing in this document: write `#/` and the path",
                            )
                        })?;
                    if trail.contains(&text) {
                        let message = format!("the `$ref` leads back to itself: `{text}` is being resolved");
                        return Err(ContractError::new(&at.child("$ref"), message));
                    }
                    return target.resolved_in(document, at, values, depth + 1, &[trail, &[text]].concat());
                }
                members
                    .iter()
                    .map(|(key, value)| {
                        Ok((
                            key.clone(),
                            value.resolved_in(document, &at.child(key), values, depth + 1, trail)?,
                        ))
                    })
                    .collect::<Result<_, _>>()
                    .map(Self::Object)
            }
            Self::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| item.resolved_in(document, &at.index(index), values, depth + 1, trail))
                .collect::<Result<_, _>>()
                .map(Self::List),
            other => Ok(other.clone()),
        }
    }

    /// What the JSON pointer `path` (RFC 6901) leads to.
    fn at(&self, path: &str) -> Option<&Self> {
        if path.is_empty() {
            return Some(self);
        }
        path.strip_prefix('/')?.split('/').try_fold(self, |node, token| {
            let name = token.replace("~1", "/").replace("~0", "~");
            match node {
                Self::List(items) => items.get(name.parse::<usize>().ok()?),
                _ => node.member(&name),
            }
        })
    }
}

/// As JSON has it: the order of members does not matter.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(own), Self::Boolean(other)) => own == other,
            (Self::Number(own), Self::Number(other)) => own == other,
            (Self::Text(own), Self::Text(other)) => own == other,
            (Self::List(own), Self::List(other)) => own == other,
            (Self::Object(own), Self::Object(members)) => {
                own.len() == members.len()
                    && own.iter().all(|(name, value)| other.member(name) == Some(value))
            }
            _ => false,
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without duplicate keys")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Boolean(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        Number::from_f64(value).map(Node::Number).ok_or_else(|| E::custom("a number that JSON cannot hold"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Node>()? {
            if members.iter().any(|(known, _)| *known == key) {
                return Err(serde::de::Error::custom(format_args!("the key `{key}` stands twice")));
            }
            members.push((key, value));
        }
        Ok(Node::Object(members))
    }
}

//! The limits of a schema, compiled: what the reader applies to each value as it comes by.

use std::sync::Arc;

use regex::Regex;
use serde_json::Number;

use crate::clause::Clause;

/// The rules for a JSON object and its members.
#[derive(Debug)]
pub(crate) struct ObjectRules {
    pub(crate) object: Arc<Clause>,
    pub(crate) fields: Vec<FieldRules>,
    pub(crate) any_of: Option<AnyOf>,
    /// Set where other members than the named ones are refused.
    pub(crate) closed: Option<Arc<Clause>>,
}

#[derive(Debug)]
pub(crate) struct FieldRules {
    pub(crate) name: String,
    pub(crate) required: Option<Arc<Clause>>,
    /// Set where no two answers may have the same value.
    pub(crate) unique: Option<Arc<Clause>>,
    pub(crate) value: ValueRules,
}

/// The rules for one value.
#[derive(Debug)]
pub(crate) struct ValueRules {
    pub(crate) kind: Kind,
    pub(crate) kind_clause: Option<Arc<Clause>>,
    pub(crate) limits: Vec<Limit>,
    /// Set for a list.
    pub(crate) items: Option<Box<ValueRules>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Boolean,
    Integer,
    List,
}

#[derive(Debug)]
pub(crate) struct Limit {
    pub(crate) check: Check,
    pub(crate) clause: Arc<Clause>,
}

#[derive(Clone, Debug)]
pub(crate) enum Check {
    MinLength(u64),
    MaxLength(u64),
    Pattern(Regex),
    /// Rounded up to an integer, as only integers are compared with it.
    Minimum(i128),
    /// Rounded down to an integer.
    Maximum(i128),
    MinItems(u64),
    MaxItems(u64),
    OneOf(Vec<Literal>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Boolean(bool),
    Integer(i128),
}

/// At least one of the branches holds.
#[derive(Debug)]
pub(crate) struct AnyOf {
    pub(crate) branches: Vec<Vec<BranchRule>>,
    pub(crate) clause: Arc<Clause>,
}

#[derive(Clone, Debug)]
pub(crate) enum BranchRule {
    Given { field: usize },
    Limit { field: usize, check: Check },
}

/// A value of the kind that its rules ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen<'a> {
    Text(&'a str),
    Boolean(bool),
    Integer(i128),
    List(usize),
}

impl ObjectRules {
    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

impl Check {
    /// Nothing if the value keeps the limit; what was found if not, without the value itself.
    pub(crate) fn broken_by(&self, seen: Seen<'_>) -> Option<String> {
        if self.is_kept_by(seen) {
            return None;
        }
        Some(match (self, seen) {
            (Self::Pattern(_), _) => "does not match the pattern".to_owned(),
            (Self::Minimum(_), _) => "is too small".to_owned(),
            (Self::Maximum(_), _) => "is too large".to_owned(),
            (Self::MinItems(_) | Self::MaxItems(_), Seen::List(length)) => counted(length as u64, "item"),
            (Self::MinLength(_) | Self::MaxLength(_), Seen::Text(text)) => {
                counted(characters(text), "character")
            }
            _ => "has another value".to_owned(),
        })
    }

    /// Whether the value keeps the limit.
    pub(crate) fn is_kept_by(&self, seen: Seen<'_>) -> bool {
        match (self, seen) {
            // A character has one byte to four, so most texts need no counting.
            (Self::MinLength(least), Seen::Text(text)) => {
                text.len() as u64 >= least.saturating_mul(4) || characters(text) >= *least
            }
            (Self::MaxLength(most), Seen::Text(text)) => {
                text.len() as u64 <= *most || characters(text) <= *most
            }
            (Self::Pattern(pattern), Seen::Text(text)) => pattern.is_match(text),
            (Self::Minimum(least), Seen::Integer(number)) => number >= *least,
            (Self::Maximum(most), Seen::Integer(number)) => number <= *most,
            (Self::MinItems(least), Seen::List(length)) => length as u64 >= *least,
            (Self::MaxItems(most), Seen::List(length)) => length as u64 <= *most,
            (Self::OneOf(literals), seen) => literals.iter().any(|literal| literal.is(seen)),
            // A keyword says nothing about values of another type; the compiler of schemas refuses such a pair.
            _ => true,
        }
    }
}

impl Literal {
    fn is(&self, seen: Seen<'_>) -> bool {
        match (self, seen) {
            (Self::Text(own), Seen::Text(text)) => own == text,
            (Self::Boolean(own), Seen::Boolean(value)) => *own == value,
            (Self::Integer(own), Seen::Integer(number)) => *own == number,
            _ => false,
        }
    }
}

/// The length of a text as JSON Schema counts it: in Unicode code points.
fn characters(text: &str) -> u64 {
    text.chars().count() as u64
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("has {count} {noun}{plural}")
}

/// The integer that a JSON number is, or `None` if it has a fraction. `7.9e10` is an integer, as in JSON Schema.
///
/// An integer beyond the range of `i128` becomes the end of that range, which is beyond every limit of a contract.
#[allow(clippy::cast_possible_truncation)] // Float to integer saturates, which is what the doc comment promises.
pub(crate) fn integer(number: f64) -> Option<i128> {
    (number.fract() == 0.0).then_some(number as i128)
}

/// The same for a number that stands in a document.
pub(crate) fn integer_of(number: &Number) -> Option<i128> {
    number
        .as_i128()
        .or_else(|| number.as_u128().and_then(|value| value.try_into().ok()))
        .or_else(|| number.as_f64().and_then(integer))
}

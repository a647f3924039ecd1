//! Requests that keep the contract and are refused all the same, by somebody who takes a clause too strictly.

use serde_json::Value;

use super::RequestParts;
use crate::contract;
use crate::operation::Operation;
use crate::reader;
use crate::rules::{self, Check, Literal};

/// What is refused although it is valid.
#[derive(Clone)]
pub(super) enum Strict {
    /// A query.
    Query,
    /// A word in another case than the contract's.
    Case,
    /// A `Content-Type` with a parameter, and none.
    ContentType,
    /// White space behind the document.
    SpaceBehind,
    /// A member that the contract does not name.
    OtherMember,
    /// A request without this member, which may be left out.
    Missing {
        name: String,
    },
    /// A request in which not all branches of `anyOf` hold.
    AllBranches,
    Instance(Near),
    Token(Near),
    /// A member, or one of its items.
    Member {
        name: String,
        items: bool,
        near: Near,
    },
}

/// Which values are refused.
#[derive(Clone)]
pub(super) enum Near {
    NotAscii,
    /// An integer that is written with a fraction or an exponent.
    WrittenAsFloat,
    Beyond32Bits,
    EmptyList,
    AtTheLimit(Check),
    Literal(Literal),
}

impl Strict {
    pub(super) fn refuses(&self, operation: &Operation, request: RequestParts<'_>) -> bool {
        self.minds(operation, request) && is_valid(operation, request)
    }

    fn minds(&self, operation: &Operation, request: RequestParts<'_>) -> bool {
        let address = || operation.route.address(request.path).ok();
        let body = || serde_json::from_slice::<Value>(request.body).unwrap_or_default();
        match self {
            Self::Query => request.query.is_some(),
            Self::Case => address().is_some_and(|address| {
                let (instance, token) = (address.instance().to_string(), address.expose_token());
                operation.route.path_with(&instance, token, &str::to_owned) != request.path
            }),
            Self::ContentType => request.content_type.is_none_or(|value| value.contains(&b';')),
            Self::SpaceBehind => request.body.last().is_some_and(u8::is_ascii_whitespace),
            Self::OtherMember => body().as_object().is_some_and(|members| {
                members.keys().any(|name| operation.request.object.field(name).is_none())
            }),
            Self::Missing { name } => body().get(name).is_none(),
            Self::AllBranches => !all_branches_hold(operation, request.body),
            Self::Instance(near) => {
                address().is_some_and(|address| near.is(&address.instance().number().into()))
            }
            Self::Token(near) => address().is_some_and(|address| near.is(&address.expose_token().into())),
            Self::Member { name, items, near } => match body().get(name) {
                Some(Value::Array(list)) if *items => list.iter().any(|item| near.is(item)),
                Some(value) => !items && near.is(value),
                None => false,
            },
        }
    }
}

fn is_valid(operation: &Operation, request: RequestParts<'_>) -> bool {
    operation.route.address(request.path).is_ok()
        && request.content_type.is_none_or(|value| contract::content_type(&operation.request, value).is_ok())
        && reader::read(&operation.request.object, request.body).is_ok()
}

fn all_branches_hold(operation: &Operation, body: &[u8]) -> bool {
    let rules = &operation.request.object;
    let (Some(any_of), Ok(slots)) = (&rules.any_of, reader::read(rules, body)) else { return true };
    any_of.branches.iter().flatten().all(|rule| rule.holds(&slots))
}

impl Near {
    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::NotAscii, Value::String(text)) => !text.is_ascii(),
            (Self::WrittenAsFloat, Value::Number(number)) => number.is_f64(),
            (Self::Beyond32Bits, Value::Number(number)) => {
                number.as_u64().is_some_and(|number| number > u32::MAX.into())
            }
            (Self::EmptyList, Value::Array(items)) => items.is_empty(),
            (Self::AtTheLimit(check), value) => is_at_the_limit(check, value),
            (Self::Literal(Literal::Text(own)), Value::String(text)) => own == text,
            (Self::Literal(Literal::Integer(own)), Value::Number(number)) => {
                rules::integer_of(number) == Some(*own)
            }
            _ => false,
        }
    }
}

fn is_at_the_limit(check: &Check, value: &Value) -> bool {
    match (check, value) {
        (Check::MinLength(limit) | Check::MaxLength(limit), Value::String(text)) => {
            text.chars().count() as u64 == *limit
        }
        (Check::MinItems(limit) | Check::MaxItems(limit), Value::Array(items)) => {
            items.len() as u64 == *limit
        }
        (Check::Minimum(limit) | Check::Maximum(limit), Value::Number(number)) => {
            rules::integer_of(number) == Some(*limit)
        }
        _ => false,
    }
}

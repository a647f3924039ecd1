//! The path of the call: compiled from its template, matched against the path of a request.

use std::fmt;
use std::sync::Arc;

use crate::clause::{Clause, Evidence};
use crate::contract_error::ContractError;
use crate::ids::{ApiToken, InstanceId};
use crate::pointer::Pointer;
use crate::rules::{Kind, Seen, ValueRules};
use crate::violation::Violation;

/// The names of the two parameters, which are also the names in the template.
pub(crate) const INSTANCE: &str = "idInstance";
pub(crate) const TOKEN: &str = "apiTokenInstance";

#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) template: String,
    pub(crate) clause: Arc<Clause>,
    pub(crate) instance: ValueRules,
    pub(crate) token: ValueRules,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Literal { text: String, ignore_case: bool },
    Instance,
    Token,
}

/// Which call a path is: the two parameters in it. Its `Debug` does not show the token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Address<'p> {
    instance: InstanceId,
    token: &'p str,
}

impl<'p> Address<'p> {
    /// The instance that is called.
    #[must_use]
    pub fn instance(&self) -> InstanceId {
        self.instance
    }

    /// The token as it stands in the path. It is a secret: whoever calls this must not show it.
    #[must_use]
    pub fn expose_token(&self) -> &'p str {
        self.token
    }
}

impl fmt::Debug for Address<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Address").field("instance", &self.instance).field("token", &"***").finish()
    }
}

impl Route {
    pub(crate) fn new(
        template: &str,
        at: &Pointer,
        ignore_case: &[&str],
        clause: Arc<Clause>,
        instance: ValueRules,
        token: ValueRules,
    ) -> Result<Self, ContractError> {
        let mut pieces = Vec::new();
        let mut rest = template;
        while let Some((literal, more)) = rest.split_once('{') {
            literals(literal, ignore_case, &mut pieces);
            let (name, behind) =
                more.split_once('}').ok_or_else(|| ContractError::new(at, "a `{` without its `}`"))?;
            pieces.push(match name {
                INSTANCE => Piece::Instance,
                TOKEN => Piece::Token,
                _ => {
                    return Err(ContractError::new(
                        at,
                        format!("the parameter `{name}` is not known; known are `{INSTANCE}`, `{TOKEN}`"),
                    ));
                }
            });
            // What is taken for a parameter goes up to the next `/`.
            if !behind.is_empty() && !behind.starts_with('/') {
                let message = format!("`{{{name}}}` goes up to a `/` or the end of the path");
                return Err(ContractError::new(at, message));
            }
            rest = behind;
        }
        literals(rest, ignore_case, &mut pieces);
        let count = |wanted: fn(&Piece) -> bool| pieces.iter().filter(|piece| wanted(piece)).count();
        if count(|piece| matches!(piece, Piece::Instance)) != 1
            || count(|piece| matches!(piece, Piece::Token)) != 1
        {
            return Err(ContractError::new(
                at,
                format!("the path has `{{{INSTANCE}}}` and `{{{TOKEN}}}` once each"),
            ));
        }
        Ok(Self { template: template.to_owned(), clause, instance, token, pieces })
    }

    pub(crate) fn path(&self, instance: InstanceId, token: &ApiToken) -> String {
        self.path_with(&instance.to_string(), token.expose(), &str::to_owned)
    }

    /// The path with any texts for the parameters, and `spell` applied to what is matched without regard to case.
    pub(crate) fn path_with(&self, instance: &str, token: &str, spell: &dyn Fn(&str) -> String) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal { text, ignore_case: true } => spell(text),
                Piece::Literal { text, ignore_case: false } => text.clone(),
                Piece::Instance => instance.to_owned(),
                Piece::Token => token.to_owned(),
            })
            .collect()
    }

    pub(crate) fn address<'p>(&self, path: &'p str) -> Result<Address<'p>, Violation> {
        let (instance, token) = self
            .captures(path)
            .ok_or_else(|| Violation::new(&self.clause, Pointer::root(), "has another form"))?;
        let number = match instance.parse::<InstanceId>() {
            Ok(id) => i128::from(id.number()),
            // More digits than the type holds, so more than every maximum.
            Err(_) if !instance.is_empty() && instance.bytes().all(|byte| byte.is_ascii_digit()) => {
                if instance.starts_with('0') {
                    return Err(broken(&self.instance, INSTANCE, "has leading zeros", &self.clause));
                }
                i128::MAX
            }
            Err(_) => return Err(broken(&self.instance, INSTANCE, "is no number", &self.clause)),
        };
        limits(&self.instance, INSTANCE, Seen::Integer(number))?;
        limits(&self.token, TOKEN, Seen::Text(token))?;
        // The contract is refused where its maximum is beyond the type, so nothing is cut off here.
        Ok(Address { instance: InstanceId::new(u64::try_from(number).unwrap_or(u64::MAX)), token })
    }

    /// Whether an instance of that number can be called.
    pub(crate) fn instance(&self, id: InstanceId) -> Result<(), Violation> {
        limits(&self.instance, INSTANCE, Seen::Integer(id.number().into()))
    }

    fn captures<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let bytes = path.as_bytes();
        let mut at = 0;
        let (mut instance, mut token) = (0..0, 0..0);
        for piece in &self.pieces {
            let start = at;
            match piece {
                Piece::Literal { text, ignore_case } => {
                    at += text.len();
                    let found = bytes.get(start..at)?;
                    if found != text.as_bytes()
                        && !(*ignore_case && found.eq_ignore_ascii_case(text.as_bytes()))
                    {
                        return None;
                    }
                }
                Piece::Instance | Piece::Token => {
                    at += bytes[start..].iter().take_while(|byte| **byte != b'/').count();
                    *(if matches!(piece, Piece::Instance) { &mut instance } else { &mut token }) = start..at;
                }
            }
        }
        // Each begins and ends beside a literal, so no character is divided.
        if at == bytes.len() { path.get(instance).zip(path.get(token)) } else { None }
    }
}

fn broken(rules: &ValueRules, name: &str, found: &str, otherwise: &Arc<Clause>) -> Violation {
    Violation::new(rules.kind_clause.as_ref().unwrap_or(otherwise), Pointer::root().child(name), found)
}

fn limits(rules: &ValueRules, name: &str, seen: Seen<'_>) -> Result<(), Violation> {
    debug_assert!(matches!(rules.kind, Kind::Text | Kind::Integer));
    for limit in &rules.limits {
        if let Some(found) = limit.check.broken_by(seen) {
            return Err(Violation::new(&limit.clause, Pointer::root().child(name), found));
        }
    }
    Ok(())
}

/// The literal text between two parameters, with the words that are matched without regard to case on their own.
fn literals(text: &str, ignore_case: &[&str], pieces: &mut Vec<Piece>) {
    let first = ignore_case.iter().filter_map(|word| Some((text.find(word)?, *word))).min();
    if let Some((start, word)) = first {
        literals(&text[..start], &[], pieces);
        pieces.push(Piece::Literal { text: word.to_owned(), ignore_case: true });
        literals(&text[start + word.len()..], ignore_case, pieces);
    } else if !text.is_empty() {
        pieces.push(Piece::Literal { text: text.to_owned(), ignore_case: false });
    }
}

/// What `x-ignore-case` says of a path.
pub(crate) struct IgnoreCase<'d> {
    pub(crate) words: Vec<&'d str>,
    pub(crate) evidence: Evidence,
}

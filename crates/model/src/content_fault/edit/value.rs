//! Values that are wrong in one way.

use serde_json::Number;

use crate::document::Node;
use crate::rules::{Check, Kind, Literal};

/// How many characters or items a value is made to have at most, to be beyond a limit.
const MOST: u64 = 1 << 16;
/// How many characters of a text are tried one after the other.
const TRIED: usize = 64;

/// A value of another type; a number or a truth value becomes the text of it, as loose code would write it.
pub(super) fn of_another_type(kind: Kind, value: Option<&Node>) -> Node {
    match (kind, value) {
        (Kind::Text, _) => Node::Number(1.into()),
        (_, Some(Node::Boolean(value))) => Node::Text(value.to_string()),
        (_, Some(Node::Number(number))) => Node::Text(number.to_string()),
        _ => Node::Text("1".to_owned()),
    }
}

/// Values of the same type that may break a limit, the nearest first.
pub(super) fn beyond(check: &Check, value: &Node) -> Vec<Node> {
    match (check, value) {
        (Check::MinLength(least), Node::Text(text)) => sized(text, least.checked_sub(1)),
        (Check::MaxLength(most), Node::Text(text)) => sized(text, most.checked_add(1)),
        (Check::MinItems(least), Node::List(items)) => sized_list(items, least.checked_sub(1)),
        (Check::MaxItems(most), Node::List(items)) => sized_list(items, most.checked_add(1)),
        (Check::Minimum(least), Node::Number(_)) => number(least.saturating_sub(1)).into_iter().collect(),
        (Check::Maximum(most), Node::Number(_)) => number(most.saturating_add(1)).into_iter().collect(),
        (Check::Pattern(_) | Check::OneOf(_), Node::Text(text)) => mutations(text),
        (Check::OneOf(_), Node::Boolean(value)) => vec![Node::Boolean(!value)],
        (Check::OneOf(literals), Node::Number(_)) => literals
            .iter()
            .filter_map(|literal| match literal {
                Literal::Integer(own) => number(own.saturating_add(1)),
                Literal::Text(_) | Literal::Boolean(_) => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The text cut or prolonged to so many characters.
fn sized(text: &str, size: Option<u64>) -> Vec<Node> {
    let Some(size) = size.filter(|size| *size <= MOST).and_then(|size| usize::try_from(size).ok()) else {
        return Vec::new();
    };
    let more = text.chars().last().unwrap_or('x');
    vec![Node::Text(text.chars().chain(std::iter::repeat(more)).take(size).collect())]
}

/// The list cut or prolonged to so many items. An empty one cannot be prolonged, as nothing says what its items are.
fn sized_list(items: &[Node], size: Option<u64>) -> Vec<Node> {
    let Some(size) = size.filter(|size| *size <= MOST).and_then(|size| usize::try_from(size).ok()) else {
        return Vec::new();
    };
    vec![Node::List(items.iter().cycle().take(size).cloned().collect())]
}

/// The number, as far as JSON has it: one beyond 64 bits is the nearest double.
#[allow(clippy::cast_precision_loss)] // Whether the number is still the one that is wanted, the reader says.
fn number(number: i128) -> Option<Node> {
    Number::from_i128(number).or_else(|| Number::from_f64(number as f64)).map(Node::Number)
}

/// Texts that are nearly this one: cut off, prolonged, with a character changed; and some that are nothing like it.
fn mutations(text: &str) -> Vec<Node> {
    let all: Vec<char> = text.chars().collect();
    let mut found: Vec<String> = Vec::new();
    if let Some((_, start)) = all.split_last() {
        found.push(start.iter().collect());
        found.push(all[1..].iter().collect());
    }
    found.push(format!("{text}x"));
    found.push(format!("x{text}"));
    for place in 0..all.len().min(TRIED) {
        let mut changed = all.clone();
        changed[place] = '?';
        found.push(changed.into_iter().collect());
    }
    found.extend(["", "?", "x", "1"].map(str::to_owned));
    found.into_iter().map(Node::Text).collect()
}

/// Values that may be valid where another one is, to be combined with those of the other members.
pub(in crate::content_fault) fn alternatives(kind: Kind) -> Vec<Node> {
    match kind {
        Kind::Text => vec![Node::Text(String::new())],
        Kind::Boolean => vec![Node::Boolean(false), Node::Boolean(true)],
        Kind::Integer => vec![Node::Number(0.into()), Node::Number(1.into())],
        Kind::List => vec![Node::List(Vec::new())],
    }
}

/// Whether a value of the right type can break the limit at all.
pub(in crate::content_fault) fn can_be_broken(check: &Check) -> bool {
    !matches!(check, Check::MinLength(0) | Check::MinItems(0))
}

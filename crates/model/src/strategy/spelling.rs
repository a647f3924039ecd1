//! The many ways to write the same JSON.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Number, Value};

use super::RawBody;

/// Bodies that say what the values say. The plain spelling is the usual one, and the one to shrink to.
pub(super) fn spelled(values: BoxedStrategy<Value>) -> BoxedStrategy<RawBody> {
    // The style comes first, so that it is the first to shrink.
    (prop_oneof![2 => Just(0), 1 => any::<u64>()], values)
        .prop_map(|(style, value)| {
            let mut speller = Speller { choices: style, plain: style == 0, text: String::new() };
            speller.space();
            speller.value(&value);
            speller.space();
            RawBody(speller.text.into_bytes())
        })
        .boxed()
}

struct Speller {
    /// The state of a small generator, so that one number decides the whole spelling.
    choices: u64,
    plain: bool,
    text: String,
}

impl Speller {
    /// One of so many ways; the plain one is 0.
    fn choose(&mut self, ways: u64) -> u64 {
        if self.plain {
            return 0;
        }
        // SplitMix64, by Sebastiano Vigna.
        self.choices = self.choices.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.choices;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % ways
    }

    fn space(&mut self) {
        let space = match self.choose(8) {
            1 => " ",
            2 => "\r\n",
            3 => "\t \n",
            _ => "",
        };
        self.text.push_str(space);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) => self.text.push_str(&value.to_string()),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separator(index);
                    self.value(item);
                    self.space();
                }
                self.text.push(']');
            }
            Value::Object(members) => {
                self.text.push('{');
                let mut members: Vec<_> = members.iter().collect();
                for index in 1..members.len() {
                    let other = usize::try_from(self.choose(index as u64 + 1)).unwrap_or(0);
                    if !self.plain {
                        members.swap(index, other);
                    }
                }
                for (index, (name, value)) in members.into_iter().enumerate() {
                    self.separator(index);
                    if self.choose(12) == 1 {
                        // A repeated key: the last one counts.
                        self.member(name, &Value::Null);
                        self.separator(1);
                    }
                    self.member(name, value);
                }
                self.text.push('}');
            }
        }
    }

    fn separator(&mut self, index: usize) {
        if index > 0 {
            self.text.push(',');
        }
        self.space();
    }

    fn member(&mut self, name: &str, value: &Value) {
        self.string(name);
        self.space();
        self.text.push(':');
        self.space();
        self.value(value);
        self.space();
    }

    /// An integer also as `N.0` and in scientific notation, where a double holds it exactly.
    #[allow(clippy::cast_precision_loss)] // Only integers below 2^53 are taken for doubles.
    fn number(&mut self, number: &Number) {
        let spelling = match number.as_i64().filter(|integer| integer.unsigned_abs() < 1 << 53) {
            None => number.to_string(),
            Some(integer) => match self.choose(6) {
                1 => format!("{integer}.0"),
                2 => format!("{:e}", integer as f64),
                3 => format!("{:E}", integer as f64),
                _ => integer.to_string(),
            },
        };
        self.text.push_str(&spelling);
    }

    /// A text with some of its characters escaped though they need not be.
    fn string(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            if self.choose(8) == 1 {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing to a text cannot fail.
                    let _ = write!(self.text, "\\u{unit:04x}");
                }
            } else if character == '/' && self.choose(2) == 1 {
                self.text.push_str("\\/");
            } else if matches!(character, '"' | '\\') || character.is_ascii_control() {
                let quoted = Value::String(character.into()).to_string();
                self.text.push_str(&quoted[1..quoted.len() - 1]);
            } else {
                self.text.push(character);
            }
        }
        self.text.push('"');
    }
}

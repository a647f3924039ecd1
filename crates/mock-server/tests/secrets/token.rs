//! Tokens of all characters that a path can have, and how they may be spelt in an output.

use percent_encoding::percent_decode_str;
use proptest::prelude::*;

/// A token that is shorter cannot be told from other text, and is hidden in the path alone.
pub(crate) const TELLING: usize = 8;

#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// As it stands in the path.
    pub(crate) raw: String,
    /// What that spells, if it is text; else the same.
    pub(crate) spelt: String,
}

pub(crate) fn any() -> impl Strategy<Value = Token> {
    let character = "[A-Za-z0-9]|[._~!$&'()*+,;=:@{}|\"-]|%[0-9A-Fa-f]{2}|%C3%A9|[éß名👪]";
    let raw = prop_oneof![
        4 => prop::collection::vec(character, 8..40).prop_map(|parts| parts.concat()),
        2 => "[0-9a-f]{50}",
        1 => prop::collection::vec(character, 1..8).prop_map(|parts| parts.concat()),
        1 => prop::collection::vec(character, 150..200).prop_map(|parts| parts.concat()),
    ];
    // It would be another path.
    raw.prop_filter("is a step up", |raw| !matches!(raw.as_str(), "." | "..")).prop_map(Token::of)
}

impl Token {
    fn of(raw: String) -> Self {
        let spelt = percent_decode_str(&raw).decode_utf8().map_or_else(|_| raw.clone(), Into::into);
        Self { raw, spelt }
    }

    /// Where it is in an output, in one of the ways in which text is shown.
    pub(crate) fn found_in(&self, output: &str) -> Option<String> {
        self.needles().into_iter().find(|needle| output.contains(needle))
    }

    fn needles(&self) -> Vec<String> {
        if self.raw.len() < TELLING {
            // `$TOKEN` may begin as it does.
            let is_mask = "$TOKEN".starts_with(&self.raw);
            let paths =
                ["createGroup", "CREATEGROUP", "sendMessage"].map(|name| format!("{name}/{}", self.raw));
            return if is_mask { Vec::new() } else { paths.into() };
        }
        let plain = [self.raw.clone(), self.raw.to_ascii_lowercase(), self.spelt.clone()];
        // What is short once it is decoded cannot be told from any other text, however long it is shown.
        let telling = plain.iter().filter(|text| text.len() >= TELLING);
        let shown = telling.flat_map(|text| {
            let json = serde_json::to_string(text).unwrap();
            [
                text.clone(),
                text.escape_debug().to_string(),
                text.as_bytes().escape_ascii().to_string(),
                json[1..json.len() - 1].to_owned(),
            ]
        });
        shown.collect()
    }
}

#[test]
fn a_token_is_found_however_it_is_shown() {
    let token = Token::of("s3cret-%C3%A9-\"T".to_owned());
    for shown in ["a s3cret-%C3%A9-\"T b", "s3cret-é-\\\"T", "s3cret-\\xc3\\xa9-\\\"T", "s3cret-%c3%a9-\"t"]
    {
        assert!(token.found_in(shown).is_some(), "{shown}");
    }
    assert_eq!(token.found_in("createGroup/$TOKEN"), None);
    assert_eq!(Token::of("%C3%A9%00".to_owned()).found_in("é\\u0000"), None);
    assert!(Token::of("7".to_owned()).found_in("POST /waInstance7/createGroup/7").is_some());
}

use regex::{Regex, RegexBuilder};

use super::equal_json::EqualJson;
use crate::admin::fields::Item;
use crate::admin::reply::Refusal;

/// What a header or a body has to be like.
pub(super) enum ValuePattern {
    EqualTo { text: String, ignores_case: bool },
    EqualToJson(EqualJson),
    Contains(String),
    DoesNotContain(String),
    Matches(Regex),
    DoesNotMatch(Regex),
    Absent,
}

/// Each pattern has one of these.
const KINDS: [&str; 7] =
    ["equalTo", "equalToJson", "contains", "doesNotContain", "matches", "doesNotMatch", "absent"];

/// What each of them may have beside it.
const OPTIONS: [(&str, &[&str]); 2] =
    [("equalTo", &["caseInsensitive"]), ("equalToJson", &["ignoreArrayOrder", "ignoreExtraElements"])];

/// WireMock has these too.
const UNSUPPORTED: [&str; 14] = [
    "matchesJsonPath",
    "matchesJsonSchema",
    "equalToXml",
    "matchesXPath",
    "binaryEqualTo",
    "hasExactly",
    "includes",
    "and",
    "or",
    "not",
    "before",
    "after",
    "equalToDateTime",
    "equalToNumber",
];

/// A regular expression may take so many bytes.
const REGEX_LIMIT: usize = 1 << 20;

impl ValuePattern {
    pub(super) fn read(item: &Item<'_>) -> Result<Self, Refusal> {
        let options = OPTIONS.iter().flat_map(|(_, options)| options.iter().copied());
        let known: Vec<_> = KINDS.iter().chain(&UNSUPPORTED).copied().chain(options).collect();
        let fields = item.fields(&known)?;
        if let Some(item) = UNSUPPORTED.iter().find_map(|name| fields.find(name)) {
            return Err(item.refuse("it is not supported here"));
        }
        let kinds: Vec<_> = KINDS.iter().filter(|kind| fields.find(kind).is_some()).collect();
        let [kind] = kinds[..] else {
            return Err(item.refuse(format!("it has to have one of: {}", KINDS.join(", "))));
        };
        let allowed = OPTIONS.iter().find(|(own, _)| own == kind).map_or(&[][..], |(_, options)| options);
        if let Some(other) = fields.names().find(|name| name != kind && !allowed.contains(name)) {
            return Err(fields.need(other)?.refuse(format!("it does not go with `{kind}`")));
        }
        let flag = |name: &str| fields.find(name).map_or(Ok(false), |item| item.boolean());
        let item = fields.need(kind)?;
        let like = |item: &Item<'_>| regex(item.text()?).map_err(|why| item.refuse(why));
        Ok(match *kind {
            "equalTo" => {
                Self::EqualTo { text: item.text()?.to_owned(), ignores_case: flag("caseInsensitive")? }
            }
            "equalToJson" => Self::EqualToJson(EqualJson::read(
                &item,
                flag("ignoreArrayOrder")?,
                flag("ignoreExtraElements")?,
            )?),
            "contains" => Self::Contains(item.text()?.to_owned()),
            "doesNotContain" => Self::DoesNotContain(item.text()?.to_owned()),
            "matches" => Self::Matches(like(&item)?),
            "doesNotMatch" => Self::DoesNotMatch(like(&item)?),
            _ if item.boolean()? => Self::Absent,
            _ => return Err(item.refuse("it is true, or not there")),
        })
    }

    /// `None` is a value that is not there.
    pub(super) fn matches(&self, value: Option<&str>) -> bool {
        match self {
            Self::EqualTo { text, ignores_case: false } => value == Some(text),
            Self::EqualTo { text, ignores_case: true } => {
                value.is_some_and(|value| value.to_lowercase() == text.to_lowercase())
            }
            Self::EqualToJson(json) => value.is_some_and(|value| json.matches(value)),
            Self::Contains(part) => value.is_some_and(|value| value.contains(part)),
            Self::DoesNotContain(part) => !value.is_some_and(|value| value.contains(part)),
            Self::Matches(regex) => value.is_some_and(|value| regex.is_match(value)),
            Self::DoesNotMatch(regex) => !value.is_some_and(|value| regex.is_match(value)),
            Self::Absent => value.is_none(),
        }
    }
}

/// A regular expression that describes the whole of a text, as in WireMock. What is wrong is said without the expression.
pub(super) fn regex(text: &str) -> Result<Regex, String> {
    let build = |text: &str| RegexBuilder::new(text).size_limit(REGEX_LIMIT).build();
    build(text).and_then(|_| build(&format!(r"\A(?:{text})\z"))).map_err(|error| {
        let why = match error {
            regex::Error::CompiledTooBig(_) => "too large".to_owned(),
            other => {
                other.to_string().rsplit_once("\nerror: ").map_or("not valid", |(_, why)| why).to_owned()
            }
        };
        format!("the regular expression cannot be used: {why}")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_value_is_as_the_pattern_says() {
        let check = |pattern: Value, value: Option<&str>, expected: bool| {
            let found = ValuePattern::read(&Item::whole(&pattern)).unwrap().matches(value);
            assert_eq!(found, expected, "{pattern} {value:?}");
        };
        check(json!({ "equalTo": "a" }), Some("a"), true);
        check(json!({ "equalTo": "a" }), Some("A"), false);
        check(json!({ "equalTo": "a", "caseInsensitive": true }), Some("A"), true);
        check(json!({ "equalTo": "" }), None, false);
        check(json!({ "contains": "b" }), Some("abc"), true);
        check(json!({ "contains": "" }), None, false);
        check(json!({ "doesNotContain": "b" }), Some("abc"), false);
        check(json!({ "doesNotContain": "b" }), None, true);
        check(json!({ "matches": "b" }), Some("abc"), false);
        check(json!({ "matches": "a.c" }), Some("abc"), true);
        check(json!({ "matches": "a|ab" }), Some("ab"), true);
        check(json!({ "matches": r"\w+ \d+" }), Some("größe 42"), true);
        check(json!({ "doesNotMatch": "b" }), Some("abc"), true);
        check(json!({ "doesNotMatch": "b" }), Some("b"), false);
        check(json!({ "doesNotMatch": "b" }), None, true);
        check(json!({ "absent": true }), None, true);
        check(json!({ "absent": true }), Some(""), false);
        check(json!({ "equalToJson": { "a": 1 } }), Some("{\"a\": 1.0}"), true);
    }

    #[test]
    fn another_pattern_is_refused() {
        let check = |pattern: Value, expected: &str| {
            let refused =
                ValuePattern::read(&Item::whole(&pattern)).err().map(|refusal| format!("{refusal:?}"));
            assert!(
                refused.as_ref().is_some_and(|refused| refused.contains(expected)),
                "{pattern} {refused:?}"
            );
        };
        check(json!({}), "one of: equalTo");
        check(json!("a"), "has to be an object");
        check(json!({ "equalTo": 7 }), "has to be a text");
        check(json!({ "equalTo": "a", "contains": "b" }), "one of: equalTo");
        check(json!({ "contains": "a", "caseInsensitive": true }), "does not go with `contains`");
        check(json!({ "equalTo": "a", "caseInsensitive": 1 }), "true or false");
        check(json!({ "matchesJsonPath": "$.a" }), "is not supported");
        check(json!({ "absent": false }), "it is true, or not there");
        check(json!({ "matches": "(" }), "cannot be used: unclosed group");
        check(json!({ "matches": "a)|(b" }), "cannot be used: unopened group");
        check(json!({ "matches": "(?x)a # b" }), "cannot be used");
        check(json!({ "matches": r"\w{1000}" }), "cannot be used: too large");
        check(json!({ "matches": "(?=a)" }), "look-around");
    }
}

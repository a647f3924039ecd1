use std::borrow::Cow;

use greenapi_model::Contract;
use regex::Regex;

use super::value;
use crate::admin::fields::Fields;
use crate::admin::reply::Refusal;
use crate::journal::masking::{self, MASK, Target};

pub(super) const FIELDS: [&str; 4] = ["url", "urlPattern", "urlPath", "urlPathPattern"];

/// The URL of a call. In the journal `$TOKEN` stands for the token, so it does here too: what is given is masked as the
/// journal masks what comes.
pub(super) struct UrlPattern {
    path_alone: bool,
    wanted: Wanted,
}

enum Wanted {
    /// As it was given, and masked.
    Exactly(String, String),
    Like(Regex),
}

impl UrlPattern {
    pub(super) fn read(contract: &Contract, fields: &Fields<'_>) -> Result<Option<Self>, Refusal> {
        let mut given = FIELDS.iter().filter_map(|name| fields.find(name).map(|item| (*name, item)));
        let Some((name, item)) = given.next() else { return Ok(None) };
        if let Some((other, item)) = given.next() {
            return Err(
                item.refuse(format!("there is `{name}` already; a pattern has one of it and `{other}`"))
            );
        }
        let text = item.text()?;
        let wanted = if name.ends_with("Pattern") {
            Wanted::Like(value::regex(&masked_pattern(contract, text)).map_err(|why| item.refuse(why))?)
        } else {
            Wanted::Exactly(text.to_owned(), masked(contract, text))
        };
        Ok(Some(Self { path_alone: name.starts_with("urlPath"), wanted }))
    }

    pub(super) fn matches(&self, url: &str) -> bool {
        let url = if self.path_alone { url.split('?').next().unwrap_or_default() } else { url };
        match &self.wanted {
            Wanted::Exactly(given, masked) => url == given || url == masked,
            Wanted::Like(regex) => regex.is_match(url),
        }
    }
}

fn masked(contract: &Contract, url: &str) -> String {
    let target = Target::of(url);
    let address = contract.address(target.path).ok();
    let mut masked = Vec::new();
    let token = address.as_ref().map(greenapi_model::Address::expose_token);
    masking::path(contract, target, token, &mut masked);
    String::from_utf8_lossy(&masked).into_owned()
}

/// In a regular expression `$TOKEN` stands for itself, and so does a segment that is plain text where the token stands.
fn masked_pattern<'p>(contract: &Contract, pattern: &'p str) -> Cow<'p, str> {
    let template = contract.path_template().split('/');
    let token = template.clone().position(|segment| segment == "{apiTokenInstance}");
    let plain = |segment: &str| {
        !segment.is_empty()
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte))
    };
    let segments: Vec<&str> = pattern.split('/').collect();
    match token.and_then(|index| segments.get(index).map(|segment| (index, *segment))) {
        Some((index, segment))
            if segments.len() == template.count() && (plain(segment) || segment == MASK) =>
        {
            let mut segments = segments;
            segments[index] = r"\$TOKEN";
            Cow::Owned(segments.join("/"))
        }
        _ => Cow::Borrowed(pattern),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::admin::fields::Item;

    const URL: &str = "/waInstance1101000001/createGroup/$TOKEN";

    fn read(field: &str, text: &str) -> UrlPattern {
        let body = json!({ field: text });
        let fields = Item::whole(&body).fields(&FIELDS).unwrap();
        UrlPattern::read(&Contract::default(), &fields).unwrap().unwrap()
    }

    #[test]
    fn a_url_is_compared_masked() {
        let check = |field: &str, text: &str, url: &str, expected: bool| {
            assert_eq!(read(field, text).matches(url), expected, "{field} {text} {url}");
        };
        check("url", "/waInstance1101000001/createGroup/s3cret", URL, true);
        check("url", URL, URL, true);
        check("url", "/waInstance1101000002/createGroup/s3cret", URL, false);
        check("url", "/waInstance1101000001/createGroup/s3cret?a=b", URL, false);
        check(
            "url",
            "/waInstance1101000001/createGroup/s3cret?a=b",
            "/waInstance1101000001/createGroup/$TOKEN?[3 characters]",
            true,
        );
        check(
            "urlPath",
            "/waInstance1101000001/createGroup/s3cret",
            "/waInstance1101000001/createGroup/$TOKEN?[3 characters]",
            true,
        );
        check("url", "/other", "/[5 characters]", true);
        check("url", "/[5 characters]", "/[5 characters]", true);
        check("urlPattern", ".*", URL, true);
        check("urlPattern", "/waInstance[0-9]+", URL, false);
        check("urlPattern", r"/waInstance\d+/createGroup/.*", URL, true);
        check("urlPattern", r"/waInstance\d+/createGroup/s3cret-1", URL, true);
        check("urlPattern", r"/waInstance\d+/createGroup/$TOKEN", URL, true);
        check("urlPattern", r"/waInstance\d+/createGroup/\$TOKEN", URL, true);
        check(
            "urlPathPattern",
            "/waInstance110100000[12]/.*",
            "/waInstance1101000002/createGroup/$TOKEN?x",
            true,
        );
        check("urlPattern", "a|/waInstance.*|b", URL, true);
    }
}

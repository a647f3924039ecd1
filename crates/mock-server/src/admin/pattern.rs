//! Which calls are meant: WireMock's request patterns.

mod equal_json;
mod url;
mod value;

use std::borrow::Cow;

use greenapi_model::Contract;

use self::url::UrlPattern;
use self::value::ValuePattern;
use super::fields::Item;
use super::reply::Refusal;
use crate::journal::Entry;

/// What a call has to be like. A pattern that says nothing fits all of them.
pub(super) struct RequestPattern {
    method: Option<String>,
    url: Option<UrlPattern>,
    headers: Vec<(String, ValuePattern)>,
    body: Vec<ValuePattern>,
}

const FIELDS: [&str; 3] = ["method", "headers", "bodyPatterns"];

/// WireMock has these too.
const UNSUPPORTED: [&str; 14] = [
    "urlPathTemplate",
    "pathParameters",
    "queryParameters",
    "formParameters",
    "cookies",
    "basicAuthCredentials",
    "multipartPatterns",
    "customMatcher",
    "clientIp",
    "scheme",
    "host",
    "port",
    "loggedDate",
    "browserProxyRequest",
];

impl RequestPattern {
    pub(super) fn read(contract: &Contract, item: &Item<'_>) -> Result<Self, Refusal> {
        let fields = item.fields(&[&FIELDS[..], &url::FIELDS, &UNSUPPORTED].concat())?;
        if let Some(item) = UNSUPPORTED.iter().find_map(|name| fields.find(name)) {
            return Err(item.refuse(match item.pointer.as_str() {
                "/queryParameters" => "it is not supported: the journal does not keep queries",
                _ => "it is not supported here",
            }));
        }
        let headers = match fields.find("headers") {
            None => Vec::new(),
            Some(item) => {
                let named = item.value.as_object().ok_or_else(|| item.refuse("it has to be an object"))?;
                let header = |(name, value): (&String, _)| {
                    let item = Item { value, pointer: item.pointer.child(name) };
                    Ok((name.to_ascii_lowercase(), ValuePattern::read(&item)?))
                };
                named.iter().map(header).collect::<Result<_, Refusal>>()?
            }
        };
        let body = match fields.find("bodyPatterns") {
            None => Vec::new(),
            Some(item) => item.items()?.iter().map(ValuePattern::read).collect::<Result<_, _>>()?,
        };
        let method = fields.find("method").map(|item| item.text()).transpose()?;
        Ok(Self {
            method: method.filter(|method| *method != "ANY").map(str::to_owned),
            url: UrlPattern::read(contract, &fields)?,
            headers,
            body,
        })
    }

    pub(super) fn matches(&self, entry: &Entry) -> bool {
        self.method.as_ref().is_none_or(|method| method == entry.method())
            && self.url.as_ref().is_none_or(|url| url.matches(entry.path()))
            && self.headers.iter().all(|(name, pattern)| matches_header(pattern, entry, name))
            && self.matches_body(entry)
    }

    fn matches_body(&self, entry: &Entry) -> bool {
        // What was not kept is absent, and so is a body of no bytes.
        let text = entry.body().bytes().filter(|bytes| !bytes.is_empty()).map(String::from_utf8_lossy);
        self.body.iter().all(|pattern| pattern.matches(text.as_deref()))
    }
}

/// One of the values of a header is enough.
fn matches_header(pattern: &ValuePattern, entry: &Entry, name: &str) -> bool {
    let values: Vec<Cow<'_, str>> =
        entry.headers().filter(|(own, _)| *own == name).map(|(_, value)| value).collect();
    match &values[..] {
        [] => pattern.matches(None),
        values => values.iter().any(|value| pattern.matches(Some(value))),
    }
}

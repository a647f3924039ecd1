//! The bodies of answers that are no group, in all the forms that are known of them.

use greenapi_model::ApiToken;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::error::Quota;

/// So much of a text is shown.
const SHOWN: usize = 200;

/// What is found in a body.
pub(crate) struct Found {
    /// What it is.
    pub(crate) form: &'static str,
    /// What it says, as it came, on one line. It may hold the path.
    pub(crate) text: Option<String>,
    pub(crate) quota: Option<Quota>,
}

/// Reads a body: the envelope of an error, a quota, a text, a page, nothing.
pub(crate) fn read(body: &[u8]) -> Found {
    let body = without_mark(body).trim_ascii();
    let found = |form, text: Option<&str>| Found { form, text: text.and_then(one_line), quota: None };
    if body.is_empty() {
        return found("an empty body", None);
    }
    if body.starts_with(b"<") {
        return found("a page of HTML", None);
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => {
            let text = |name: &str| members.get(name).and_then(text_of);
            let quota = ["invokeStatus", "correspondentsStatus"].iter().find_map(|name| members.get(*name));
            match (text("message"), quota) {
                (Some(message), _) => found("the envelope of an error", Some(&message)),
                (None, Some(quota)) => Found {
                    quota: quota_of(quota),
                    ..found("a quota", quota.get("status").and_then(Value::as_str))
                },
                (None, None) => found("JSON of a form that is not known", None),
            }
        }
        Ok(Value::String(text)) => found("a text", Some(&text)),
        Ok(_) => found("JSON that is no object", None),
        Err(_) if body.starts_with(b"{") || body.starts_with(b"[") => found("a body that is no JSON", None),
        Err(_) => match std::str::from_utf8(body) {
            Ok(text) => found("a text", Some(text)),
            Err(_) => found("a body that is no text", None),
        },
    }
}

/// The bytes without a byte order mark.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The text with `***` for each word that may be a path or hold the token, and not endless.
pub(crate) fn masked(text: &str, token: &ApiToken) -> String {
    let token = token.expose().to_ascii_lowercase();
    let is_secret = |word: &str| {
        let decoded = percent_decode_str(word).decode_utf8_lossy().to_ascii_lowercase();
        decoded.contains('/') || decoded.contains(&token)
    };
    let words: Vec<&str> = text.split(' ').map(|word| if is_secret(word) { "***" } else { word }).collect();
    let text = words.join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A text, or a list of texts as some services write what is wrong with a request.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join("; "))
        }
        _ => None,
    }
}

fn quota_of(value: &Value) -> Option<Quota> {
    let number = |name: &str| value.get(name).and_then(Value::as_u64);
    Some(Quota { used: number("used")?, total: number("total")? })
}

/// The text with one space for all that is between two words, if there is a word.
fn one_line(text: &str) -> Option<String> {
    let blank = |character: char| character.is_whitespace() || character.is_control();
    let words: Vec<&str> = text.split(blank).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_in_a_body() {
        let check = |body: &str, form: &str, text: Option<&str>| {
            let found = read(body.as_bytes());
            assert_eq!((found.form, found.text.as_deref(), found.quota), (form, text, None), "{body}");
        };
        check("", "an empty body", None);
        check("\u{feff}\r\n", "an empty body", None);
        check("<!DOCTYPE html>", "a page of HTML", None);
        check("\r\n<html>", "a page of HTML", None);
        check(r#"{"message":"bad request data"}"#, "the envelope of an error", Some("bad request data"));
        check("\u{feff}{\"message\":\"a\\r\\n b\\u0000\"}\r\n", "the envelope of an error", Some("a b"));
        check(r#"{"message":["a","b"]}"#, "the envelope of an error", Some("a; b"));
        check(r#"{"message":""}"#, "the envelope of an error", None);
        check(r#"{"message":7}"#, "JSON of a form that is not known", None);
        check(r#"{"invokeStatus":{"status":"QUOTE_EXCEEDED"}}"#, "a quota", Some("QUOTE_EXCEEDED"));
        check("{}", "JSON of a form that is not known", None);
        check("[1]", "JSON that is no object", None);
        check("7", "JSON that is no object", None);
        check("\"bad request data\"", "a text", Some("bad request data"));
        check("bad request data\r\n", "a text", Some("bad request data"));
        check(" two\nlines ", "a text", Some("two lines"));
        check("{\"message\":", "a body that is no JSON", None);
        assert_eq!(read(b"\xff").form, "a body that is no text");
    }

    #[test]
    fn a_quota_is_read_by_either_name() {
        for name in ["invokeStatus", "correspondentsStatus"] {
            let body = format!(r#"{{"{name}":{{"used":100,"total":1000,"status":"QUOTE_EXCEEDED"}}}}"#);
            assert_eq!(read(body.as_bytes()).quota, Some(Quota { used: 100, total: 1000 }));
        }
    }

    #[test]
    fn what_may_be_secret_is_masked() {
        let token: ApiToken = "s3cret-t0ken".parse().unwrap();
        let check = |text: &str, expected: &str| assert_eq!(masked(text, &token), expected);
        check("bad request data", "bad request data");
        check("Cannot GET /waInstance1/createGroup/s3cret-t0ken", "Cannot GET ***");
        check("no S3CRET-T0KEN, here", "no *** here");
        check("no s3cret%2Dt0ken here", "no *** here");
        check("at %2FwaInstance1", "at ***");
        check(&"é".repeat(300), &format!("{}…", "é".repeat(200)));
    }
}

//! Requests and answers as text: without the token, without what a terminal would take for a command, and not endless.

use std::fmt::Write as _;

use crate::case::{Reply, Request};
use crate::target::Target;

/// What is shown of a body at most, in characters.
const SHOWN: usize = 2_000;

/// The request as text.
pub(crate) fn request(request: &Request, target: &Target) -> String {
    let mut text = format!("{} {}\n", request.method, shown(request.target.as_bytes(), target));
    for (name, value) in &request.headers {
        let _ = writeln!(text, "{name}: {}", shown(value.as_bytes(), target));
    }
    text + "\n" + &shown(&request.body, target)
}

/// The answer as text.
pub(crate) fn reply(reply: &Reply, target: &Target) -> String {
    match reply {
        Reply::Nothing(why) => format!("no answer: {why}"),
        Reply::Withheld(why) => format!("not sent: {why}"),
        Reply::Answer(answer) => {
            let status = http::StatusCode::from_u16(answer.status).map(|status| status.to_string());
            let mut text = format!("{}\n", status.unwrap_or_else(|_| answer.status.to_string()));
            for (name, value) in &answer.headers {
                let _ = writeln!(text, "{name}: {}", shown(value.as_bytes(), target));
            }
            text + "\n" + &shown(&answer.body, target)
        }
    }
}

/// Bytes as text.
pub(crate) fn shown(bytes: &[u8], target: &Target) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.escape_ascii().to_string(),
    };
    // Masked before it is cut, so that no part of the token is left at the end.
    let text: String = target.masked(&text).chars().flat_map(printable).collect();
    if text.chars().count() <= SHOWN {
        return text;
    }
    let start: String = text.chars().take(SHOWN / 10).collect();
    format!("{start}… ({} bytes)", bytes.len())
}

/// The character, or its escape if it would not be seen as what it is.
fn printable(character: char) -> impl Iterator<Item = char> {
    let plain = is_plain(character);
    let escape = (!plain).then(|| character.escape_default());
    escape.into_iter().flatten().chain(plain.then_some(character))
}

/// Whether a character is seen as what it is: no control character other than a line feed, and none of those that turn the
/// direction of a text.
pub(crate) fn is_plain(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !turns && (character == '\n' || !character.is_control())
}

//! A request as a script for `sh` that sends it by curl.

use std::fmt::Write as _;

use crate::replay::Replay;
use crate::target::TOKEN;
use crate::text;

/// What an argument of a program may hold on every system.
const ARGUMENT: usize = 60_000;

/// The script. The token is the variable `TOKEN` of the environment.
pub(super) fn script(url: &str, replay: &Replay) -> String {
    let body = replay.body().unwrap_or_default();
    let target = format!("{}{}", url.trim_end_matches('/'), replay.target(replay.instance.into()));
    let mut options = format!("-sS -i -g --path-as-is -X {}", quoted(&replay.request.method));
    let mut has_type = false;
    for (name, value) in &replay.request.headers {
        has_type |= name.eq_ignore_ascii_case("content-type");
        // A header without a value is one that curl leaves out, unless a semicolon ends it.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        let _ = write!(options, " -H {}", quoted(&header));
    }
    if !has_type {
        options.push_str(" -H 'content-type:'");
    }
    // Nothing is sent before the body but the head.
    options.push_str(" -H 'expect:'");
    let target = target.split(TOKEN).map(quoted).collect::<Vec<_>>().join("\"$TOKEN\"");
    match std::str::from_utf8(&body) {
        Ok("") if replay.request.method == "POST" => format!("curl {options} --data-raw '' {target}\n"),
        Ok("") => format!("curl {options} {target}\n"),
        Ok(text) if is_plain(text) => format!("curl {options} --data-raw {} {target}\n", quoted(text)),
        _ => format!("{} |\n  curl {options} --data-binary @- {target}\n", printf(&body)),
    }
}

/// Whether a text can stand as an argument in a script, and be read there.
fn is_plain(text: &str) -> bool {
    text.len() <= ARGUMENT && text.chars().all(|one| one == '\t' || text::is_plain(one))
}

/// The text as one word of the shell.
fn quoted(text: &str) -> String {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"/:.-_".contains(&byte);
    if text.bytes().all(is_word) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A command that prints these bytes. It is a part of the shell, so its arguments may be of any size; spaces at the end are
/// counted and not written.
fn printf(body: &[u8]) -> String {
    let head = body.trim_ascii_end();
    let spaces = body.len() - head.len();
    let (head, spaces) = if spaces > 100 && body[head.len()..].iter().all(|byte| *byte == b' ') {
        (head, spaces)
    } else {
        (body, 0)
    };
    let mut text = String::new();
    for (index, byte) in head.iter().enumerate() {
        match byte {
            // Else it would be an option.
            b'-' if index == 0 => text.push_str(r"\055"),
            b'\'' => text.push_str(r"'\''"),
            b'\\' => text.push_str(r"\\"),
            b'%' => text.push_str("%%"),
            b' '..=b'~' => text.push(char::from(*byte)),
            // Three digits, so that a digit behind it is none of them.
            _ => {
                let _ = write!(text, "\\{byte:03o}");
            }
        }
    }
    if spaces == 0 { format!("printf '{text}'") } else { format!("printf '{text}%{spaces}s' ''") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn output_of(script: &str) -> Vec<u8> {
        let ended = std::process::Command::new("sh").args(["-c", script]).output().unwrap();
        assert!(ended.status.success(), "{script}: {}", String::from_utf8_lossy(&ended.stderr));
        ended.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_shell_prints_the_bytes(body in prop::collection::vec(any::<u8>(), 1..60), spaces in prop::option::of(99..200_usize)) {
            let body = [body, vec![b' '; spaces.unwrap_or(0)]].concat();
            prop_assert_eq!(output_of(&printf(&body)), body);
        }

        #[test]
        fn what_begins_like_an_option_is_none(body in "-[-a-z\\\\%]{0,3}") {
            prop_assert_eq!(output_of(&printf(body.as_bytes())), body.into_bytes());
        }

        #[test]
        fn a_shell_reads_a_word_as_it_was(text in "[^\\x00]{1,40}") {
            let printed = output_of(&format!("printf %s {}", quoted(&text)));
            prop_assert_eq!(printed, text.into_bytes());
        }
    }
}

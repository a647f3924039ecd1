//! The line that is meant, with the place marked below it, and without the tokens that may stand in it.

use std::ops::Range;

use super::keys;

/// The longest line that is shown.
const WIDEST: usize = 120;

/// Line and column, both from 1, and what to show of the line.
pub(super) fn of(text: &str, span: &Range<usize>) -> ((usize, usize), Option<String>) {
    let start = boundary(text, span.start);
    let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let number = text[..start].matches('\n').count() + 1;
    let column = text[line_start..start].chars().count() + 1;
    // Inside a text of many lines there is no telling what the line is a part of.
    let inside = |quotes: &str| text[..line_start].matches(quotes).count() % 2 == 1;
    if inside("\"\"\"") || inside("'''") {
        return ((number, column), None);
    }
    let line = text[line_start..].lines().next().unwrap_or_default();
    let start = (start - line_start).min(line.len());
    let end = boundary(text, span.end).saturating_sub(line_start).clamp(start, line.len());
    ((number, column), show(number, line, start..end))
}

/// The end of the text, or where a character starts, at `index` or before.
fn boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

fn show(number: usize, line: &str, marked: Range<usize>) -> Option<String> {
    let width = |line: &str| without_tokens(line).chars().count();
    let (before, up_to) = (width(&line[..marked.start]), width(&line[..marked.end]));
    if before >= WIDEST {
        return None;
    }
    let shown: String = without_tokens(line).chars().take(WIDEST).collect();
    let marks = "^".repeat(up_to.min(WIDEST).saturating_sub(before).max(1));
    let number = number.to_string();
    let (margin, indent) = (" ".repeat(number.len()), " ".repeat(before));
    Some(format!("{margin} |\n{number} | {shown}\n{margin} | {indent}{marks}"))
}

/// The line with stars for the value of each key that may be meant for a token's, also where it is no TOML: `token: x`.
fn without_tokens(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(separator) = rest.find(['=', ':']) {
        let (key, value) = rest.split_at(separator);
        let spaces = value[1..].len() - value[1..].trim_start().len();
        let (separator, value) = value.split_at(1 + spaces);
        shown.push_str(key);
        shown.push_str(separator);
        rest = value;
        if is_of_token(key) && !value.is_empty() {
            shown.push_str("***");
            rest = &value[end_of_value(value)..];
            // What follows may belong to it as well.
            if !matches!(rest.trim_start().chars().next(), None | Some(',' | ']' | '}' | '#')) {
                return shown;
            }
        }
    }
    // `token "x"` has no separator at all.
    let word_end =
        rest.trim_start().find(char::is_whitespace).map(|end| end + rest.len() - rest.trim_start().len());
    match word_end {
        Some(end) if is_of_token(&rest[..end]) && !rest[end..].trim().is_empty() => {
            shown + &rest[..end] + " ***"
        }
        _ => shown + rest,
    }
}

/// Whether the last word is `token`, or may be meant to be.
fn is_of_token(before: &str) -> bool {
    const LIKE: f64 = 0.7;
    let word = before.trim_end().trim_end_matches(['"', '\'']);
    let start =
        word.rfind(|character: char| !character.is_alphanumeric() && character != '-' && character != '_');
    let word = word[start.map_or(0, |start| start + 1)..].to_ascii_lowercase();
    word == "token"
        || (!keys::is_known(&word) && (word.contains("tok") || strsim::jaro_winkler(&word, "token") > LIKE))
}

fn end_of_value(value: &str) -> usize {
    let Some(quote) = value.chars().next().filter(|first| ['"', '\''].contains(first)) else {
        return value.find([',', '}', '#']).unwrap_or(value.len());
    };
    let mut escaped = false;
    for (index, character) in value.char_indices().skip(1) {
        if character == quote && !escaped {
            return index + 1;
        }
        escaped = quote == '"' && character == '\\' && !escaped;
    }
    value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_in_its_line() {
        let check = |text: &str, span: Range<usize>, place: (usize, usize), expected: &str| {
            assert_eq!(of(text, &span), (place, Some(expected.to_owned())), "{text}");
        };
        check("a = 1\nseed = x\n", 13..14, (2, 8), "  |\n2 | seed = x\n  |        ^");
        check("ключ = [\n1,\n]", 9..20, (1, 6), "  |\n1 | ключ = [\n  |      ^^^");
        check("a", 1..1, (1, 2), "  |\n1 | a\n  |  ^");
        check("", 0..0, (1, 1), "  |\n1 | \n  | ^");
    }

    #[test]
    fn a_token_is_not_shown() {
        let check = |line: &str, expected: &str| assert_eq!(without_tokens(line), expected, "{line}");
        check("token = \"s3cret\"", "token = ***");
        check("token = 's3cret' # mine", "token = *** # mine");
        check("{ id = 7, token = \"a\\\"b\", state = \"x\" }", "{ id = 7, token = ***, state = \"x\" }");
        check("tokn = s3cret", "tokn = ***");
        check("\"Token\" = \"s3cret", "\"Token\" = ***");
        check("api_token=1234}", "api_token=***}");
        check("token = 's3cret' 's3cret', 1", "token = ***");
        check("token: s3cret", "token: ***");
        check("token \"s3cret\"", "token ***");
        check("listen = \"127.0.0.1:80\" # here", "listen = \"127.0.0.1:80\" # here");
        check("state = \"starting\"", "state = \"starting\"");
        check("token-file = \"a\"", "token-file = \"a\"");
        check("then = 'never'", "then = 'never'");
        check("fault = \"wire.latency=1s\"", "fault = \"wire.latency=1s\"");
    }

    #[test]
    fn a_place_beside_a_token_or_in_it_is_marked() {
        let check = |text: &str, span: Range<usize>, expected: Option<&str>| {
            let expected = expected.map(|lines| format!("  |\n1 | {lines}"));
            assert_eq!(of(text, &span).1, expected, "{text}");
        };
        check(
            "{ token = \"s3cret\", stat = 1 }",
            20..24,
            Some("{ token = ***, stat = 1 }\n  |                ^^^^"),
        );
        check("token = \"s3 cret\"", 8..17, Some("token = ***\n  |         ^^^"));
        check("token = \"s3 cret", 13..14, Some("token = ***\n  |            ^"));
        // The line may be a part of one.
        check("token = \"\"\"\ns3cret", 13..14, None);
    }
}

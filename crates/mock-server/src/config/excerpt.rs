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
    // What has a quote without its other one, and no key before it, may be the rest of a text.
    if open_quote(line).is_some() && !line.contains('=') {
        return ((number, column), None);
    }
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
    let (before, rest) = line.split_at(marked.start);
    let (meant, after) = rest.split_at(marked.end - marked.start);
    let open = open_quote(before);
    let before = without_texts(before);
    // What is meant is shown, unless it belongs to a token.
    let up_to = without_tokens(&format!("{before}{meant}"));
    let meant = up_to.strip_prefix(&before).map_or("***", |meant| meant);
    // A text that began before goes on behind.
    let after = match open {
        Some(quote) if !meant.contains(quote) => after.split_once(quote).map_or("", |(_, behind)| behind),
        _ => after,
    };
    let shown = without_tokens(&format!("{before}{meant}{}", without_texts(after)));
    let width = |text: &str| text.chars().count();
    if width(&before) >= WIDEST {
        return None;
    }
    let shown: String = shown.chars().take(WIDEST).collect();
    let marks = "^".repeat(width(meant).min(WIDEST - width(&before)).max(1));
    let number = number.to_string();
    let (margin, indent) = (" ".repeat(number.len()), " ".repeat(width(&before)));
    Some(format!("{margin} |\n{number} | {}\n{margin} | {indent}{marks}", shown.trim_end()))
}

/// The quote of a text that begins in the line and does not end in it.
fn open_quote(line: &str) -> Option<char> {
    let mut open = None;
    for character in line.chars().filter(|character| ['"', '\''].contains(character)) {
        match open {
            None => open = Some(character),
            Some(quote) if quote == character => open = None,
            Some(_) => {}
        }
    }
    open
}

/// A part of a line with stars for each text in it, and without a comment: anything may stand there.
fn without_texts(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(['"', '\'', '#']) {
        shown.push_str(&rest[..start]);
        if rest[start..].starts_with('#') {
            return shown;
        }
        shown.push_str("***");
        rest = &rest[start + end_of_value(&rest[start..])..];
    }
    shown + rest
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
    let of_word = |character: char| character.is_alphanumeric() || character == '-' || character == '_';
    let word = word.rsplit(|character| !of_word(character)).next().unwrap_or_default().to_ascii_lowercase();
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
    fn nothing_beside_what_is_meant_is_shown_that_may_be_a_token() {
        let check = |text: &str, meant: &str, expected: Option<&str>| {
            let start = text.find(meant).unwrap();
            let shown = of(text, &(start..start + meant.len())).1;
            let line =
                shown.as_deref().map(|shown| shown.lines().nth(1).unwrap().split_once("| ").unwrap().1);
            assert_eq!(line, expected, "{text}");
        };
        check("password = \"s3cret\"", "password", Some("password = ***"));
        check("id = 'x' # token s3cret", "id", Some("id = ***"));
        check("token = s3cret # s3cret", "s3cret", Some("token = ***"));
        check("token =\n\"s3cret\"", "\n", Some("token ="));
        check("stat = 'x', token = 's3cret'", "stat", Some("stat = ***, token = ***"));
        check("faults = [\"wrong\", \"right\"]", "\"wrong\"", Some("faults = [\"wrong\", ***]"));
        check("-abc\"", "-", None);
        check("token–file = 1", "token–file", Some("token–file = 1"));
        check("\u{b4d}: 1", ":", Some("\u{b4d}: 1"));
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

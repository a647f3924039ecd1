//! Patterns that mean the same in every dialect of regular expressions.

use regex::Regex;
use regex_syntax::ast::{self, Ast, Visitor};

/// Compiles a `pattern`, or says why it will not do.
///
/// JSON Schema asks for ECMA-262. A pattern here keeps to what ECMA-262, Python and Rust read alike: literals, classes
/// of literals and ranges, groups, alternation, repetition, and `^` and `$` for the ends of the text. `\d` and `.`, for
/// instance, are not the same set of characters in all of them. One difference is left: in Python, `$` also matches before
/// a line feed that ends the text.
pub(crate) fn compile(text: &str) -> Result<Regex, String> {
    let tree =
        ast::parse::Parser::new().parse(text).map_err(|error| format!("no pattern: {}", error.kind()))?;
    ast::visit(&tree, Portable { text })?;
    Regex::new(text).map_err(|error| format!("no pattern: {error}"))
}

struct Portable<'t> {
    text: &'t str,
}

impl Visitor for Portable<'_> {
    type Output = ();
    type Err = String;

    fn finish(self) -> Result<(), String> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), String> {
        match ast {
            Ast::Dot(_) => refuse("`.`"),
            Ast::ClassPerl(_) => refuse("a class such as `\\d`"),
            Ast::ClassUnicode(_) => refuse("a Unicode class"),
            Ast::Flags(_) => refuse("a flag"),
            Ast::Group(group) => match &group.kind {
                ast::GroupKind::CaptureIndex(_) => Ok(()),
                ast::GroupKind::NonCapturing(flags) if flags.items.is_empty() => Ok(()),
                _ => refuse("a group with a name or with flags"),
            },
            Ast::Assertion(assertion) => match assertion.kind {
                ast::AssertionKind::StartLine | ast::AssertionKind::EndLine => Ok(()),
                _ => refuse("an assertion other than `^` and `$`"),
            },
            Ast::Literal(literal) => literal_is_portable(literal),
            Ast::Repetition(repetition) => {
                // Elsewhere `a++` is possessive, and `a**` and `^*` are errors.
                if matches!(*repetition.ast, Ast::Repetition(_) | Ast::Assertion(_)) {
                    return refuse("a repetition of a repetition or of an end");
                }
                let count = &repetition.op.span;
                if self.text[count.start.offset..count.end.offset].contains(char::is_whitespace) {
                    return refuse("a space in a count such as `{2, 3}`");
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), String> {
        match item {
            ast::ClassSetItem::Literal(literal) => literal_is_portable(literal),
            ast::ClassSetItem::Range(range) => {
                literal_is_portable(&range.start)?;
                literal_is_portable(&range.end)
            }
            ast::ClassSetItem::Union(_) | ast::ClassSetItem::Empty(_) => Ok(()),
            _ => refuse("a class within a class"),
        }
    }

    fn visit_class_set_binary_op_pre(&mut self, _: &ast::ClassSetBinaryOp) -> Result<(), String> {
        refuse("an operation on classes")
    }
}

fn literal_is_portable(literal: &ast::Literal) -> Result<(), String> {
    match (&literal.kind, literal.c) {
        (ast::LiteralKind::Verbatim, ']' | '{' | '}') => refuse("a bracket without a backslash"),
        (ast::LiteralKind::Verbatim, _) => Ok(()),
        (ast::LiteralKind::Meta, mark) if "^$\\.*+?()[]{}|/".contains(mark) => Ok(()),
        _ => refuse("an escape other than that of a mark of the syntax"),
    }
}

fn refuse(what: &str) -> Result<(), String> {
    Err(format!(
        "{what} means different things to different readers; write literals, classes such as `[0-9]`, groups, \
         `|`, repetitions, `^` and `$`"
    ))
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn patterns_keep_to_what_all_dialects_share() {
        let check = |pattern: &str, expected: bool| {
            assert_eq!(compile(pattern).is_ok(), expected, "{pattern}: {:?}", compile(pattern).err());
        };
        for pattern in [
            "",
            "^$",
            "^[0-9]{1,15}@g\\.us$",
            "a|b",
            "(a|b)?",
            "(?:ab)*",
            "[^a-z]+",
            "\\[",
            "[\\]]",
            "é",
            "a{2,3}?",
            "(a*)*",
        ] {
            check(pattern, true);
        }
        for pattern in [
            ".",
            "\\d",
            "[\\d]",
            "\\w",
            "\\s",
            "\\bx",
            "\\p{L}",
            "(?i)a",
            "(?<name>a)",
            "(?i:a)",
            "\\x41",
            "\\u{41}",
            "\\n",
            "\\Aa",
            "a\\z",
            "[[:alpha:]]",
            "[a&&b]",
            "[a[b]]",
            "(?=a)",
            "(a)\\1",
            "(",
            "[",
            "a{2,1}",
            "]",
            "}",
            "\\-",
            "a**",
            "a++",
            "a?+",
            "a{2}{3}",
            "^*a",
            "a{2, 3}",
            "a{ 2}",
        ] {
            check(pattern, false);
        }
    }
}

//! Values about a schema: of each type, and at the edges of each limit.

use serde_json::Value;

/// A value as JSON text.
pub(super) struct Candidate {
    pub(super) label: String,
    pub(super) raw: String,
    /// The keyword that it is about, or nothing.
    pub(super) about: String,
    /// Whether it is this project's choice that it is valid, where it is.
    pub(super) assumed: bool,
}

/// Texts of many scripts, and what is seldom in one.
const TEXTS: [(&str, &str); 22] = [
    ("ascii", "plain text"),
    ("cyrillic", "Группа"),
    ("cjk", "群組グループ그룹"),
    ("arabic-rtl", "مجموعة"),
    ("hebrew-rtl", "קבוצה"),
    ("devanagari-combining", "समूह"),
    ("thai", "กลุ่ม"),
    ("combining-mark", "e\u{301}a\u{308}"),
    ("emoji", "🎉"),
    ("emoji-joined", "👩🏽\u{200d}🚀👨\u{200d}👩\u{200d}👧"),
    ("flag", "🇺🇦"),
    ("beyond-bmp", "𝔊𝔯𝔬𝔲𝔭"),
    ("turned", "\u{202e}abc\u{202c}"),
    ("zero-width", "a\u{200b}b\u{feff}c"),
    ("one-space", " "),
    ("line-break", "two\nlines"),
    ("quotes", "\"quoted\" \\ 'so'"),
    ("markup", "<b>&amp;</b>"),
    ("percent", "100% %s %00 {}"),
    ("digits", "12345"),
    ("word-null", "null"),
    ("nul", "a\0b"),
];

/// What a body may hold of JSON's escapes, as it is written.
const ESCAPED: [(&str, &str); 3] = [
    ("escaped-nul", r#""a\u0000b""#),
    ("escaped-pair", r#""\ud83d\ude80""#),
    ("escaped-letters", r#""\u0061\/\b\f\n\r\t""#),
];

/// The edges of the types that hold integers, and of a phone's.
const INTEGERS: [i128; 15] = [
    -1,
    0,
    1,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
    1 << 32,
    79_001_234_567,
    (1 << 53) - 1,
    1 << 53,
    (1 << 53) + 1,
    (1 << 63) - 1,
    1 << 63,
    1 << 64,
    100_000_000_000_000_000_000_000,
];

/// Numbers as they may be written, and whether that it is an integer is a matter of choice.
const NUMBERS: [(&str, &str, bool); 8] = [
    ("fraction", "1.5", false),
    ("small-fraction", "79001234567.5", false),
    ("integer-with-point", "79001234567.0", true),
    ("integer-with-exponent", "7.9001234567e10", true),
    ("integer-with-capital-exponent", "79E9", true),
    ("minus-zero", "-0", false),
    ("exponent-to-fraction", "5e-1", false),
    ("huge-exponent", "1e300", false),
];

/// The values for one schema.
pub(super) fn candidates(schema: &Value) -> Vec<Candidate> {
    let mut all = types();
    match schema["type"].as_str() {
        Some("string") => all.extend(texts(schema)),
        Some("integer") => all.extend(integers(schema)),
        _ => {}
    }
    all.extend(literals(schema));
    all
}

fn candidate(label: impl Into<String>, raw: impl Into<String>) -> Candidate {
    Candidate { label: label.into(), raw: raw.into(), about: String::new(), assumed: false }
}

/// One value or two of each JSON type.
fn types() -> Vec<Candidate> {
    let values = [
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ("zero", "0"),
        ("number", "79001234567"),
        ("negative", "-5"),
        ("empty-string", "\"\""),
        ("string", "\"x\""),
        ("string-of-digits", "\"79001234567\""),
        ("string-of-json", "\"[]\""),
        ("empty-array", "[]"),
        ("array-in-array", "[[]]"),
        ("array-of-null", "[null]"),
        ("empty-object", "{}"),
        ("object", "{\"0\":\"x\"}"),
    ];
    values.into_iter().map(|(label, raw)| candidate(format!("type-{label}"), raw)).collect()
}

fn texts(schema: &Value) -> Vec<Candidate> {
    let quoted = |text: &str| Value::String(text.to_owned()).to_string();
    let mut all: Vec<Candidate> =
        TEXTS.iter().map(|(label, text)| candidate(format!("text-{label}"), quoted(text))).collect();
    for text in &mut all {
        // Nobody says that a NUL is taken, or that it is not.
        text.assumed = text.raw.contains("\\u0000");
    }
    all.extend(ESCAPED.iter().map(|(label, raw)| Candidate {
        assumed: raw.contains("0000"),
        ..candidate(format!("text-{label}"), *raw)
    }));
    for length in [26_usize, 64, 101, 256, 1_000, 5_000] {
        all.push(candidate(format!("text-{length}-characters"), quoted(&"g".repeat(length))));
        all.push(Candidate {
            assumed: length > 1_000,
            ..candidate(format!("text-{length}-wide-characters"), quoted(&"ж".repeat(length)))
        });
    }
    for keyword in ["minLength", "maxLength"] {
        let Some(limit) = schema[keyword].as_u64().filter(|limit| *limit <= 5_000) else { continue };
        // One of two units in UTF-16 and four bytes in UTF-8: whoever counts these counts another length.
        for (script, one) in [("ascii", "g"), ("emoji", "🎉")] {
            for (place, length) in around(limit.into(), 0) {
                let length = usize::try_from(length).unwrap_or(0);
                all.push(Candidate {
                    about: keyword.to_owned(),
                    ..candidate(format!("{keyword}-{place}-{script}"), quoted(&one.repeat(length)))
                });
            }
        }
    }
    all
}

fn integers(schema: &Value) -> Vec<Candidate> {
    let mut all: Vec<Candidate> =
        INTEGERS.iter().map(|number| candidate(format!("integer-{number}"), number.to_string())).collect();
    all.extend(NUMBERS.iter().map(|(label, raw, assumed)| Candidate {
        assumed: *assumed,
        ..candidate(format!("number-{label}"), *raw)
    }));
    for keyword in ["minimum", "maximum"] {
        let Some(limit) = schema[keyword].as_i64() else { continue };
        for (place, number) in around(limit.into(), i128::MIN) {
            all.push(Candidate {
                about: keyword.to_owned(),
                ..candidate(format!("{keyword}-{place}"), number.to_string())
            });
        }
    }
    all
}

/// A limit, one below it and one above it.
fn around(limit: i128, least: i128) -> impl Iterator<Item = (&'static str, i128)> {
    let places = [("below", limit - 1), ("at", limit), ("above", limit + 1)];
    places.into_iter().filter(move |(_, number)| *number >= least)
}

/// The values that a schema lists, and each in another case.
fn literals(schema: &Value) -> Vec<Candidate> {
    let listed = schema["enum"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|value| ("enum", value));
    let constant = schema.get("const").map(|value| ("const", value));
    let mut all = Vec::new();
    for (index, (keyword, value)) in listed.chain(constant).enumerate() {
        let about = keyword.to_owned();
        all.push(Candidate {
            about: about.clone(),
            ..candidate(format!("{keyword}-{index}"), value.to_string())
        });
        if let Some(text) = value.as_str() {
            let raw = Value::String(text.to_uppercase()).to_string();
            all.push(Candidate { about, ..candidate(format!("{keyword}-{index}-upper-case"), raw) });
        }
    }
    all
}

use crate::row::{BAD_DATA, CREATED, PAGE, Row, TOO_LARGE, check, post};
use crate::support::Fixture;
use greenapi_model::Body;

const CONTRACT: &str = "contract, request";
const JSON: &str = "RFC 8259, section 2";

fn valid(name: &'static str, body: &str) -> Row {
    Row::new(name, CONTRACT, post(body.as_bytes())).open([CREATED])
}

fn refused(name: &'static str, body: &str, broken: &'static [&'static str]) -> Row {
    Row { broken, ..Row::new(name, CONTRACT, post(body.as_bytes())).open([BAD_DATA]) }
}

fn no_json(name: &'static str, body: impl AsRef<[u8]>) -> Row {
    Row { broken: &["request.json"], ..Row::new(name, JSON, post(body.as_ref())).open([BAD_DATA]) }
}

#[test]
fn the_body_of_the_rows_is_that_of_the_page() {
    let fixture = Fixture::new();
    let examples = fixture.emulation.contract().examples(Body::Request);
    assert!(examples.iter().any(|example| example.body().as_bytes() == PAGE));
}

#[test]
fn bodies_that_are_valid() {
    check(&[
        Row::new("the page's own, with CRLF", CONTRACT, post(PAGE)).open([CREATED]),
        valid("one chat id", r#"{"groupName":"x","chatIds":["79001234567@c.us"]}"#),
        valid("both", r#"{"groupName":"x","chatIds":["79001234567@c.us"],"phones":[79001234568]}"#),
        valid("a name twice, the first one a number", r#"{"groupName":1,"groupName":"x","phones":[1]}"#),
        valid("unknown members", r#"{"groupName":"x","phones":[1],"more":{"a":[null]}}"#),
        valid("an integer with a fraction of zero", r#"{"groupName":"x","phones":[79001234567.0]}"#),
        valid("an integer with an exponent", r#"{"groupName":"x","phones":[7.9001234567e10]}"#),
        valid("15 digits", r#"{"groupName":"x","phones":[999999999999999]}"#),
        valid("an escaped NUL", r#"{"groupName":"\u0000","phones":[1]}"#),
        valid("a pair of surrogates", r#"{"groupName":"\ud83d\ude00","phones":[1]}"#),
        valid("spaces around", " \t\r\n{\"groupName\":\"x\",\"phones\":[1]} \t\r\n"),
        valid("an escaped name of a member", r#"{"group\u004eame":"x","phones":[1]}"#),
    ]);
}

#[test]
fn bodies_that_break_the_contract() {
    check(&[
        refused("a name that is a number", r#"{"groupName":1,"phones":[1]}"#, &["request.groupName.string"]),
        refused("a name that is null", r#"{"groupName":null,"phones":[1]}"#, &["request.groupName.string"]),
        refused(
            "a name that is a list",
            r#"{"groupName":["x"],"phones":[1]}"#,
            &["request.groupName.string"],
        ),
        refused("an empty name", r#"{"groupName":"","phones":[1]}"#, &["request.groupName.minLength"]),
        refused("no name", r#"{"phones":[1]}"#, &["request.groupName.required"]),
        refused(
            "the name of a member in another case",
            r#"{"groupname":"x","phones":[1]}"#,
            &["request.groupName.required"],
        ),
        refused(
            "phones that are text",
            r#"{"groupName":"x","phones":"79001234567"}"#,
            &["request.phones.array"],
        ),
        refused("phones that are null", r#"{"groupName":"x","phones":null}"#, &["request.phones.array"]),
        refused(
            "a phone that is text",
            r#"{"groupName":"x","phones":["79001234567"]}"#,
            &["request.phones.items.integer"],
        ),
        refused(
            "a phone that is true",
            r#"{"groupName":"x","phones":[true]}"#,
            &["request.phones.items.integer"],
        ),
        refused(
            "a phone that is null",
            r#"{"groupName":"x","phones":[null]}"#,
            &["request.phones.items.integer"],
        ),
        refused(
            "a phone with a fraction",
            r#"{"groupName":"x","phones":[1.5]}"#,
            &["request.phones.items.integer"],
        ),
        refused("a phone of zero", r#"{"groupName":"x","phones":[0]}"#, &["request.phones.items.minimum"]),
        refused(
            "a phone below zero",
            r#"{"groupName":"x","phones":[-79001234567]}"#,
            &["request.phones.items.minimum"],
        ),
        refused(
            "a phone of 2^53",
            r#"{"groupName":"x","phones":[9007199254740992]}"#,
            &["request.phones.items.maximum"],
        ),
        refused(
            "a phone of 10^15",
            r#"{"groupName":"x","phones":[1000000000000000]}"#,
            &["request.phones.items.maximum"],
        ),
        refused(
            "a phone of 16 digits",
            r#"{"groupName":"x","phones":[7900123456789012]}"#,
            &["request.phones.items.maximum"],
        ),
        refused(
            "chat ids that are text",
            r#"{"groupName":"x","chatIds":"7@c.us"}"#,
            &["request.chatIds.array"],
        ),
        refused(
            "a chat id that is a number",
            r#"{"groupName":"x","chatIds":[7]}"#,
            &["request.chatIds.items.string"],
        ),
        refused("no participants", r#"{"groupName":"x"}"#, &["request.anyOf"]),
        refused("empty lists", r#"{"groupName":"x","chatIds":[],"phones":[]}"#, &["request.anyOf"]),
        refused("null", "null", &["request.object"]),
        refused("a list", "[]", &["request.object"]),
        refused("a text", r#""x""#, &["request.object"]),
        refused("a number", "1", &["request.object"]),
        refused(
            "a name twice, the last one a number",
            r#"{"groupName":"x","groupName":1,"phones":[1]}"#,
            &["request.groupName.string"],
        ),
    ]);
}

#[test]
fn bodies_that_are_no_json() {
    let deep =
        format!(r#"{{"groupName":"x","phones":[1],"deep":{}1{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let utf_16: Vec<u8> =
        r#"{"groupName":"x","phones":[1]}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&[
        refused("nothing", "", &["request.required"]),
        no_json("spaces alone", " \r\n "),
        no_json("no JSON", "groupName=x"),
        no_json("an end too early", r#"{"groupName":"x","phones":[1]"#),
        no_json("more behind the end", r#"{"groupName":"x","phones":[1]}}"#),
        no_json("two documents", r#"{"groupName":"x","phones":[1]} {}"#),
        no_json("a comma too many", r#"{"groupName":"x","phones":[1,]}"#),
        Row {
            source: "RFC 8259, section 6",
            ..no_json("a phone of 1e400, beyond what is read", r#"{"groupName":"x","phones":[1e400]}"#)
        },
        no_json("a comment", r#"{"groupName":"x","phones":[1]} // x"#),
        no_json("NaN", r#"{"groupName":"x","phones":[NaN]}"#),
        no_json("Infinity", r#"{"groupName":"x","phones":[Infinity]}"#),
        no_json("a number with a zero before it", r#"{"groupName":"x","phones":[079001234567]}"#),
        no_json("single quotes", "{'groupName':'x','phones':[1]}"),
        no_json("a lone surrogate", r#"{"groupName":"\ud800","phones":[1]}"#),
        no_json("a NUL", b"{\"groupName\":\"\0\",\"phones\":[1]}"),
        no_json("a NUL behind the end", b"{\"groupName\":\"x\",\"phones\":[1]}\0"),
        no_json("a line end inside a text", "{\"groupName\":\"a\nb\",\"phones\":[1]}"),
        no_json("bytes that are not UTF-8", b"{\"groupName\":\"\xff\",\"phones\":[1]}"),
        Row {
            source: "RFC 8259, section 8.1",
            ..no_json("a byte order mark", b"\xef\xbb\xbf{\"groupName\":\"x\",\"phones\":[1]}")
        },
        Row { source: "RFC 8259, section 8.1", ..no_json("UTF-16", utf_16) },
        Row { source: "RFC 8259, section 9", ..no_json("20 000 lists in each other", deep) },
        Row {
            source: "contract, request-bytes-above",
            ..refused("a byte above the limit", &" ".repeat(102_401), &[]).open([TOO_LARGE])
        },
        no_json("as many spaces as the limit", " ".repeat(102_400)),
    ]);
}

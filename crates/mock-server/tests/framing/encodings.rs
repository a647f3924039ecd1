use crate::row::{BAD_DATA, CREATED, Expected, PAGE, Row, check, with};

fn typed(name: &'static str, source: &'static str, lines: &str, expected: Expected) -> Row {
    Row::new(name, source, with(&format!("{lines}Content-Length: {}\r\n", PAGE.len()), PAGE)).open([expected])
}

const TYPE: &str = "contract, request.content-type";

#[test]
fn content_types() {
    check(&[
        typed(
            "a charset",
            "RFC 9110, section 8.3.1",
            "Content-Type: application/json; charset=utf-8\r\n",
            CREATED,
        ),
        typed(
            "a charset in quotes",
            "RFC 9110, section 8.3.2",
            "Content-Type: application/json;charset=\"UTF-8\"\r\n",
            CREATED,
        ),
        typed("another case", "RFC 9110, section 8.3.1", "Content-Type: APPLICATION/Json\r\n", CREATED),
        typed("none", "RFC 9110, section 8.3", "", CREATED),
        typed("text", TYPE, "Content-Type: text/plain\r\n", BAD_DATA),
        typed("a form", TYPE, "Content-Type: application/x-www-form-urlencoded\r\n", BAD_DATA),
        typed("a name that starts alike", TYPE, "Content-Type: application/json5\r\n", BAD_DATA),
        typed("an empty one", TYPE, "Content-Type:\r\n", BAD_DATA),
        typed(
            "two that are the same",
            "RFC 9110, section 5.3",
            "Content-Type: application/json\r\nContent-Type: application/json\r\n",
            CREATED,
        ),
        typed(
            "two, the second another",
            "RFC 9110, section 5.3",
            "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
            BAD_DATA,
        ),
        typed(
            "two, the first another",
            "RFC 9110, section 5.3",
            "Content-Type: text/plain\r\nContent-Type: application/json\r\n",
            BAD_DATA,
        ),
    ]);
}

#[test]
fn content_codings() {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";
    let compressed = with(&format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", gzip.len()), gzip);
    check(&[
        typed("identity", "RFC 9110, section 8.4.1", "Content-Encoding: identity\r\n", CREATED),
        typed("gzip that is none", "RFC 9110, section 8.4", "Content-Encoding: gzip\r\n", CREATED),
        Row::new("gzip", "RFC 9110, section 8.4", compressed).open([BAD_DATA]),
    ]);
}

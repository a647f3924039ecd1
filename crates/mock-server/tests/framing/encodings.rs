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
    // A body that is valid once it is unpacked: {"groupName":"x","phones":[79001234567]}
    let gzip =
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x2f\xca\x2f\x2d\xf0\x4b\xcc\x4d\x55\xb2\x52\
        \xaa\x50\xd2\x51\x2a\xc8\xc8\xcf\x4b\x2d\x56\xb2\x8a\x36\xb7\x34\x30\x30\x34\x32\x36\x31\x35\x33\
        \x8f\xad\x05\x00\xf9\x4e\x7e\x69\x28\x00\x00\x00";
    let compressed = with(&format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", gzip.len()), gzip);
    check(&[
        typed("identity", "RFC 9110, section 8.4.1", "Content-Encoding: identity\r\n", CREATED),
        typed("gzip that is none", "RFC 9110, section 8.4", "Content-Encoding: gzip\r\n", CREATED),
        Row::new("gzip of a valid body, which is not unpacked", "RFC 9110, section 8.4", compressed)
            .open([BAD_DATA]),
    ]);
}

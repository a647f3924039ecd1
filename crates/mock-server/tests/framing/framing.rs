use crate::exchange::Piece;
use crate::row::{
    BAD_DATA, CREATED, Expected, PAGE, PATH, Row, WRONG_PATH, check, http, page_with, post, with,
};

const BODY: &str = r#"{"groupName":"x","phones":[1]}"#;

fn open(name: &'static str, source: &'static str, bytes: impl AsRef<[u8]>) -> Row {
    Row::new(name, source, bytes).open([CREATED])
}

fn refused(name: &'static str, source: &'static str, bytes: impl AsRef<[u8]>, status: u16) -> Row {
    Row::new(name, source, bytes).closed([http(status)])
}

fn ended(name: &'static str, source: &'static str, bytes: impl AsRef<[u8]>, answers: &[Expected]) -> Row {
    Row::new(name, source, bytes).and(Piece::End).closed(answers.iter().copied())
}

fn length(lines: &str) -> Vec<u8> {
    with(lines, BODY.as_bytes())
}

fn chunked(chunks: &str) -> Vec<u8> {
    with("Transfer-Encoding: chunked\r\n", chunks.as_bytes())
}

fn page(line: &str, host: &str, end: &str) -> Vec<u8> {
    [format!("{line}{end}{host}Content-Length: {}{end}{end}", PAGE.len()).as_bytes(), PAGE].concat()
}

#[test]
fn lengths() {
    let lengths = |count: usize| format!("Content-Length: {}\r\n", BODY.len()).repeat(count);
    check(&[
        open("two equal lengths", "RFC 9110, section 8.6", length(&lengths(2))),
        refused(
            "two different lengths",
            "RFC 9112, section 6.3",
            length("Content-Length: 30\r\nContent-Length: 29\r\n"),
            400,
        ),
        refused("a list of lengths", "RFC 9110, section 8.6", length("Content-Length: 30, 30\r\n"), 400),
        refused("a length below zero", "RFC 9110, section 8.6", length("Content-Length: -1\r\n"), 400),
        refused("a length with a plus sign", "RFC 9110, section 8.6", length("Content-Length: +30\r\n"), 400),
        refused("a length in base 16", "RFC 9110, section 8.6", length("Content-Length: 0x1e\r\n"), 400),
        refused("an empty length", "RFC 9110, section 8.6", length("Content-Length:\r\n"), 400),
        refused(
            "a length beyond 64 bits",
            "RFC 9110, section 8.6",
            length("Content-Length: 99999999999999999999\r\n"),
            400,
        ),
        Row::new("no length", "RFC 9112, section 6.3", with("", b"")).open([BAD_DATA]),
    ]);
}

#[test]
fn chunks() {
    let whole = format!("1e\r\n{BODY}\r\n0\r\n\r\n");
    let coded = |codings: &str| with(codings, whole.as_bytes());
    check(&[
        open("chunks", "RFC 9112, section 7.1", chunked(&whole)),
        open("CHUNKED", "RFC 9112, section 7", coded("Transfer-Encoding: CHUNKED\r\n")),
        open(
            "an extension",
            "RFC 9112, section 7.1.1",
            chunked(&format!("1e;a=\"b\"\r\n{BODY}\r\n0;c\r\n\r\n")),
        ),
        open(
            "a size with zeros before it",
            "RFC 9112, section 7.1",
            chunked(&format!("001E\r\n{BODY}\r\n000\r\n\r\n")),
        ),
        open(
            "trailers",
            "RFC 9112, section 7.1.2",
            chunked(&format!("1e\r\n{BODY}\r\n0\r\nX-Sum: 1\r\n\r\n")),
        ),
        Row::new("no chunk", "RFC 9112, section 7.1", chunked("0\r\n\r\n")).open([BAD_DATA]),
        Row::new(
            "a length and chunks",
            "RFC 9112, section 6.1",
            coded("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        )
        .closed([CREATED]),
        Row::new(
            "chunks and a length",
            "RFC 9112, section 6.1",
            coded("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        )
        .closed([CREATED]),
        refused(
            "chunked twice",
            "RFC 9112, section 6.1",
            coded("Transfer-Encoding: chunked, chunked\r\n"),
            400,
        ),
        refused(
            "chunked twice, in two lines",
            "RFC 9112, section 6.1",
            coded("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            400,
        ),
        refused("an unknown coding", "RFC 9112, section 6.3", coded("Transfer-Encoding: zip\r\n"), 400),
        refused(
            "an unknown coding, then chunked",
            "RFC 9112, section 6.1",
            coded("Transfer-Encoding: zip, chunked\r\n"),
            501,
        ),
        refused(
            "chunked, then an unknown coding",
            "RFC 9112, section 6.3",
            coded("Transfer-Encoding: chunked, zip\r\n"),
            400,
        ),
        refused("identity", "RFC 9112, section 7", coded("Transfer-Encoding: identity\r\n"), 400),
        refused(
            "chunks in HTTP/1.0",
            "RFC 9112, section 6.1",
            format!("POST {PATH} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n{whole}"),
            400,
        ),
        Row::new("a size that is no number", "RFC 9112, section 7.1", chunked("zz\r\n{}\r\n0\r\n\r\n"))
            .closed([BAD_DATA]),
        Row::new("an empty size", "RFC 9112, section 7.1", chunked("\r\n{}\r\n0\r\n\r\n")).closed([BAD_DATA]),
        Row::new("a size below zero", "RFC 9112, section 7.1", chunked("-2\r\n{}\r\n0\r\n\r\n"))
            .closed([BAD_DATA]),
        Row::new(
            "a size beyond 64 bits",
            "RFC 9112, section 7.1",
            chunked("fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        )
        .closed([BAD_DATA]),
        Row::new("more than the size", "RFC 9112, section 7.1", chunked("1\r\n{}\r\n0\r\n\r\n"))
            .closed([BAD_DATA]),
        ended(
            "chunks without the last",
            "RFC 9112, section 8",
            chunked(&format!("1e\r\n{BODY}\r\n")),
            &[BAD_DATA],
        ),
    ]);
}

#[test]
fn heads() {
    let line = format!("POST {PATH} HTTP/1.1");
    let many = |count: usize| "X-More: 1\r\n".repeat(count);
    check(&[
        open("bare LF", "RFC 9112, section 2.2", page(&line, "Host: localhost\n", "\n")),
        open("an empty line before", "RFC 9112, section 2.2", [b"\r\n", &post(PAGE)[..]].concat()),
        open("a name in another case", "RFC 9110, section 5.1", page(&line, "hOST: localhost\r\n", "\r\n")),
        open("no space behind a colon", "RFC 9112, section 5", page_with("X-More:1\r\n")),
        open("an empty value", "RFC 9110, section 5.5", page_with("X-More:\r\n")),
        open(
            "bytes beyond ASCII in a value",
            "RFC 9110, section 5.5",
            [b"", &page_with("X-More: \u{e9}\r\n")[..]].concat(),
        ),
        refused("a space before a colon", "RFC 9112, section 5.1", page_with("X-More : 1\r\n"), 400),
        refused("a folded line", "RFC 9112, section 5.2", page_with("X-More: 1\r\n 2\r\n"), 400),
        refused("a line without a colon", "RFC 9112, section 5", page_with("X-More\r\n"), 400),
        refused("a line without a name", "RFC 9112, section 5", page_with(": 1\r\n"), 400),
        refused("a NUL in a value", "RFC 9110, section 5.5", page_with("X-More: a\0b\r\n"), 400),
        refused("a CR in a value", "RFC 9112, section 2.2", page_with("X-More: a\rb\r\n"), 400),
        refused(
            "a space before the first header",
            "RFC 9112, section 2.2",
            format!("{line}\r\n Host: localhost\r\n\r\n"),
            400,
        ),
        open("100 headers, as many as hyper takes", "RFC 9110, section 5.4", page_with(&many(97))),
        refused("101 headers", "RFC 6585, section 5", page_with(&many(98)), 431),
        refused("1000 headers", "RFC 6585, section 5", page_with(&many(1000)), 431),
        open(
            "a header of 100 KB",
            "RFC 9110, section 5.4",
            page_with(&format!("X-More: {}\r\n", "x".repeat(100_000))),
        ),
        refused(
            "a header of 4 MB",
            "RFC 6585, section 5",
            page_with(&format!("X-More: {}\r\n", "x".repeat(4_000_000))),
            431,
        ),
        refused("no Host", "RFC 9112, section 3.2", page(&line, "", "\r\n"), 400),
        refused("two Hosts", "RFC 9112, section 3.2", page(&line, "Host: a\r\nHost: b\r\n", "\r\n"), 400),
        refused("a Host that is none", "RFC 9112, section 3.2", page(&line, "Host: a/b c\r\n", "\r\n"), 400),
        open("an empty Host", "RFC 9112, section 3.2", page(&line, "Host:\r\n", "\r\n")),
        open("a Host with a port", "RFC 9110, section 7.2", page(&line, "Host: [::1]:8080\r\n", "\r\n")),
        open("an unknown expectation", "RFC 9110, section 10.1.1", page_with("Expect: 200-ok\r\n")),
        open(
            "a wish for another protocol",
            "RFC 9110, section 7.8",
            page_with("Connection: upgrade\r\nUpgrade: h2c\r\n"),
        ),
    ]);
}

#[test]
fn versions() {
    let line = |version: &str| format!("POST {PATH} {version}");
    let host = "Host: localhost\r\n";
    let kept = "Host: localhost\r\nConnection: keep-alive\r\n";
    check(&[
        refused("HTTP/0.9", "RFC 9112, section 3", format!("GET {PATH}\r\n\r\n"), 400),
        Row::new("HTTP/1.0", "RFC 9112, section 9.3", page(&line("HTTP/1.0"), "", "\r\n")).closed([CREATED]),
        open("HTTP/1.0, to be kept", "RFC 9112, section 9.3", page(&line("HTTP/1.0"), kept, "\r\n")),
        refused(
            "HTTP/1.0 with two Hosts",
            "RFC 9112, section 3.2",
            page(&line("HTTP/1.0"), "Host: a\r\nHost: b\r\n", "\r\n"),
            400,
        ),
        refused(
            "HTTP/1.2, which hyper does not take",
            "RFC 9110, section 2.5",
            page(&line("HTTP/1.2"), host, "\r\n"),
            400,
        ),
        refused("HTTP/2.0 in a line", "RFC 9110, section 15.6.6", page(&line("HTTP/2.0"), host, "\r\n"), 400),
        refused(
            "a version in small letters",
            "RFC 9112, section 2.3",
            page(&line("http/1.1"), host, "\r\n"),
            400,
        ),
        refused(
            "HTTP/2 at once",
            "RFC 9110, section 15.6.6",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
            505,
        ),
        refused("TLS", "RFC 9112, section 3", b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03\r\n\r\n", 400),
    ]);
}

#[test]
fn connections() {
    let halves = PAGE.split_at(40);
    let head = format!("Content-Length: {}\r\n", PAGE.len());
    let expects = with(&format!("{head}Expect: 100-continue\r\n"), b"");
    let bad = post(b"{");
    check(&[
        Row::new("two pipelined", "RFC 9112, section 9.3.2", post(PAGE).repeat(2)).open([CREATED; 2]),
        Row::new("ten pipelined", "RFC 9112, section 9.3.2", post(PAGE).repeat(10)).open([CREATED; 10]),
        Row::new("a good one behind a bad body", "RFC 9112, section 9.3.2", [bad, post(PAGE)].concat())
            .open([BAD_DATA, CREATED]),
        refused(
            "a good one behind a bad head",
            "RFC 9112, section 2.2",
            [page_with("X\r\n"), post(PAGE)].concat(),
            400,
        ),
        Row::new(
            "a bad head behind a good one",
            "RFC 9112, section 9.3.2",
            [post(PAGE), page_with("X\r\n")].concat(),
        )
        .closed([CREATED, http(400)]),
        refused(
            "much more behind a bad head",
            "RFC 9112, section 9.6",
            [page_with("X\r\n"), vec![b'x'; 100_000]].concat(),
            400,
        ),
        Row::new("to be closed", "RFC 9112, section 9.6", page_with("Connection: close\r\n"))
            .closed([CREATED]),
        Row::new(
            "one behind the last",
            "RFC 9112, section 9.6",
            [page_with("Connection: close\r\n"), post(PAGE)].concat(),
        )
        .closed([CREATED]),
        Row::new("a body in two pieces", "RFC 9112, section 6.3", with(&head, halves.0))
            .and(Piece::Bytes(halves.1.to_vec()))
            .open([CREATED]),
        Row::new("a body that is waited for", "RFC 9110, section 10.1.1", &expects)
            .and(Piece::Await("HTTP/1.1 100 Continue"))
            .and(Piece::Bytes(PAGE.to_vec()))
            .open([CREATED]),
        ended("an end behind the request", "RFC 9112, section 9.6", post(PAGE), &[CREATED]),
        ended("an end inside the body", "RFC 9112, section 8", with(&head, halves.0), &[BAD_DATA]),
        Row::new("an end instead of a body that is waited for", "RFC 9112, section 8", &expects)
            .and(Piece::Await("HTTP/1.1 100 Continue"))
            .and(Piece::End)
            .closed([BAD_DATA]),
        ended("an end inside the head", "RFC 9112, section 8", &post(PAGE)[..40], &[http(400)]),
        ended(
            "an end inside the second head",
            "RFC 9112, section 8",
            [&post(PAGE)[..], b"POST /"].concat(),
            &[CREATED, http(400)],
        ),
        ended("an end at once", "RFC 9112, section 9.5", "", &[]),
        ended("empty lines alone", "RFC 9112, section 2.2", "\r\n\r\n", &[]),
        Row::new("a wrong path with a body of 200 KB", "contract, path", {
            let head = "POST /elsewhere HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
            [head.as_bytes(), &vec![b' '; 200_000]].concat()
        })
        .open([WRONG_PATH]),
    ]);
}

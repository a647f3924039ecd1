use crate::row::{CREATED, Expected, PAGE, PATH, Row, WRONG_METHOD, WRONG_PATH, check, http, post, request};

const METHOD: &str = "contract, error.wrong-method";

fn method(name: &'static str, source: &'static str, expected: Expected) -> Row {
    Row::new(name, source, request(&format!("{name} {PATH} HTTP/1.1"), "", b"")).open([expected])
}

#[test]
fn methods() {
    let options = Expected { status: 204, clause: Some("options.204") };
    check(&[
        Row::new("POST", "contract, method", post(PAGE)).open([CREATED]),
        method("GET", METHOD, WRONG_METHOD),
        method("PUT", METHOD, WRONG_METHOD),
        method("PATCH", METHOD, WRONG_METHOD),
        method("DELETE", METHOD, WRONG_METHOD),
        method("HEAD", "RFC 9110, section 9.3.2", WRONG_METHOD),
        method("OPTIONS", "contract, options.204", options),
        method("TRACE", METHOD, WRONG_METHOD),
        method("post", "RFC 9110, section 9.1", WRONG_METHOD),
        method("MAKE-A-GROUP", METHOD, WRONG_METHOD),
        Row::new("CONNECT", "RFC 9110, section 9.3.6", request("CONNECT localhost:80 HTTP/1.1", "", b""))
            .open([WRONG_PATH]),
        Row::new("OPTIONS of all", "RFC 9110, section 9.3.7", request("OPTIONS * HTTP/1.1", "", b""))
            .open([WRONG_PATH]),
        Row::new(
            "a method that is no token",
            "RFC 9110, section 9.1",
            request(&format!("PO(ST {PATH} HTTP/1.1"), "", b""),
        )
        .closed([http(400)]),
        Row::new(
            "GET with a body",
            "RFC 9110, section 9.3.1",
            request(&format!("GET {PATH} HTTP/1.1"), "Content-Length: 2\r\n", b"{}"),
        )
        .open([WRONG_METHOD]),
    ]);
}

//! What a page in a browser may read, by the requests that a browser sends: a table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use greenapi_mock_server::{Emulation, Origin};
use greenapi_model::Contract;
use support::{Answer, Fixture, VALID, exchange, parse};

const CALL: &str = "/waInstance7/createGroup/t0ken";

fn fixture(origins: &[&str]) -> Fixture {
    let origins: Vec<Origin> = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    Fixture::serving(Emulation::new(Contract::default()).unwrap(), |server| server.cors(origins))
}

/// The bytes of a request with these lines in its head.
fn bytes(method: &str, path: &str, lines: &[&str]) -> Vec<u8> {
    let body = if method == "POST" { VALID } else { b"" };
    let lines: String = lines.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{lines}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn asked(fixture: &Fixture, method: &str, path: &str, lines: &[&str]) -> Answer {
    parse(&exchange(&fixture.url, &bytes(method, path, lines)))
}

/// The lines of an answer's head that are there for browsers, in lower case.
fn for_browsers(answer: &Answer) -> Vec<&str> {
    let mut lines: Vec<_> = answer
        .head
        .lines()
        .filter(|line| line.starts_with("access-control-") || line.starts_with("vary:"))
        .collect();
    lines.sort_unstable();
    lines
}

const APP: &str = "Origin: https://app.example";
const OTHER: &str = "Origin: https://other.example";
const PREFLIGHT: &str = "Access-Control-Request-Method: POST";
const HEADERS: &str = "Access-Control-Request-Headers: content-type,prefer";

const ANY_READS: &[&str] = &["access-control-allow-origin: *", "access-control-expose-headers: *"];
const APP_READS: &[&str] =
    &["access-control-allow-origin: https://app.example", "access-control-expose-headers: *", "vary: origin"];
const ANY_MAY_CALL: &[&str] = &[
    "access-control-allow-headers: content-type,prefer",
    "access-control-allow-methods: post",
    "access-control-allow-origin: *",
    "access-control-max-age: 600",
];
const APP_MAY_CALL: &[&str] = &[
    "access-control-allow-headers: content-type,prefer",
    "access-control-allow-methods: post",
    "access-control-allow-origin: https://app.example",
    "access-control-max-age: 600",
    "vary: origin",
];

/// The origins, method, path and lines of the head; the status, the lines for browsers, and how many calls the emulation saw.
type Row<'r> = (&'r [&'r str], &'r str, &'r str, &'r [&'r str], u16, &'r [&'r str], usize);

#[test]
fn each_request_of_a_browser_has_its_answer() {
    let rows: &[Row<'_>] = &[
        // Without CORS nothing is for browsers.
        (&[], "POST", CALL, &[APP], 200, &[], 1),
        (&[], "OPTIONS", CALL, &[APP, PREFLIGHT, HEADERS], 204, &[], 1),
        // A preflight is answered whatever the path is, and is no call.
        (&["*"], "OPTIONS", CALL, &[APP, PREFLIGHT, HEADERS], 204, ANY_MAY_CALL, 0),
        (&["*"], "OPTIONS", "/wrong", &[APP, PREFLIGHT, HEADERS], 204, ANY_MAY_CALL, 0),
        (&["https://app.example"], "OPTIONS", CALL, &[APP, PREFLIGHT, HEADERS], 204, APP_MAY_CALL, 0),
        (
            &["http://a", "https://app.example"],
            "OPTIONS",
            CALL,
            &[APP, PREFLIGHT, HEADERS],
            204,
            APP_MAY_CALL,
            0,
        ),
        (&["*"], "OPTIONS", CALL, &["Origin: null", PREFLIGHT, HEADERS], 204, ANY_MAY_CALL, 0),
        (&["https://app.example"], "OPTIONS", CALL, &["Origin: null", PREFLIGHT, HEADERS], 204, &[], 1),
        (&["https://app.example"], "OPTIONS", CALL, &[OTHER, PREFLIGHT, HEADERS], 204, &[], 1),
        // What is not one is answered by the contract.
        (&["*"], "OPTIONS", CALL, &[APP], 204, ANY_READS, 1),
        (&["*"], "OPTIONS", CALL, &[PREFLIGHT, HEADERS], 204, &[], 1),
        (&["*"], "OPTIONS", CALL, &[], 204, &[], 1),
        // The answers themselves, errors too.
        (&["*"], "POST", CALL, &[APP], 200, ANY_READS, 1),
        (&["https://app.example"], "POST", CALL, &[APP], 200, APP_READS, 1),
        (&["https://app.example"], "POST", CALL, &[OTHER], 200, &[], 1),
        (&["https://app.example"], "POST", CALL, &[], 200, &[], 1),
        (&["*"], "POST", CALL, &[], 200, &[], 1),
        (&["*"], "GET", CALL, &[APP], 404, ANY_READS, 1),
        (&["*"], "POST", "/wrong", &[APP], 403, ANY_READS, 1),
        (&["*"], "POST", CALL, &[APP, "Prefer: example=too-many-requests"], 429, ANY_READS, 1),
        (&["*"], "POST", CALL, &[APP, "Content-Type: text/plain"], 400, ANY_READS, 1),
        // The control plane is not for pages.
        (&["*"], "GET", "/__admin/health", &[APP], 200, &[], 0),
        (&["*"], "GET", "/__admin/requests", &[APP], 403, &[], 0),
        (&["*"], "OPTIONS", "/__admin/reset", &[APP, PREFLIGHT, HEADERS], 403, &[], 0),
    ];
    for (origins, method, path, lines, status, expected, calls) in rows {
        let fixture = fixture(origins);
        let answer = asked(&fixture, method, path, lines);
        let row = format!("{origins:?} {method} {path} {lines:?}");
        assert_eq!(answer.status, *status, "{row}");
        assert_eq!(for_browsers(&answer), *expected, "{row}");
        assert_eq!(fixture.emulation.all_calls().kept.len(), *calls, "{row}");
    }
}

#[test]
fn without_an_origin_or_without_cors_no_byte_is_another() {
    for (method, path) in
        [("POST", CALL), ("OPTIONS", CALL), ("GET", CALL), ("POST", "/wrong"), ("OPTIONS", "/")]
    {
        // Each on a server of its own, so that ids are the same.
        let seen =
            |origins: &[&str], lines: &[&str]| exchange(&fixture(origins).url, &bytes(method, path, lines));
        let plain = seen(&[], &[]);
        assert_eq!(plain, seen(&["*"], &[]), "{method} {path}");
        assert_eq!(plain, seen(&[], &[APP, PREFLIGHT, HEADERS]), "{method} {path}");
        assert_eq!(plain, seen(&["https://app.example"], &[OTHER]), "{method} {path}");
        let body = |text: &str| text.split_once("\r\n\r\n").unwrap().1.to_owned();
        assert_eq!(body(&plain), body(&seen(&["*"], &[APP])), "{method} {path}");
    }
}

#[test]
fn a_preflight_uses_no_fault_up() {
    let fixture = fixture(&["*"]);
    let fault = fixture.emulation.fault("wire.empty-reply").unwrap();
    let injection = greenapi_mock_server::Injection::of(fault).calls(1);
    fixture.emulation.inject(greenapi_mock_server::Scope::Everywhere, injection).unwrap();
    assert_eq!(asked(&fixture, "OPTIONS", CALL, &[APP, PREFLIGHT]).status, 204);
    assert_eq!(exchange(&fixture.url, &bytes("POST", CALL, &[APP])), "");
    assert_eq!(asked(&fixture, "POST", CALL, &[APP]).status, 200);
}

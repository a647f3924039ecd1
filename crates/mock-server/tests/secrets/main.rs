//! The token is in no output: a search through all of them.
//!
//! What is logged is kept for the whole process, so one property has all of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod log;
mod outputs;
mod program;
#[path = "../support/mod.rs"]
mod support;
mod token;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use greenapi_mock_server::{Emulation, Settings};
use greenapi_model::Contract;
use http::HeaderMap;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Fixture, VALID};
use crate::token::Token;

/// An instance that takes any token, and one that has its own.
const INSTANCE: u64 = 7_103_000_001;
const OWNER: u64 = 7_103_000_002;

/// Requests with the token wherever one can be; `T` stands for it as it is in a path, `D` for what that spells.
const REQUESTS: [&str; 16] = [
    "POST /waInstance7103000001/createGroup/T HTTP/1.1\nHost: x\nContent-Type: application/json\n\nBODY",
    "POST /waInstance7103000001/createGroup/T?a=T&T HTTP/1.1\nHost: x\nContent-Type: application/json; a=T\nX-Copy: a T b\n\n{\"groupName\":\"T D\",\"T\":1,\"phones\":[\"T\"]}",
    "POST /waInstance7103000001/createGroup/T HTTP/1.1\nHost: x\nContent-Type: T\nPrefer: wait=0\n\nT D T",
    "POST /waInstance7103000002/createGroup/T HTTP/1.1\nHost: x\nContent-Type: application/json\n\nBODY",
    "POST /waInstance7103000002/createGroup/another-token HTTP/1.1\nHost: x\nContent-Type: application/json\nX-Copy: T\n\n{\"groupName\":\"T\"}",
    "GET /waInstance7103000001/createGroup/T HTTP/1.1\nHost: x\n\n",
    "POST /waInstance7103000001/createGroup/T HTTP/1.1\nHost: x\nPrefer: example=T\n\nT",
    "POST /waInstance7103000001/CREATEGROUP/T/T HTTP/1.1\nHost: x\nReferer: http://x/T\n\nT",
    "POST /waInstance7103000001/sendMessage/T HTTP/1.1\nHost: x\n\n{\"a\":\"T\"}",
    "POST /waInstanceT/createGroup/T HTTP/1.1\nHost: x\n\nT",
    "POST /T HTTP/1.1\nHost: x\nX-T: T\n\nT",
    "POST http://x/waInstance7103000001/createGroup/T HTTP/1.1\nHost: x\nContent-Type: application/json\n\nBODY",
    // No requests of HTTP.
    "POST /waInstance7103000001/createGroup/T HTTP/1.1\nX-Copy: T\n\nBODY",
    "POST /waInstance7103000001/createGroup/T HTTP/9.9\nHost: T\n\nBODY",
    "POST /waInstance7103000001/createGroup/T HTTP/1.1\nHost: x\n T\n\nBODY",
    "POST /waInstance7103000001/createGroup/T HTTP/1.1\nHost: x\nTransfer-Encoding: T, chunked\n\nT\r\nT",
];

/// Sends a request and takes whatever comes of it, which is the service's own where it is an error of the contract.
fn send(url: &str, request: &str, token: &Token) {
    let valid = str::from_utf8(VALID).unwrap();
    let (head, body) = request.split_once("\n\n").unwrap();
    let body = body.replace("BODY", valid).replace('T', &token.raw).replace('D', &token.spelt);
    let head = put(head, token).replace('\n', "\r\n");
    let head = if head.contains("chunked") {
        format!("{head}\r\n\r\n")
    } else {
        format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len())
    };
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    // It may be refused before all of it is sent.
    let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat());
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
}

/// The token in place of each `T` that is no part of a word of HTTP.
fn put(head: &str, token: &Token) -> String {
    let mut put = String::new();
    let mut before = ' ';
    for (at, character) in head.char_indices() {
        let after = head[at + 1..].chars().next().unwrap_or(' ');
        let is_token = character == 'T'
            && (!before.is_ascii_alphabetic() || head[..at].ends_with("waInstance"))
            && !after.is_ascii_alphabetic();
        if is_token {
            put.push_str(&token.raw);
        } else {
            put.push(character);
        }
        before = character;
    }
    put
}

/// What is made of a call without a server, shown.
fn shown_of_a_call(token: &Token) -> String {
    let emulation = Emulation::with(Contract::default(), Settings::default()).unwrap();
    let target = format!("/waInstance{INSTANCE}/createGroup/{}", token.raw);
    let headers = HeaderMap::new();
    let call = emulation.open("POST", &target, &headers);
    let before = format!("{call:?}");
    let answer = call.answer(token.raw.as_bytes());
    // Its body is what goes to the wire.
    let after = (answer.outcome, answer.preference_applied, answer.content_type);
    format!("{before} {after:?} {:?}", emulation.all_calls())
}

fn holds_no_token(token: &Token) -> Result<(), TestCaseError> {
    let log = log::lines();
    log.take();
    let fixture = Fixture::new();
    let own = json!({ "id": OWNER, "token": token.raw }).to_string();
    let set_up = outputs::admin(&fixture.url, "POST", "/__admin/instances", &own);
    // Where this cannot be the token of an instance, a call with another one says nothing of it that the server could know.
    let is_own = set_up.starts_with("HTTP/1.1 201 ");
    for request in REQUESTS.iter().filter(|request| is_own || !request.contains("another-token")) {
        send(&fixture.url, request, token);
    }
    let calls = fixture.emulation.all_calls().kept.len();
    prop_assert!(calls >= 5, "{calls} calls were kept");
    let journal = fixture.emulation.all_calls();
    let bodies = journal.kept.iter().filter_map(|entry| entry.body().text());
    prop_assert!(token.raw.len() < token::TELLING || bodies.clone().any(|body| body.contains("$TOKEN")));
    let mut outputs = outputs::of_the_library(&fixture.emulation);
    outputs.extend(outputs::of_the_control_plane(&fixture.url, &token.raw));
    outputs.push(("setting up".to_owned(), set_up));
    outputs.push(("what is shown of a call".to_owned(), shown_of_a_call(token)));
    drop(fixture);
    let lines = log.take();
    prop_assert!(lines.contains("answered") && lines.contains(" DEBUG "), "{lines}");
    outputs.push(("log".to_owned(), lines));
    for (name, output) in outputs {
        if let Some(found) = token.found_in(&output) {
            return Err(TestCaseError::fail(format!("{name} has {found:?} of {token:?}:\n{output}")));
        }
    }
    Ok(())
}

#[test]
fn the_token_is_in_no_output() {
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    // `PROPTEST_CASES` asks for more.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = ProptestConfig { cases: cases.unwrap_or(config.cases), ..config };
    proptest!(config, |(token in token::any())| { holds_no_token(&token)?; });
}

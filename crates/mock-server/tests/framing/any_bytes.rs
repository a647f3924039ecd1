use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use greenapi_mock_server::Emulation;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::row::{PAGE, PATH, page_with, post};
use crate::support::{Fixture, create};

const TOKEN: &str = "the-token-of-a-row";

/// What is put somewhere into requests that are right, beside bytes by chance.
const SPLICES: [&[u8]; 14] = [
    b"\r\n",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b" ",
    b":",
    b"%",
    b"/",
    b"\xff\xfe",
    b"0\r\n\r\n",
    b"Content-Length: 3\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: close\r\n",
    b"Expect: 100-continue\r\n",
];

#[derive(Clone, Debug)]
enum Change {
    Splice(Index, Vec<u8>),
    Cut(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let bytes = prop_oneof![
        prop::sample::select(SPLICES.to_vec()).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 1..8),
    ];
    prop_oneof![
        (any::<Index>(), bytes).prop_map(|(place, bytes)| Change::Splice(place, bytes)),
        (any::<Index>(), 1..20_usize).prop_map(|(place, count)| Change::Cut(place, count)),
    ]
}

/// Changes all but the tokens: a part of one is another token, of which the server cannot know that it is secret.
fn changed(mut bytes: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for change in changes {
        let tokens = bytes.windows(TOKEN.len()).enumerate();
        let tokens: Vec<_> =
            tokens.filter(|(_, window)| *window == TOKEN.as_bytes()).map(|(start, _)| start).collect();
        let outside = |place: usize| {
            let inside = tokens.iter().find(|start| (**start..**start + TOKEN.len()).contains(&place));
            inside.map_or(place, |start| start + TOKEN.len())
        };
        match change {
            Change::Splice(place, splice) => {
                let place = outside(place.index(bytes.len() + 1));
                bytes.splice(place..place, splice);
            }
            Change::Cut(place, count) => {
                let start = outside(place.index(bytes.len() + 1));
                let next = tokens.iter().copied().find(|token| *token >= start).unwrap_or(bytes.len());
                bytes.drain(start..next.min(start + count));
            }
        }
    }
    bytes
}

/// All that is kept of the calls.
fn kept(emulation: &Emulation) -> String {
    let calls = emulation.all_calls();
    let headers: Vec<_> = calls.kept.iter().map(|call| call.headers().collect::<Vec<_>>()).collect();
    format!("{calls:?} {headers:?} {:?}", emulation.groups(1_101_000_001.into()))
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        Just(post(PAGE)),
        Just(post(PAGE).repeat(2)),
        Just(page_with("Connection: close\r\n")),
        Just(page_with("Expect: 100-continue\r\n")),
        Just(
            format!(
                "POST {PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
            )
            .into_bytes()
        ),
    ];
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..400),
        4 => (whole, prop::collection::vec(change(), 1..5)).prop_map(|(bytes, changes)| changed(bytes, changes)),
    ]
}

#[test]
fn the_server_serves_on_after_any_bytes_and_keeps_no_token() {
    let fixture = Fixture::new();
    let host = fixture.url.strip_prefix("http://").unwrap();
    // `PROPTEST_CASES` asks for more.
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let config = ProptestConfig { cases: config.cases.max(400), ..config };
    proptest!(config, |(bytes in any_bytes())| {
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // The server may close the connection before it has seen all.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut seen = Vec::new();
        stream.read_to_end(&mut seen).expect("the connection ends in order");
        prop_assert!(seen.is_empty() || seen.starts_with(b"HTTP/1."), "{}", seen.escape_ascii());
        let made = fixture.emulation.groups(1_101_000_009.into()).made;
        prop_assert_eq!(create(&fixture.url, 1_101_000_009, PAGE).status, 200);
        prop_assert_eq!(fixture.emulation.groups(1_101_000_009.into()).made, made + 1);
        let kept = kept(&fixture.emulation);
        prop_assert!(!kept.contains(TOKEN), "{}", kept);
        fixture.emulation.reset();
    });
}

//! What is agreed on, and what holds nobody up.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use greenapi_mock_server::Limits;

use crate::fixture::{Fixture, PATIENCE, call, made, read_to_end, trusting};

#[test]
fn it_speaks_http_1_1_alone() {
    let fixture = Fixture::new();
    for (offered, expected) in [
        (&[&b"h2"[..], b"http/1.1"][..], Some(&b"http/1.1"[..])),
        (&[b"http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let mut config = trusting(&fixture.authority);
        config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
        let mut client = fixture.secured("localhost", config);
        client.write_all(&call(1_101_000_001)).unwrap();
        assert!(read_to_end(&mut client).0.starts_with(b"HTTP/1.1 200 "));
        assert_eq!(client.conn.alpn_protocol(), expected);
    }
    let mut config = trusting(&fixture.authority);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let error = fixture.secured("localhost", config).write_all(b"x").unwrap_err().to_string();
    assert!(error.contains("NoApplicationProtocol"), "{error}");
}

#[test]
fn a_target_with_a_scheme_has_that_of_the_connection() {
    let fixture = Fixture::new();
    for (target, status) in [("https://localhost", 200), ("http://localhost", 421), ("", 200)] {
        let call =
            String::from_utf8(call(1_101_000_001)).unwrap().replace("POST ", &format!("POST {target}"));
        let (seen, _) = fixture.exchange(call.as_bytes());
        assert!(
            seen.starts_with(format!("HTTP/1.1 {status} ").as_bytes()),
            "{target}: {}",
            seen.escape_ascii()
        );
    }
}

#[test]
fn the_journal_has_the_scheme_of_the_connection() {
    let fixture = Fixture::new();
    let (created, _) = fixture.exchange(&call(7));
    assert!(created.starts_with(b"HTTP/1.1 200 "), "{}", created.escape_ascii());
    let head = "GET /__admin/requests HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let (seen, _) = fixture.exchange(head.as_bytes());
    let seen = String::from_utf8(seen).unwrap();
    assert!(seen.contains(r#""absoluteUrl": "https://localhost/waInstance7/createGroup/$TOKEN""#), "{seen}");
}

#[test]
fn a_client_without_tls_is_told_so() {
    let fixture = Fixture::new();
    let mut client = fixture.connect();
    client.write_all(&call(1_101_000_001)).unwrap();
    let (seen, ended) = read_to_end(&mut client);
    assert!(seen.starts_with(b"HTTP/1.1 400 Bad Request\r\n"), "{}", seen.escape_ascii());
    ended.expect("it is closed in order");
}

#[test]
fn what_is_no_handshake_is_closed_in_order() {
    let fixture = Fixture::new();
    for bytes in [
        &b"\x16\x03\x01\x00\x05hello"[..],
        b"\x16\x03\x01\xff\xff",
        b"\x00",
        b"\xff\xff\xff\xff\xff\xff",
        b"",
    ] {
        let mut client = fixture.connect();
        client.write_all(bytes).unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        let (seen, ended) = read_to_end(&mut client);
        // At most an alert.
        assert!(seen.is_empty() || seen[0] == 21, "{}", seen.escape_ascii());
        ended.unwrap_or_else(|error| panic!("{}: {error}", bytes.escape_ascii()));
        assert!(fixture.exchange(&call(1_101_000_001)).0.starts_with(b"HTTP/1.1 200 "));
    }
}

#[test]
fn a_handshake_that_does_not_end_holds_up_nobody_and_has_its_time() {
    let limits = Limits { head_timeout: Duration::from_millis(300), ..Limits::default() };
    let fixture = Fixture::with(made(&["localhost"]), limits);
    let start = Instant::now();
    let mut silent: Vec<_> = (0..20).map(|_| fixture.connect()).collect();
    for (number, client) in silent.iter_mut().enumerate() {
        client.write_all(&b"\x16\x03\x01\x02\x00"[..number % 6]).unwrap();
    }
    assert!(fixture.exchange(&call(1_101_000_001)).0.starts_with(b"HTTP/1.1 200 "));
    for client in &mut silent {
        let (seen, ended) = read_to_end(client);
        assert_eq!((seen.len(), ended.is_ok()), (0, true), "{ended:?}");
    }
    let taken = start.elapsed();
    assert!(taken >= Duration::from_millis(300) && taken < PATIENCE, "{taken:?}");
}

#[test]
fn a_server_that_stops_does_not_wait_for_a_handshake() {
    let fixture = Fixture::new();
    let mut client = fixture.connect();
    client.write_all(b"\x16").unwrap();
    // One that came later is served, so the first one is taken too.
    assert!(fixture.exchange(&call(1_101_000_001)).0.starts_with(b"HTTP/1.1 200 "));
    let start = Instant::now();
    drop(fixture);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let _ = client.read(&mut [0]);
}

//! Faults on the wire: within TLS as without it, but that a reset is one of the socket.

use std::io::{ErrorKind, Write};
use std::net::Shutdown;

use greenapi_mock_server::WireFault;

use crate::fixture::{Fixture, call, read_to_end, trusting};

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// By a word of TLS, so that the client knows that nothing is missing.
    Closed,
    /// By a reset of the socket.
    Reset,
}

#[test]
fn each_fault_shows_as_its_name_says() {
    let fixture = Fixture::new();
    let whole = fixture.exchange(&call(1_101_000_001)).0;
    let head = whole.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let half = head + (whole.len() - head) / 2;
    for (instance, length, end) in [
        (1_101_000_001, Some(whole.len()), End::Closed),
        (1_101_000_202, Some(0), End::Reset),
        (1_101_000_203, Some(half), End::Reset),
        (1_101_000_204, Some(0), End::Closed),
        (1_101_000_205, None, End::Closed),
        (1_101_000_206, Some(half), End::Closed),
        (1_101_000_207, Some(whole.len()), End::Closed),
    ] {
        let (seen, ended) = fixture.exchange(&call(instance));
        match length {
            Some(length) => assert_eq!(seen.len(), length, "{instance}: {}", seen.escape_ascii()),
            None => assert_eq!(seen, WireFault::GARBAGE, "{instance}"),
        }
        let found = match &ended {
            Ok(()) => End::Closed,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
            Err(error) => panic!("{instance}: {error}"),
        };
        assert_eq!(found, end, "{instance}");
    }
}

#[test]
fn a_connection_without_an_answer_ends_with_its_client() {
    let fixture = Fixture::new();
    let mut client = fixture.secured("localhost", trusting(&fixture.authority));
    client.write_all(&call(1_101_000_208)).unwrap();
    client.conn.send_close_notify();
    client.flush().unwrap();
    client.sock.shutdown(Shutdown::Write).unwrap();
    let (seen, ended) = read_to_end(&mut client);
    assert_eq!((seen.len(), ended.is_ok()), (0, true), "{ended:?}");
}

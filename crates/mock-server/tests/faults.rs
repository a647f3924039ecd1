//! Faults of the emulation, as a client on a plain socket sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use greenapi_mock_server::{Injection, Scope};
use support::{Fixture, VALID, create};

/// How a connection ended, from the client's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
    Open,
}

fn connect(url: &str) -> TcpStream {
    let stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn call(instance: u64) -> Vec<u8> {
    let length = VALID.len();
    let head = format!(
        "POST /waInstance{instance}/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), VALID].concat()
}

/// Reads one whole answer of a connection that is kept.
fn read_answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "{}", bytes.escape_ascii());
        bytes.push(byte[0]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() == length.unwrap().parse::<usize>().unwrap() {
                return text.into_owned();
            }
        }
    }
}

fn read_to_the_end(stream: &mut TcpStream) -> (String, End) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break End::Closed,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break End::Open,
            Err(error) => panic!("{error}"),
        }
    };
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

/// What one call with a fault gets, first on a new connection, then as the second call of a kept one.
fn seen(fixture: &Fixture, fault: &str) -> [(String, End); 2] {
    [false, true].map(|kept| {
        let mut stream = connect(&fixture.url);
        if kept {
            stream.write_all(&call(8)).unwrap();
            assert!(read_answer(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
        }
        let injection = Injection::of(fixture.emulation.fault(fault).unwrap()).calls(1);
        fixture.emulation.inject(Scope::Instance(7.into()), injection).unwrap();
        stream.write_all(&call(7)).unwrap();
        if fault == "wire.no-answer" {
            // There is no event to wait for: that nothing comes for a while is what shows it.
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        }
        if fault.starts_with("wire.dribble") {
            stream.shutdown(Shutdown::Write).unwrap();
        }
        read_to_the_end(&mut stream)
    })
}

#[test]
fn each_fault_on_the_wire_is_seen_as_what_it_is() {
    let fixture = Fixture::new();
    let whole = create(&fixture.url, 9, VALID);
    let (head, body) = (whole.head.len() + 4, whole.body.len());
    let announced = format!("\r\ncontent-length: {body}\r\n\r\n");
    let check = |fault: &str, end: End, is_expected: &dyn Fn(&str) -> bool| {
        for (bytes, found) in seen(&fixture, fault) {
            assert_eq!(found, end, "{fault}: {bytes:?}");
            assert!(is_expected(&bytes), "{fault}: {bytes:?}");
        }
    };
    let nothing = |bytes: &str| bytes.is_empty();
    let half = |bytes: &str| bytes.contains(&announced) && bytes.len() == head + body / 2;
    let all = |bytes: &str| bytes.contains(&announced) && bytes.len() == head + body;
    check("wire.reset-before-response", End::Reset, &nothing);
    check("wire.reset-inside-response", End::Reset, &half);
    check("wire.empty-reply", End::Closed, &nothing);
    check("wire.garbage", End::Closed, &|bytes| {
        bytes.contains("this is not HTTP") && !bytes.contains("HTTP/")
    });
    check("wire.short-body", End::Closed, &half);
    check("wire.dribble=100us", End::Closed, &all);
    check("wire.dribble=0s", End::Closed, &all);
    check("wire.no-answer", End::Open, &nothing);
}

#[test]
fn the_group_is_made_whatever_becomes_of_the_answer() {
    let fixture = Fixture::new();
    for fault in ["wire.reset-before-response", "wire.short-body", "wire.empty-reply"] {
        seen(&fixture, fault);
    }
    assert_eq!(fixture.emulation.groups(7.into()).made, 6);
    let calls = fixture.emulation.calls(7.into());
    let outcomes: Vec<_> = calls
        .kept
        .iter()
        .map(|entry| format!("{} {:?}", entry.outcome().name(), entry.outcome().faults()))
        .collect();
    assert_eq!(outcomes[0], "created [Fault(wire.reset-before-response)]");
    assert_eq!(outcomes.len(), 6);
}

#[test]
fn a_connection_serves_on_after_a_body_that_dribbled() {
    let fixture = Fixture::new();
    let fault = Injection::of(fixture.emulation.fault("wire.dribble=100us").unwrap()).calls(1);
    fixture.emulation.inject(Scope::Instance(7.into()), fault).unwrap();
    let mut stream = connect(&fixture.url);
    // Pipelined, so that the second answer waits behind the first.
    stream.write_all(&[call(7), call(7)].concat()).unwrap();
    let answers = [read_answer(&mut stream), read_answer(&mut stream)];
    assert!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 200 OK\r\n")), "{answers:?}");
    assert_ne!(answers[0], answers[1]);
    stream.write_all(&call(7)).unwrap();
    assert!(read_answer(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn answers_without_a_body_are_hurt_in_their_head() {
    let fixture = Fixture::new();
    for (fault, end) in [("wire.short-body", End::Closed), ("wire.reset-inside-response", End::Reset)] {
        let injection = Injection::of(fixture.emulation.fault(fault).unwrap()).calls(1);
        fixture.emulation.inject(Scope::Everywhere, injection).unwrap();
        let mut stream = connect(&fixture.url);
        stream
            .write_all(b"OPTIONS /waInstance7/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
        let (bytes, found) = read_to_the_end(&mut stream);
        assert_eq!(found, end, "{fault}");
        assert!(bytes.starts_with("HTTP/1.1 ") && !bytes.contains("\r\n\r\n"), "{fault}: {bytes:?}");
    }
}

#[test]
fn a_connection_is_closed_as_soon_as_it_is_accepted() {
    let fixture = Fixture::new();
    let fault = Injection::of(fixture.emulation.fault("wire.close-after-accept").unwrap()).calls(2);
    fixture.emulation.inject(Scope::Everywhere, fault).unwrap();
    for _ in 0..2 {
        assert_eq!(read_to_the_end(&mut connect(&fixture.url)), (String::new(), End::Closed));
    }
    assert_eq!(create(&fixture.url, 7, VALID).status, 200);
}

#[test]
fn a_call_that_is_never_answered_does_not_hold_the_server() {
    let fixture = Fixture::new();
    let mut stream = connect(&fixture.url);
    stream.write_all(&call(1_101_000_208)).unwrap();
    while fixture.emulation.calls(1_101_000_208.into()).kept.is_empty() {
        std::thread::yield_now();
    }
    drop(fixture);
    assert_eq!(read_to_the_end(&mut stream), (String::new(), End::Closed));
}

#[test]
fn an_answer_that_is_late_comes_whole() {
    let fixture = Fixture::new();
    for fault in ["wire.latency=20ms", "wire.latency=uniform(1ms,20ms)", "wire.latency=lognormal(5ms,0.5)"] {
        let injection = Injection::of(fixture.emulation.fault(fault).unwrap()).calls(1);
        fixture.emulation.inject(Scope::Instance(7.into()), injection).unwrap();
        assert_eq!(create(&fixture.url, 7, VALID).status, 200, "{fault}");
    }
}

#[test]
fn each_fault_that_a_client_can_meet_has_a_test_instance() {
    let fixture = Fixture::new();
    let instances = fixture.emulation.test_instances();
    for fault in fixture.emulation.faults().iter().filter(|fault| fault.clause().is_none()) {
        let mut own = instances.iter().flat_map(|instance| instance.behaviour.faults());
        let is_there = own.any(|injection| injection.fault().id() == fault.id());
        assert!(is_there != (fault.id() == "wire.close-after-accept"), "{}", fault.id());
    }
}

#[test]
fn an_error_in_plain_text_has_its_identifier_alone() {
    let fixture = Fixture::new();
    let answer = create(&fixture.url, 1_101_000_109, VALID);
    assert_eq!((answer.status, answer.body.as_str()), (400, "instance in starting process try later"));
    assert!(answer.head.contains("\r\ncontent-type: text/plain; charset=utf-8"), "{}", answer.head);
}

#[test]
fn the_summary_of_a_test_instance_names_the_status_that_it_answers() {
    let fixture = Fixture::new();
    let contract = fixture.emulation.contract();
    for answer in contract.possible_answers() {
        let id = format!("domain.{}", answer.slug());
        let instances = fixture.emulation.test_instances();
        let instance = instances
            .iter()
            .find(|instance| instance.behaviour.faults().iter().any(|injection| injection.fault().id() == id))
            .unwrap();
        let status = answer.status().to_string();
        assert!(instance.summary.contains(&status), "{id}: {}", instance.summary);
        assert_eq!(create(&fixture.url, instance.id.number(), VALID).status, answer.status(), "{id}");
        // Where the summary quotes the answer, it is what the contract says.
        if let Some(quoted) = instance.summary.split('`').nth(1) {
            assert_eq!(answer.identifier(), Some(quoted), "{id}");
        }
    }
}

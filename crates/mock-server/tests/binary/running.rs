//! How it starts, serves and stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{VALID, create, exchange};
use crate::{Mock, command, ended};

/// How long to wait for what is sure to come.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn it_says_when_it_is_ready_and_stops_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let mock = Mock::start(&[]);
        assert_eq!(mock.ready["event"], "ready");
        assert_eq!(mock.ready["edition"], "2020-06-29");
        assert_eq!(create(mock.url(), 1_101_000_001, VALID).status, 200);
        let (code, rest, log) = mock.stop(signal);
        assert_eq!((code, rest.as_str()), (Some(0), ""), "{signal}");
        let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
        assert_eq!((&line["clause"], &line["status"]), (&json!("response.200"), &json!(200)));
        assert!(!log.contains("t0ken"), "{log}");
    }
}

/// The lines of its log, as they come.
fn logged(mock: &mut Mock) -> mpsc::Receiver<Value> {
    let log = BufReader::new(mock.child.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    // It ends with the log, or with the test.
    std::thread::spawn(move || {
        log.lines().try_for_each(|line| sender.send(serde_json::from_str(&line.unwrap()).unwrap()))
    });
    lines
}

/// Lines go out together, but none waits for another call.
#[test]
fn a_call_is_logged_at_once() {
    let mut mock = Mock::start(&[]);
    let lines = logged(&mut mock);
    for instance in [1_101_000_001, 1_101_000_002, 1_101_000_003] {
        create(mock.url(), instance, VALID);
        let line = lines.recv_timeout(PATIENCE).expect("the call is to be logged before the next one");
        assert_eq!(line["instance"], instance);
    }
}

/// So many calls that their lines are more than a pipe holds.
const MANY: usize = 1_000;

/// Makes them on one connection, one behind another without waiting, and sees that each is answered.
fn call_often(mock: &Mock) {
    let head = format!(
        "POST /waInstance1101000001/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        VALID.len()
    );
    let answers = exchange(mock.url(), &[head.as_bytes(), VALID].concat().repeat(MANY));
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), MANY);
}

#[test]
fn each_call_of_many_has_its_line() {
    let mut mock = Mock::start(&[]);
    let lines = logged(&mut mock);
    call_often(&mock);
    mock.signal("TERM");
    assert_eq!(lines.iter().filter(|line| line["outcome"] == "created").count(), MANY);
}

#[test]
fn who_does_not_read_the_log_holds_nobody_up() {
    let mut mock = Mock::start(&[]);
    call_often(&mock);
    mock.signal("TERM");
    assert_eq!(mock.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_call_that_is_under_way_is_answered_before_it_stops() {
    let mut mock = Mock::start(&[]);
    let mut stream = TcpStream::connect(mock.url().strip_prefix("http://").unwrap()).unwrap();
    let head = format!(
        "POST /waInstance1101000001/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
         Content-Length: {}\r\n\r\n",
        VALID.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body, so the call is under way.
    let mut interim = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut interim).unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"), "{}", interim.escape_ascii());

    mock.signal("TERM");
    // Its log says nothing of the signal, so wait for what follows from it: the address is given up.
    let address = mock.url().strip_prefix("http://").unwrap().to_owned();
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(VALID).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert_eq!(mock.child.wait().unwrap().code(), Some(0));
}

/// A call is under way, and its client will never send the body.
fn under_way(mock: &Mock) -> TcpStream {
    let mut stream = TcpStream::connect(mock.url().strip_prefix("http://").unwrap()).unwrap();
    let head = "POST /waInstance1101000001/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
                Content-Length: 7\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut interim = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut interim).unwrap();
    stream
}

/// The end of a call that was cut off.
fn is_cut_off(mut stream: TcpStream) -> bool {
    matches!(stream.read(&mut [0]), Ok(0) | Err(_))
}

#[test]
fn calls_under_way_have_as_long_as_is_asked() {
    for (drain, expected) in [("0s", 0), ("300ms", 300)] {
        let mock = Mock::start(&["--drain", drain]);
        let stream = under_way(&mock);
        let start = Instant::now();
        let (code, _, log) = mock.stop("TERM");
        let taken = start.elapsed();
        assert_eq!(code, Some(0), "{drain}: {log}");
        assert!(
            (Duration::from_millis(expected)..Duration::from_secs(10)).contains(&taken),
            "{drain}: {taken:?}"
        );
        assert!(is_cut_off(stream), "{drain}");
        assert_eq!(
            log.contains("calls were still under way when the server stopped"),
            expected > 0,
            "{drain}: {log}"
        );
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (arguments, signals) in
        [(&[][..], ["TERM", "INT"]), (&["--admin-listen", "127.0.0.1:0"], ["INT", "TERM"])]
    {
        let mock = Mock::start(&[&["--drain", "1h"], arguments].concat());
        let stream = under_way(&mock);
        mock.signal(signals[0]);
        // The address is given up once the first signal has come.
        let address = mock.url().strip_prefix("http://").unwrap().to_owned();
        while TcpStream::connect(&address).is_ok() {
            std::thread::yield_now();
        }
        let (code, _, log) = mock.stop(signals[1]);
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("a second signal cut off the calls that were under way"), "{log}");
        assert!(is_cut_off(stream));
    }
}

#[test]
fn it_serves_those_who_do_not_listen_to_it() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut child = command(&["--listen", &address]).spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    // There is nobody to tell that it is ready.
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(&address).is_err() {
        assert!(Instant::now() < deadline, "it does not come to serve");
        std::thread::yield_now();
    }
    assert_eq!(create(&format!("http://{address}"), 1_101_000_001, VALID).status, 200);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn it_listens_on_ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    for (address, expected) in [("[::1]:0", "http://[::1]:"), ("[::]:0", "http://[::1]:")] {
        let mock = Mock::start_at(address);
        assert!(mock.url().starts_with(expected), "{}", mock.url());
        assert_eq!(mock.ready["admin"], format!("{}/__admin", mock.url()));
        assert_eq!(create(mock.url(), 1_101_000_001, VALID).status, 200, "{address}");
        let authority = mock.url().strip_prefix("http://").unwrap();
        let of_address = authority.replace("[::1]", address.split(":0").next().unwrap());
        for place in [&["--listen", &of_address][..], &[mock.url()]] {
            let output = command(&[&["healthcheck", "--timeout", "20s"], place].concat()).output().unwrap();
            let line = String::from_utf8_lossy(&output.stdout);
            assert_eq!(line, format!("healthy: GET {}/__admin/health was answered with 200\n", mock.url()));
        }
        assert_eq!(mock.stop("TERM").0, Some(0));
    }
}

#[test]
fn a_port_that_is_taken_has_an_exit_code_of_its_own() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, message) = ended(&["--listen", &address]);
    assert_eq!(code, Some(3));
    assert!(message.starts_with(&format!("error: cannot listen on {address}: ")), "{message}");
    assert!(message.contains("Choose another one with --listen"), "{message}");
}

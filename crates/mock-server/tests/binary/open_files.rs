//! No file may be opened any more: the server serves on, says so once, and takes those that wait as soon as it can.

#![cfg(target_os = "linux")] // What a process takes is asked below /proc.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use serde_json::Value;

use crate::support::VALID;
use crate::{Mock, command};

/// So many files the server may have open.
const LIMIT: usize = 40;
/// More than it can take.
const CLIENTS: usize = LIMIT + 20;
const PATIENCE: Duration = Duration::from_secs(20);
/// So long nothing is to happen, and the server is to do nothing.
const QUIET: Duration = Duration::from_secs(1);

/// The same program, which may open no more than so many files.
fn limited(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"")]);
    limited.arg(command.get_program()).args(command.get_args());
    for (name, _) in command.get_envs() {
        limited.env_remove(name);
    }
    limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    limited
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn ask(mut stream: &TcpStream) {
    let head = "POST /waInstance7/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let head = format!("{head}Content-Length: {}\r\n\r\n", VALID.len());
    stream.write_all(&[head.as_bytes(), VALID].concat()).unwrap();
}

/// The start of an answer; the whole of it has less than a kilobyte and comes at once.
fn read(mut stream: &TcpStream) {
    let mut answer = [0; 1024];
    let length = stream.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 "), "{}", answer[..length].escape_ascii());
}

/// The next line of the log that is not of a call.
fn next(log: &Receiver<Value>, patience: Duration) -> Result<Value, RecvTimeoutError> {
    loop {
        let line = log.recv_timeout(patience)?;
        if line["message"] != "answered" {
            return Ok(line);
        }
    }
}

/// The time of the processor, in steps of a hundredth of a second.
fn steps(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let mut numbers = stat.rsplit_once(") ").unwrap().1.split(' ').skip(11);
    let mut next = || numbers.next().unwrap().parse::<u64>().unwrap();
    next() + next()
}

#[test]
fn without_open_files_it_serves_on_and_takes_those_that_wait_afterwards() {
    let mut mock = Mock::spawn(limited(&command(&["--listen", "127.0.0.1:0", "--log", "json"])));
    let (lines, log) = mpsc::channel();
    let stderr = BufReader::new(mock.child.stderr.take().unwrap());
    std::thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            let _ = lines.send(serde_json::from_str(&line).unwrap());
        }
    });
    let address = mock.url().strip_prefix("http://").unwrap();

    let mut clients: Vec<TcpStream> = (0..CLIENTS).map(|_| connect(address)).collect();
    clients.iter().for_each(ask);
    let line = next(&log, PATIENCE).unwrap();
    assert_eq!(line["message"], "cannot accept a connection; trying on", "{line}");
    assert!(line["error"].as_str().unwrap().contains("Too many open files"), "{line}");
    // The queue of the system keeps the order, so the first ones were taken.
    let taken = LIMIT / 2;
    clients[..taken].iter().for_each(read);

    // It does not spin, and does not say the same again.
    let before = steps(mock.child.id());
    assert_eq!(next(&log, QUIET), Err(RecvTimeoutError::Timeout));
    let steps = steps(mock.child.id()) - before;
    assert!(steps < 20, "it took {steps} hundredths of a second for nothing");

    // Who was taken is served on meanwhile.
    for _ in 0..10 {
        clients[..taken].iter().for_each(ask);
        clients[..taken].iter().for_each(read);
    }
    let waits = clients.last().unwrap();
    waits.set_nonblocking(true).unwrap();
    assert_eq!(waits.peek(&mut [0]).map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock));
    waits.set_nonblocking(false).unwrap();

    // As soon as others are gone, the rest is served, each with the request that it sent long ago.
    drop(clients.drain(..taken));
    let line = next(&log, PATIENCE).unwrap();
    assert_eq!(line["message"], "connections are accepted again", "{line}");
    assert!(line["tries"].as_u64().unwrap() > 1, "{line}");
    clients.drain(..LIMIT - taken).for_each(|client| read(&client));
}

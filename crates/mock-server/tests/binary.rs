//! The binary as a user of it sees it: what it prints, how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use greenapi_model::Contract;
use serde_json::{Value, json};
use support::{VALID, create};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenapi-mock"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A run that is expected to end by itself.
fn ended(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command(arguments).output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// A mock that is ready. It is killed at the end of a test that failed.
struct Mock {
    child: Child,
    stdout: BufReader<ChildStdout>,
    ready: Value,
}

impl Mock {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["--listen", "127.0.0.1:0", "--log", "json"], arguments].concat();
        let mut child = command(&arguments).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Self { child, stdout, ready }
    }

    fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// Stops the mock by a signal; gives the exit code, what else it printed, and what it logged.
    fn stop(mut self, signal: &str) -> (Option<i32>, String, String) {
        self.signal(signal);
        let (mut rest, mut log) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), rest, log)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
fn a_port_that_is_taken_has_an_exit_code_of_its_own() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, message) = ended(&["--listen", &address]);
    assert_eq!(code, Some(3));
    assert!(message.starts_with(&format!("error: cannot listen on {address}: ")), "{message}");
    assert!(message.contains("Choose another one with --listen"), "{message}");
}

#[test]
fn wrong_use_is_explained() {
    for (arguments, expected) in [
        (&["--instance", "7"][..], "write ID:STATE"),
        (&["--instance", "x:starting"], "decimal digits"),
        (&["--instance", "7:paused"], "does not say how createGroup answers in the state `paused`"),
        (&["--instance", "0:starting"], "`idInstance` is at least 1"),
        (&["--edition", "2019-01-01"], "there is 2020-06-29"),
        (&["--clock", "noon"], "write `example`, `system` or a time"),
        (&["--listen", "8080"], "invalid socket address"),
        (&["--no-such-option"], "unexpected argument"),
    ] {
        let (code, message) = ended(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[test]
fn instances_are_set_up_on_the_command_line() {
    let mock = Mock::start(&["--instance", "7:starting", "--instance", "1101000001:not-authorized"]);
    assert_eq!(create(mock.url(), 7, VALID).message(), "instance in starting process try later");
    assert_eq!(create(mock.url(), 1_101_000_001, VALID).message(), "instance account not authorized");
    assert_eq!(create(mock.url(), 8, VALID).status, 200);
    assert_eq!(mock.stop("TERM").0, Some(0));
}

#[test]
fn a_contract_of_ones_own_is_kept() {
    let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let call = &mut document["paths"]["/waInstance{idInstance}/createGroup/{apiTokenInstance}"]["post"];
    let name = &mut call["requestBody"]["content"]["application/json"]["schema"]["properties"]["groupName"];
    *name = json!({"type": "string", "minLength": 1, "maxLength": 25, "x-evidence": "assumed"});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.json");
    std::fs::write(&file, document.to_string()).unwrap();

    let mock = Mock::start(&["--spec", file.to_str().unwrap()]);
    let named = |length| json!({"groupName": "x".repeat(length), "phones": [1]}).to_string();
    assert_eq!(create(mock.url(), 1, named(25).as_bytes()).status, 200);
    assert_eq!(create(mock.url(), 1, named(26).as_bytes()).message(), "bad request data");
    let (code, _, log) = mock.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(log.contains("request.groupName.maxLength"), "{log}");
}

#[test]
fn a_contract_that_cannot_be_used_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.json");
    let path = file.to_str().unwrap();
    let (code, message) = ended(&["--spec", path]);
    assert_eq!(code, Some(4), "{message}");
    std::fs::write(
        &file,
        r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "v", "foo": 1}, "paths": {}}"#,
    )
    .unwrap();
    let (code, message) = ended(&["--spec", path]);
    assert_eq!(code, Some(4), "{message}");
    assert!(message.contains("/info/foo: `foo` is not known in `info`; known are `title`"), "{message}");
}

#[test]
fn for_a_person_it_prints_a_line_that_works_when_pasted() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "curl is missing");
        eprintln!("skipped: there is no curl on this machine to paste the line for");
        return;
    }
    let mut child = command(&["--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut shown = String::new();
    while !shown.contains("Ctrl-C") {
        assert!(stdout.read_line(&mut shown).unwrap() > 0, "{shown}");
    }
    let line = shown.lines().find(|line| line.starts_with("  curl ")).unwrap();
    let pasted = Command::new("sh").args(["-c", &format!("{} --silent", line.trim())]).output();
    child.kill().unwrap();
    child.wait().unwrap();
    let answer = String::from_utf8(pasted.unwrap().stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{line}\n{answer}");
    let url = line.split('\'').nth(1).unwrap().split("/waInstance").next().unwrap().to_owned();
    let shown = shown.replace(&url, "http://127.0.0.1:PORT").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(shown);
}

#[test]
fn the_help_teaches() {
    let output = command(&["--help"]).env("COLUMNS", "110").output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

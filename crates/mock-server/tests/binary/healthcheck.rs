//! `greenapi-mock healthcheck`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Output;
use std::thread;

use crate::{Mock, command, printed};

/// How it ends: its exit code and what it prints. A machine that is busy has its time, unless the test is about that.
fn health(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let patience: &[&str] = if arguments.contains(&"--timeout") { &[] } else { &["--timeout", "20s"] };
    let Output { status, stdout, stderr } = command(&[&["healthcheck"], arguments, patience].concat())
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

fn address(url: &str) -> &str {
    url.strip_prefix("http://").unwrap()
}

#[test]
fn an_endpoint_that_runs_is_healthy() {
    let plain = Mock::start(&[]);
    let without = Mock::start(&["--no-admin"]);
    let apart = Mock::start(&["--admin-listen", "127.0.0.1:0"]);
    let admin = apart.ready["admin"].as_str().unwrap();
    let with_token = Mock::start_with(&[], |command| {
        command.env("GREENAPI_MOCK_ADMIN_TOKEN", "s3cret");
    });
    let (file, folder) = (|url: &str| format!("listen = '{}'", address(url)), tempfile::tempdir().unwrap());
    let path = folder.path().join("mock.toml");
    std::fs::write(&path, file(plain.url())).unwrap();
    let of_admin = address(admin.strip_suffix("/__admin").unwrap());
    for (arguments, variables, probe) in [
        (&[plain.url()][..], &[][..], "GET"),
        (&["--listen", address(plain.url())], &[], "GET"),
        (&["--config", path.to_str().unwrap()], &[], "GET"),
        (&[], &[("GREENAPI_MOCK_LISTEN", address(plain.url()))], "GET"),
        (&[plain.url(), "--no-admin"], &[], "OPTIONS"),
        (&[with_token.url()], &[], "GET"),
        (&[without.url()], &[], "OPTIONS"),
        (&["--listen", address(without.url()), "--no-admin"], &[], "OPTIONS"),
        (&[apart.url()], &[], "OPTIONS"),
        (&[admin], &[], "GET"),
        (&["--listen", address(apart.url()), "--admin-listen", of_admin], &[], "GET"),
    ] {
        let (code, line) = health(arguments, variables);
        assert_eq!(code, Some(0), "{arguments:?}: {line}");
        assert!(line.starts_with(&format!("healthy: {probe} http://127.0.0.1:")), "{arguments:?}: {line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn one_that_other_machines_reach_is_asked_from_this_one() {
    let mock = Mock::start_at("0.0.0.0:0");
    let everywhere = mock.url().replace("127.0.0.1", "0.0.0.0");
    assert_eq!(health(&["--listen", address(&everywhere)], &[]).0, Some(0));
}

#[test]
fn what_is_not_healthy_is_explained_in_one_line() {
    let check = |answer: &'static [u8], expected: &str| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let other = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let head = BufReader::new(&stream).lines().map(Result::unwrap);
            assert_ne!(head.take_while(|line| !line.is_empty()).count(), 0);
            stream.write_all(answer).unwrap();
        });
        let (code, line) = health(&[&url], &[]);
        other.join().unwrap();
        let expected = format!(
            "error: not healthy: {}\n",
            expected.replace("HEALTH", &format!("GET {url}/__admin/health"))
        );
        assert_eq!((code, line), (Some(1), expected));
    };
    check(b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "HEALTH was answered with 503");
    check(b"HTTP/1.1 200 OK\r\n\r\nanother server", "HEALTH was answered with 200, but not by greenapi-mock");
    check(b"SSH-2.0-OpenSSH\r\n", "HEALTH was not answered by HTTP");
    check(b"", "cannot ask HEALTH: the connection was closed");
}

#[test]
fn what_cannot_be_reached_is_not_healthy() {
    let url = {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", gone.local_addr().unwrap())
    };
    let (code, line) = health(&[&url], &[]);
    assert_eq!(code, Some(1), "{line}");
    assert!(
        line.starts_with(&format!("error: not healthy: cannot ask GET {url}/__admin/health: ")),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[test]
fn one_that_does_not_answer_is_not_healthy() {
    // Nobody accepts the connection, so nobody answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let expected = format!("error: not healthy: {url} did not answer within 20ms\n");
    assert_eq!(health(&[&url, "--timeout", "20ms"], &[]), (Some(1), expected));
}

#[test]
fn wrong_use_is_neither() {
    for (arguments, expected) in [
        (&["ftp://127.0.0.1:8080"][..], "write http://HOST:PORT"),
        (&["https://127.0.0.1:8080"], "whom to trust by https is not known"),
        (&["--listen", "127.0.0.1:0"], "which port that is is not known here"),
        (&["--timeout", "0s"], "write a duration"),
        (&["--seed", "7"], "unexpected argument"),
    ] {
        let (code, message) = health(arguments, &[]);
        assert_eq!(code, Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    assert!(printed(&mut command(&["healthcheck", "--help"])).contains("[default: 2s]"));
}

//! What is borne of clients: each limit as an option, and the table of the README.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::support::VALID;
use crate::{Mock, command, printed};

const PATIENCE: Duration = Duration::from_secs(20);

fn connect(mock: &Mock) -> TcpStream {
    let stream = TcpStream::connect(mock.url().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What comes back until the server closes its side, while this side stays open.
fn answer(mock: &Mock, bytes: &[u8]) -> String {
    let mut stream = connect(mock);
    stream.write_all(bytes).unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).unwrap();
    seen
}

fn request(path: &str, lines: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn each_limit_has_its_end() {
    const PATH: &str = "/waInstance7/createGroup/t0ken";
    let length = VALID.len();
    let valid = request(PATH, "", length, VALID);
    let many = "X: y\r\n".repeat(8);
    let large = format!("X: {}\r\n", "y".repeat(20_000));
    for (option, bytes, expected) in [
        ("--head-timeout=50ms", &b"POST / HTTP/1.1\r\n"[..], "HTTP/1.1 408 "),
        ("--idle-timeout=50ms", b"", ""),
        ("--body-timeout=50ms", &request(PATH, "", length + 1, VALID), "HTTP/1.1 408 "),
        ("--body-timeout=50ms", &request("/__admin/reset", "", 7, b"{"), "HTTP/1.1 408 "),
        ("--max-head-bytes=8192", &request(PATH, &large, length, VALID), "HTTP/1.1 431 "),
        ("--max-headers=8", &request(PATH, &many, length, VALID), "HTTP/1.1 431 "),
        ("--max-body-bytes=39", &valid, "HTTP/1.1 413 "),
        ("--max-body-bytes=40", &valid, "HTTP/1.1 200 "),
        ("--max-body-bytes=999999999", &request(PATH, "", 200_000, &vec![b' '; 200_000]), "HTTP/1.1 500 "),
        ("--max-instances=0", &valid, "HTTP/1.1 503 "),
        ("--groups-kept=0", &valid, "HTTP/1.1 200 "),
    ] {
        let mock = Mock::start(&[option]);
        let seen = answer(&mock, bytes);
        assert!(seen.starts_with(expected) && expected.is_empty() == seen.is_empty(), "{option}: {seen}");
        let (code, _, log) = mock.stop("TERM");
        assert_eq!(code, Some(0), "{option}");
        assert!(!log.contains("t0ken"), "{option}: {log}");
    }
    assert_eq!(length, 40);
}

#[test]
fn one_connection_too_many_waits_and_a_warning_says_so() {
    let mock = Mock::start(&["--max-connections=1"]);
    let mut first = connect(&mock);
    first.write_all(b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert!(first.read(&mut [0; 1024]).unwrap() > 0);
    let mut second = connect(&mock);
    second.write_all(b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    second.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(second.read(&mut [0; 1024]).is_err(), "the second one is not to be served yet");
    first.shutdown(Shutdown::Both).unwrap();
    second.set_read_timeout(Some(PATIENCE)).unwrap();
    assert!(second.read(&mut [0; 1024]).unwrap() > 0);
    drop((first, second));
    let (_, _, log) = mock.stop("TERM");
    assert!(log.contains("further connections have to wait") && log.contains("WARN"), "{log}");
}

/// The options of the README's table with their defaults.
fn of_the_readme() -> BTreeMap<String, String> {
    let readme = include_str!("../../README.md");
    let rows = readme.lines().skip_while(|line| !line.starts_with("| limit | option |")).skip(2);
    rows.map_while(|row| {
        let cells: Vec<_> = row.strip_prefix("| ")?.split(" | ").collect();
        Some((cells[1].to_owned(), cells[2].to_owned()))
    })
    .filter(|(option, _)| option.starts_with("`--"))
    .map(|(option, default)| (option.trim_matches('`').to_owned(), default.replace(' ', "")))
    .collect()
}

#[test]
fn the_table_of_the_readme_has_the_defaults() {
    let shown = printed(&mut command(&["config", "show"]));
    let rows = of_the_readme();
    assert!(rows.len() >= 10, "{rows:?}");
    for (option, default) in &rows {
        let (section, key) = match option.trim_start_matches("--").split_once("journal-") {
            Some((_, key)) => ("[journal]", key),
            None => ("", option.trim_start_matches("--")),
        };
        let (_, below) = shown.split_once(section).unwrap();
        let line = below.lines().find(|line| line.starts_with(&format!("{key} = ")));
        let found = line.map(|line| line.split("  #").next().unwrap().split(" = ").nth(1).unwrap().trim());
        let found = found.map_or("thecontract's".to_owned(), |found| found.replace('"', ""));
        assert_eq!(found, *default, "{option}");
    }
}

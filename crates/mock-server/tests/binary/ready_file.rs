//! `--ready-file`.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{VALID, create};
use crate::{Mock, command, ended};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn it_is_there_while_calls_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready.json");
    for signal in ["TERM", "INT"] {
        // One that was left behind is replaced.
        fs::write(&file, "{}").unwrap();
        let mock = Mock::start(&["--ready-file", file.to_str().unwrap()]);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), mock.ready, "{signal}");
        assert_eq!((text.lines().count(), text.ends_with('\n')), (1, true));
        assert_eq!(create(mock.url(), 7, VALID).status, 200);
        assert_eq!(names(folder.path()), ["ready.json"]);
        assert_eq!(mock.stop(signal).0, Some(0));
        assert_eq!(names(folder.path()), [""; 0], "{signal}");
    }
}

#[test]
fn it_says_the_same_whatever_is_printed() {
    for format in ["text", "json", "off"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ready.json");
        let mut child = command(&["--listen", "127.0.0.1:0", "--log", format])
            .env("GREENAPI_MOCK_READY_FILE", &file)
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        // Whoever finds it finds it whole.
        let text = loop {
            assert!(child.try_wait().unwrap().is_none(), "{format}: it ended");
            assert!(Instant::now() < deadline, "{format}: the file does not come");
            match fs::read_to_string(&file) {
                Ok(text) => break text,
                Err(_) => std::thread::yield_now(),
            }
        };
        let ready: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(create(ready["url"].as_str().unwrap(), 7, VALID).status, 200, "{format}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn that_of_another_endpoint_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready.json");
    let first = Mock::start(&["--ready-file", file.to_str().unwrap()]);
    let second = Mock::start(&["--ready-file", file.to_str().unwrap()]);
    assert_eq!(first.stop("TERM").0, Some(0));
    assert_eq!(serde_json::from_str::<Value>(&fs::read_to_string(&file).unwrap()).unwrap(), second.ready);
    assert_eq!(second.stop("TERM").0, Some(0));
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn one_that_cannot_be_written_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for path in [place.to_owned(), format!("{place}/no/such"), format!("{place}/file/below"), "..".to_owned()]
    {
        let (code, message) = ended(&["--listen", "127.0.0.1:0", "--ready-file", &path]);
        assert_eq!(code, Some(2), "{message}");
        assert!(message.starts_with(&format!("error: cannot write the ready file {path}: ")), "{message}");
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn an_endpoint_that_does_not_start_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready.json");
    fs::write(&file, "of another one").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_eq!(ended(&["--listen", &address, "--ready-file", file.to_str().unwrap()]).0, Some(3));
    assert_eq!(fs::read_to_string(&file).unwrap(), "of another one");
    assert_eq!(names(folder.path()), ["ready.json"]);
}

//! What options do together.

use std::fs;

use crate::support::{VALID, create, request};
use crate::{Mock, command, ended, printed};

#[test]
fn instances_are_set_up_on_the_command_line() {
    let mock = Mock::start(&["--instance", "7:starting", "--instance", "1101000001:not-authorized"]);
    assert_eq!(create(mock.url(), 7, VALID).message(), "instance in starting process try later");
    assert_eq!(create(mock.url(), 1_101_000_001, VALID).message(), "instance account not authorized");
    assert_eq!(create(mock.url(), 8, VALID).status, 200);
    assert_eq!(mock.stop("TERM").0, Some(0));
}

#[test]
fn instances_of_the_file_stay_beside_those_of_a_flag() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.toml");
    fs::write(&file, "instance = [{ id = 7, state = 'starting' }, { id = 8, script = ['starting'] }]")
        .unwrap();
    let mock = Mock::start(&["--config", file.to_str().unwrap(), "--instance", "7:authorized"]);
    assert_eq!(create(mock.url(), 7, VALID).status, 200);
    assert_eq!(create(mock.url(), 8, VALID).status, 400);
    assert_eq!(create(mock.url(), 8, VALID).status, 200);
}

#[test]
fn an_empty_list_is_one_without_items() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.toml");
    fs::write(&file, "fault = ['empty-reply']").unwrap();
    let shown = printed(&mut command(&["config", "show", "--fault", "", "--config", file.to_str().unwrap()]));
    assert!(!shown.contains("[[fault]]"), "{shown}");
    assert_eq!(ended(&["config", "show", "--fault", "x"]).0, Some(2));
}

#[test]
fn what_is_given_nearer_to_the_user_decides_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.toml");
    fs::write(&file, "spec = 'no-such.json'").unwrap();
    let arguments = ["config", "show", "--config", file.to_str().unwrap()];
    assert_eq!(ended(&arguments).0, Some(4));
    let shown = printed(command(&arguments).env("GREENAPI_MOCK_EDITION", "2020-06-29"));
    assert!(!shown.contains("spec"), "{shown}");
}

#[test]
fn pages_are_let_in_by_the_command_line() {
    for (arguments, expected) in [
        (&["--cors"][..], Some("*")),
        (&["--cors=https://a", "--cors=https://b,https://c"], Some("https://b")),
        (&["--cors=https://a"], None),
        (&[], None),
    ] {
        let mock = Mock::start(arguments);
        let head = "POST /waInstance7/createGroup/t0ken HTTP/1.1\r\nOrigin: https://b";
        let answer = request(mock.url(), head, VALID);
        let found = answer.head.lines().find_map(|line| line.strip_prefix("access-control-allow-origin: "));
        assert_eq!((answer.status, found), (200, expected), "{arguments:?}");
    }
}

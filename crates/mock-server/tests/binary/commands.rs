//! `greenapi-mock config` and `greenapi-mock faults`.

use std::fs;

use serde_json::{Value, json};

use crate::{command, ended, printed};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/greenapi-mock.example.toml");

#[test]
fn a_file_that_is_valid_is_summed_up() {
    let expected = format!("{EXAMPLE}: valid; the contract 2020-06-29, 2 instances, 1 fault for all\n");
    assert_eq!(printed(&mut command(&["config", "check", EXAMPLE])), expected);
    assert_eq!(printed(command(&["config", "check"]).env("GREENAPI_MOCK_CONFIG", EXAMPLE)), expected);
}

const WRONG: &str = r#"sed = 7
[[instance]]
id = 7
state = "paused"
token = "s3cret token"
script = ["ok", "strating"]
"#;

#[test]
fn a_file_that_is_not_valid_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.toml");
    fs::write(&file, WRONG).unwrap();
    let path = file.to_str().unwrap();
    let (code, message) = ended(&["config", "check", path]);
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(message.replace(path, "mock.toml"));
    // Whoever starts with it is told the same.
    assert_eq!(ended(&["--config", path]), (code, message));
}

#[test]
fn what_is_in_effect_is_a_file_again() {
    let arguments = ["config", "show", "--config", EXAMPLE, "--strict", "--instance", "9:starting"];
    let mut command = command(&arguments);
    command.env("GREENAPI_MOCK_SEED", "7").env("GREENAPI_MOCK_ADMIN_TOKEN", "s3cret");
    let shown = printed(&mut command);
    assert!(!shown.contains("s3cret") && !shown.contains("d75b3a66"), "{shown}");
    insta::assert_snapshot!(shown);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.toml");
    fs::write(&file, shown.replace("\"***\"", "\"x\"")).unwrap();
    printed(&mut crate::command(&["config", "check", file.to_str().unwrap()]));
}

#[test]
fn the_schema_is_printed() {
    let shown = printed(&mut command(&["config", "schema"]));
    assert_eq!(shown, include_str!("../../config.schema.json"));
}

#[test]
fn faults_are_listed_in_groups() {
    let all = printed(&mut command(&["faults"]));
    assert_eq!(all.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).count(), 3, "{all}");
    assert!(!all.contains('\u{1b}'), "colours are for a terminal");
    assert_eq!(
        printed(&mut command(&["faults", "LATENCY"])),
        "On the wire: the bytes and the time\n  wire.latency=1s  the answer comes late\n"
    );
}

#[test]
fn faults_are_listed_for_a_program() {
    let lines = printed(&mut command(&["faults", "--json"]));
    let faults: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for group in ["wire", "domain", "content"] {
        assert!(faults.iter().any(|fault| fault["group"] == group), "{group}");
    }
    let of = |id: &str| faults.iter().find(|fault| fault["id"] == id).unwrap();
    let latency =
        json!({"id": "wire.latency", "group": "wire", "summary": "the answer comes late", "parameter": "1s"});
    assert_eq!(*of("wire.latency"), latency);
    assert_eq!(of("response.chatId.required/drop")["clause"], "response.chatId.required");
    assert_eq!(ended(&["faults", "--json", "no such thing"]).0, Some(2));
}

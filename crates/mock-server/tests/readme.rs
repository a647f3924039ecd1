//! The examples of the README that are run in a shell do what stands beside them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::process::Command;

use greenapi_mock_server::Config;
use support::Fixture;

/// The blocks of code in the README, with their languages.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let readme = include_str!("../README.md");
    let parts: Vec<&str> = readme.split("```").collect();
    parts.iter().skip(1).step_by(2).map(|block| block.split_once('\n').unwrap()).collect()
}

#[test]
fn each_line_of_curl_is_answered_as_it_says() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "curl is missing");
        eprintln!("skipped: there is no curl on this machine to run the examples with");
        return;
    }
    let fixture = Fixture::new();
    let blocks = blocks();
    let mut run = 0;
    for (block, next) in blocks.iter().zip(blocks.iter().skip(1)) {
        let (("sh", command), ("http", expected)) = (block, next) else { continue };
        assert!(command.starts_with("curl -i "), "{command}");
        let command = command.replace("http://127.0.0.1:8080", &fixture.url);
        let output =
            Command::new("sh").args(["-c", &format!("{} --silent", command.trim_end())]).output().unwrap();
        let answer = String::from_utf8(output.stdout).unwrap().replace('\r', "");
        for line in expected.lines() {
            assert!(answer.lines().any(|found| found == line), "{command}\n{answer}");
        }
        run += 1;
    }
    assert!(run >= 5, "{run} examples were run");
}

#[test]
fn the_configuration_is_one() {
    let blocks = blocks();
    let (_, file) = blocks.iter().find(|(language, _)| *language == "toml").unwrap();
    let emulation = Config::parse(file).unwrap().emulation().unwrap();
    let instance = emulation.instance(7_103_000_001.into()).unwrap();
    assert_eq!((instance.script.steps().len(), instance.faults.len(), instance.minds_token), (4, 2, true));
}

#[test]
fn the_test_instances_are_these() {
    let fixture = Fixture::new();
    let readme = include_str!("../README.md");
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `1101")).collect();
    let instances = fixture.emulation.test_instances();
    let expected: Vec<String> =
        instances.iter().map(|instance| format!("| `{}` | {} |", instance.id, instance.summary)).collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_faults_that_are_named_exist_and_none_of_the_few_is_left_out() {
    let fixture = Fixture::new();
    let readme = include_str!("../README.md");
    let table = readme.split("| on the wire |").nth(1).unwrap().split("\n\n").next().unwrap();
    let named: Vec<&str> =
        table.split('`').skip(1).step_by(2).filter(|text| !text.starts_with('=')).collect();
    for text in &named {
        assert!(fixture.emulation.fault(text).is_ok(), "{text}");
    }
    for fault in fixture.emulation.faults().iter().filter(|fault| fault.clause().is_none()) {
        assert!(named.contains(&fault.id()), "{} is not in the table", fault.id());
    }
}

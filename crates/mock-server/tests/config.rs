//! The configuration file: what is read, and what is said of a file that cannot be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::time::Duration;

use greenapi_mock_server::{Config, Emulation, InvalidConfig, Limits, LogFormat, Period, Scope};
use greenapi_model::Contract;
use http::HeaderMap;

const EXAMPLE: &str = include_str!("../greenapi-mock.example.toml");

/// What `config check` does with a file.
fn emulation(text: &str) -> Result<Emulation, InvalidConfig> {
    Config::parse(text).and_then(|config| config.emulation())
}

fn statuses(emulation: &Emulation, id: u64, token: &str, calls: usize) -> Vec<u16> {
    let target = format!("/waInstance{id}/createGroup/{token}");
    let headers = HeaderMap::new();
    let body = br#"{"groupName":"x","phones":[79001234567]}"#;
    (0..calls).map(|_| emulation.open("POST", &target, &headers).answer(body).status).collect()
}

#[test]
fn all_of_a_file_is_read() {
    let config = Config::parse(EXAMPLE).unwrap();
    assert_eq!(config.listen, Some("127.0.0.1:8080".parse().unwrap()));
    assert_eq!(config.log, Some(LogFormat::Text));
    assert_eq!(config.retry_window, Some(Period(Duration::from_secs(10))));
    assert_eq!(config.limits(), Limits::default());
    let emulation = config.emulation().unwrap();
    let defaults = Config::default().settings();
    assert_eq!(
        format!("{:?}", emulation.settings()),
        format!("{defaults:?}"),
        "the example shows the defaults"
    );
    let instance = emulation.instance(7_103_000_001.into()).unwrap();
    assert_eq!((instance.script.steps().len(), instance.faults.len(), instance.minds_token), (3, 2, true));
    assert_eq!(emulation.injections(Scope::Everywhere).len(), 1);
}

#[test]
fn limits_are_read() {
    let check = |text: &str, expected: Limits| {
        assert_eq!(Config::parse(&format!("[limits]\n{text}")).unwrap().limits(), expected, "{text}");
    };
    let (default, second) = (Limits::default(), Duration::from_secs(1));
    check("", default);
    check("head-timeout = '1s'", Limits { head_timeout: second, ..default });
    check("idle-timeout = '1s'", Limits { idle_timeout: second, ..default });
    check("body-timeout = '1s'", Limits { body_timeout: second, ..default });
    check("max-connections = 7", Limits { most_connections: 7, ..default });
    check("max-head-bytes = 9000", Limits { head_bytes: 9000, ..default });
    check("max-headers = 7", Limits { most_headers: 7, ..default });
    check("max-body-bytes = 7", Limits { body_bytes: Some(7), ..default });
}

#[test]
fn an_empty_file_is_the_defaults() {
    let empty = Config::parse("").unwrap();
    assert_eq!(format!("{:?}", empty.settings()), format!("{:?}", Config::default().settings()));
    let instances = emulation("").unwrap().instance_count();
    assert_eq!(instances, Emulation::new(Contract::default()).unwrap().instance_count());
}

#[test]
fn an_instance_does_what_the_file_says() {
    let check = |text: &str, token: &str, expected: &[u16]| {
        let emulation = emulation(&format!("strict = true\n[[instance]]\nid = 7\n{text}")).unwrap();
        assert_eq!(statuses(&emulation, 7, token, expected.len()), expected, "{text}");
        emulation.reset();
        assert_eq!(statuses(&emulation, 7, token, expected.len()), expected, "{text}, after a reset");
        assert_eq!(statuses(&emulation, 8, token, 1), [403]);
    };
    check("", "any", &[200]);
    check("state = 'starting'", "any", &[400]);
    check("token = 'own'", "own", &[200]);
    check("token = 'own'", "other", &[401]);
    check("script = ['starting', 'ok']\nstate = 'not-authorized'", "any", &[400, 200, 400, 400]);
    check("script = ['starting', 'ok']\nthen = 'repeat'", "any", &[400, 200, 400]);
    check("faults = [{ fault = '500-but-created', calls = 2 }]", "any", &[500, 500, 200]);
}

#[test]
fn a_fault_for_all_comes_back_with_a_reset() {
    let emulation = emulation("[[fault]]\nfault = '500-but-created'\ncalls = 1").unwrap();
    assert_eq!(statuses(&emulation, 7, "any", 2), [500, 200]);
    emulation.reset();
    assert_eq!(statuses(&emulation, 7, "any", 2), [500, 200]);
    // Both forms of a list are TOML's.
    let text = "fault = ['500-but-created']";
    assert_eq!(statuses(&self::emulation(text).unwrap(), 7, "any", 2), [500, 500]);
}

#[test]
fn paths_are_relative_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.toml");
    std::fs::write(&file, "spec = 'own.json'\n[admin]\ntoken-file = 'token'").unwrap();
    std::fs::write(folder.path().join("own.json"), Contract::default().document()).unwrap();
    let config = Config::read(&file).unwrap();
    assert_eq!(config.admin_token_file, Some(folder.path().join("token")));
    config.emulation().unwrap();
    std::fs::remove_file(folder.path().join("own.json")).unwrap();
    let error = config.emulation().unwrap_err();
    assert_eq!((error.problems()[0].line(), error.problems()[0].column()), (Some(1), Some(8)), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Config::read("no/such.toml").unwrap_err().to_string();
    assert!(error.starts_with("no/such.toml: cannot be read: "), "{error}");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let text = r#"listen = "8080"
sed = 7
clock = "noon"
max-instances = -1
edition = "2019-01-01"

[journal]
entries = "many"
retry-window = "soon"

[admin]
tokenfile = "x"

[[instance]]
id = 0
state = "paused"
script = ["strating", "ok", 3]
then = "again"
faults = ["wire.latncy=1s", { fault = "wire.latency=1y", cals = 3 }, "close-after-accept"]

[[instance]]
id = 7
token = "not a token"

[[instance]]
id = 7
faults = [{ fault = "wire.garbage", probability = 2, calls = 0 }, { calls = 1 }]

[[instance]]
state = "starting"

[[fault]]
fault = "nothing like it"
"#;
    insta::assert_snapshot!(emulation(text).unwrap_err());
}

#[test]
fn what_is_no_toml_is_shown() {
    insta::assert_snapshot!(emulation("seed = 7\nclock = noon\n[journal\nentries = 1\n").unwrap_err());
}

#[test]
fn no_error_holds_a_token() {
    for text in [
        "[[instance]]\nid = 7\ntoken = 's3cret token'",
        "[[instance]]\nid = 7\ntoken = 's3cret",
        "[[instance]]\nid = 7\ntokn = 's3cret'",
        "instance = [{ id = 7, token = 's3cret', stat = 'x' }]",
        "[[instance]]\nid = 7\ntoken = 53223377",
        "[[instance]]\nid = 7\ntoken = ['s3cret']",
        "[[instance]]\nid = 7\ntoken = '''\ns3cret",
        "token = s3cret",
        "token: s3cret",
        "token \"s3cret\"",
        "token\ts3cret",
        "[[instance]]\nid = 7\ntoken = 's3cret' 's3cret'",
        "[[instance]]\nid = 7\ntoken = 's3cret'\nid = 8",
    ] {
        let error = emulation(text).unwrap_err();
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains("s3cret") && !shown.contains("53223377"), "{shown}");
        }
    }
    let config = Config::parse("[[instance]]\nid = 7\ntoken = 's3cret'").unwrap();
    assert!(!format!("{config:?}").contains("s3cret"));
}

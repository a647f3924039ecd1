//! What the program prints of tokens that it was given.

use std::fs;
use std::process::Command;

use crate::support::{VALID, request};

const TOKENS: [&str; 2] = ["s3cret-of-an-instance", "s3cret-of-the-control-plane"];
const IN_A_PATH: &str = "s3cret-of-a-path";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenapi-mock"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GREENAPI_MOCK_") {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

#[test]
fn the_program_prints_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (good, bad, admin) = (path("good.toml"), path("bad.toml"), path("admin"));
    let [instance, control] = TOKENS;
    let text = format!("[[instance]]\nid = 7103000001\ntoken = \"{instance}\"\nstate = \"authorized\"\n");
    fs::write(&good, &text).unwrap();
    // Each is wrong in the line of the token, or beside it.
    fs::write(
        &bad,
        format!(
            "{text}token = \"{instance}\"\nscript = [7]\n[[instance]]\nid = 1\ntoken = \"{instance}/x\"\n"
        ),
    )
    .unwrap();
    fs::write(&admin, control).unwrap();
    let mut said = String::new();
    for arguments in [
        &["config", "show", "--config", &good, "--admin-token-file", &admin][..],
        &["config", "check", &good],
        &["config", "check", &bad],
        &["--config", &bad],
    ] {
        let output = command(arguments).env("GREENAPI_MOCK_ADMIN_TOKEN", control).output().unwrap();
        said += &String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    }
    for format in ["text", "json"] {
        let log = path(format);
        let ready = path("ready");
        let mut child = command(&["--listen", "127.0.0.1:0", "--log", format, "--config", &good])
            .args(["--admin-token-file", &admin, "--ready-file", &ready])
            .stdout(fs::File::create(&log).unwrap())
            .stderr(fs::File::create(format!("{log}.err")).unwrap())
            .spawn()
            .unwrap();
        let ready = loop {
            assert!(child.try_wait().unwrap().is_none(), "{:?}", fs::read_to_string(format!("{log}.err")));
            match fs::read_to_string(&ready) {
                Ok(text) => break text,
                Err(_) => std::thread::yield_now(),
            }
        };
        let url =
            serde_json::from_str::<serde_json::Value>(&ready).unwrap()["url"].as_str().unwrap().to_owned();
        for token in [instance, IN_A_PATH] {
            let head = format!(
                "POST /waInstance7103000001/createGroup/{token} HTTP/1.1\r\nContent-Type: application/json"
            );
            let status = request(&url, &head, VALID).status;
            assert_eq!(status, if token == instance { 200 } else { 401 });
        }
        let stopped = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap();
        assert!(stopped.success() && child.wait().unwrap().success());
        let log = fs::read_to_string(&log).unwrap() + &fs::read_to_string(format!("{log}.err")).unwrap();
        assert!(log.contains("created"), "{log}");
        said += &(ready + &log);
    }
    assert!(said.contains("7103000001"), "{said}");
    for secret in TOKENS.iter().chain([&IN_A_PATH]) {
        assert!(!said.contains(secret), "{said}");
    }
}

//! What `--reproductions` writes: scripts and replays that send the very same request again.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenapi_model::Contract;
use serde_json::Value;

use crate::support::{Answer, Seen, Server, TOKEN, group, taking};
use crate::{Ended, Folder, ended};

/// The request of a counterexample as it goes over the wire.
fn request_of(replay: &Value) -> Seen {
    let request = &replay["request"];
    let instance = replay["instance"].to_string();
    let body = match (&request["body"], &request["bodyBase64"]) {
        (Value::String(text), Value::Null) => text.clone().into_bytes(),
        (Value::Null, Value::String(text)) => STANDARD.decode(text).unwrap(),
        other => panic!("{other:?}"),
    };
    let header =
        |header: &Value| (header[0] == "content-type").then(|| header[1].as_str().unwrap().to_owned());
    Seen {
        method: request["method"].as_str().unwrap().to_owned(),
        target: request["target"].as_str().unwrap().replace("$TOKEN", TOKEN).replace("$INSTANCE", &instance),
        content_type: request["headers"].as_array().unwrap().iter().find_map(header),
        body,
    }
}

/// Runs a script and gives what the server got by it.
fn sent_by(folder: &Folder, server: &Server, script: &str) -> Vec<Seen> {
    server.log();
    let run = |token: Option<&str>| {
        let mut command = Command::new("sh");
        command.arg(script).current_dir(folder.path("again")).env_remove("TOKEN").env("no_proxy", "*");
        let command = token.into_iter().fold(&mut command, |command, token| command.env("TOKEN", token));
        let Ended { code, stdout, stderr } = ended(command.stdin(std::process::Stdio::null()));
        assert_eq!(code == Some(0), token.is_some(), "{script}: {stdout}{stderr}");
        assert!(token.is_none() || stdout.starts_with("HTTP/1.1 "), "{script}: {stdout}");
    };
    // Without the token nothing is sent.
    run(None);
    assert_eq!(server.log(), []);
    run(Some(TOKEN));
    server.log()
}

/// Tries the server, then runs the script of each clause that it breaks; what was sent by them, by the clause.
fn repeated(server: &Server, more: &[&str]) -> BTreeMap<String, Seen> {
    let folder = Folder::new();
    let own = [
        "check",
        &server.url,
        "--token-env",
        "TOKEN",
        "--no-failures",
        "--reproductions",
        "again",
        "--skip-phase",
        "http",
    ];
    let run = ended(folder.command(&[&own[..], more].concat()).env("TOKEN", TOKEN));
    let mut repeated = BTreeMap::new();
    for (path, text) in folder.files() {
        assert!(!text.contains(TOKEN), "{}", path.display());
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(clause) = name.strip_suffix(".sh") else { continue };
        let expected = request_of(&folder.json(&format!("again/{clause}.json")));
        let sent = sent_by(&folder, server, name);
        assert!(
            sent == [expected.clone()],
            "{name}: not {expected:?} but {sent:?} by\n{text:.5000}\n{}",
            run.stdout
        );
        repeated.insert(clause.to_owned(), expected);
    }
    repeated
}

/// A server that refuses with a body that is nothing where the text is in the request.
fn refusing(text: &'static [u8]) -> Server {
    Server::broken(move |seen| {
        let has = seen.is("POST") && seen.body.windows(text.len()).any(|part| part == text);
        has.then(|| Answer::new(418, ""))
    })
}

#[test]
fn a_script_sends_the_very_bytes() {
    // What is a word of the shell, of printf, of curl or of JSON.
    for text in [&b"'"[..], b"\\", b"%", b"\\n", b"\r\n", b"@", b"$", b"`", b"\t"] {
        let repeated = repeated(&refusing(text), &["--cases", "300"]);
        let has_text = |seen: &Seen| seen.body.windows(text.len()).any(|part| part == text);
        assert!(
            repeated.values().any(has_text),
            "no counterexample has {}: {repeated:?}",
            text.escape_ascii()
        );
    }
}

#[test]
fn a_script_sends_what_is_no_text() {
    // Takes what is no JSON if it has such a byte.
    let kinds: [fn(u8) -> bool; 3] =
        [|byte| byte >= 0x80, |byte| byte == 0, |byte| (1..0x20).contains(&byte)];
    for is_such in kinds {
        let contract = Contract::default();
        let server = Server::broken(move |seen| {
            let violations = contract.request(&seen.body).err().filter(|_| seen.is("POST"))?;
            let is_no_json = violations.first().clause().id() == "request.json";
            (is_no_json && seen.body.iter().copied().any(is_such)).then(|| group(9_000_000))
        });
        let repeated = repeated(&server, &["--phase", "breaking", "--cases", "3000"]);
        assert!(repeated["request.json"].body.iter().copied().any(is_such), "{repeated:?}");
    }
}

#[test]
fn a_script_sends_the_method_the_path_and_the_content_type() {
    let contract = Contract::default();
    // It takes whatever is not quite a call for one.
    let server = Server::broken(move |seen| {
        let path = seen.target.split('?').next()?;
        let is_call =
            seen.is("POST") && contract.address(path).is_ok() && contract.request(&seen.body).is_ok();
        let is_plain = seen.content_type.as_ref().is_some_and(|kind| kind == "application/json");
        let answer = || if is_call { Answer::new(418, "") } else { group(9_000_000) };
        (!is_call || !is_plain).then(answer)
    });
    let repeated = repeated(&server, &["--cases", "100"]);
    for clause in [
        "path",
        "path.idInstance.integer",
        "error.wrong-method",
        "options.204",
        "request.content-type",
        "request.required",
    ] {
        assert!(repeated.contains_key(clause), "{clause}: {:?}", repeated.keys());
    }
    assert!(!repeated["error.wrong-method"].is("POST"));
    assert_ne!(repeated["request.content-type"].content_type.as_deref(), Some("application/json"));
    assert!(repeated["request.required"].body.is_empty());
}

#[test]
fn a_script_sends_a_body_of_a_hundred_thousand_spaces() {
    let server = Server::broken(|seen| (seen.body.len() > 100_000).then(|| Answer::new(200, "{}")));
    let body = &repeated(&server, &["--phase", "around"])["error.request-too-large"].body;
    assert!(body.len() > 100_000 && body.ends_with(b"    "));
}

#[test]
fn a_replay_fails_until_the_server_is_mended_and_goes_to_the_instance_that_is_named() {
    let is_mended = Arc::new(AtomicBool::new(false));
    let (mended, broken) = (Arc::clone(&is_mended), taking("request.phones.items.maximum"));
    let server = Server::broken(move |seen| if mended.load(Ordering::Relaxed) { None } else { broken(seen) });
    let folder = Folder::new();
    // It is assumed, so it is a warning; its replay fails all the same.
    folder.check(&server, &["--reproductions", "again", "--instance", "1101000009"]).with(0);
    let file = "again/request.phones.items.maximum.json";
    let expected = request_of(&folder.json(file));
    server.log();
    for (more, instance) in [(&[][..], "1101000009"), (&["--instance", "1101000077"], "1101000077")] {
        let path = format!("/waInstance{instance}/createGroup/any-token");
        for (mended, code) in [(false, 1), (true, 0)] {
            is_mended.store(mended, Ordering::Relaxed);
            let run = folder.run(&[&["replay", file, &server.url], more].concat()).with(code);
            let log = server.log();
            let last = log.last().unwrap();
            assert_eq!((&last.target, &last.body), (&path, &expected.body), "{}", run.stdout);
            assert_eq!(log.iter().filter(|seen| seen.body == expected.body).count(), 1);
        }
    }
    is_mended.store(false, Ordering::Relaxed);
    let text = folder.text(file);
    for (text, says) in [
        (text.replace("request.phones.items.maximum", "request.nothing"), "no clause `request.nothing`"),
        (text.replace("\"slug\": \"bad-request-data\"", "\"slug\": \"no-slug\""), "no error `no-slug`"),
        ("{}".to_owned(), "is no failure: missing field"),
    ] {
        folder.write("changed.json", &text);
        folder.run(&["replay", "changed.json", &server.url]).with(2).says(&[says]);
    }
    folder.run(&["replay", "no-file.json", &server.url]).with(2).says(&["cannot read no-file.json"]);
    // From stdin.
    let input = std::fs::File::open(folder.path(file)).unwrap();
    ended(folder.command(&["replay", "-", &server.url]).stdin(input)).with(1);
}

#[test]
fn a_replay_that_cannot_be_tried_is_neither_kept_nor_broken() {
    let is_starting = |seen: &Seen| seen.is("POST") && seen.target.contains("/waInstance2/");
    let server = Server::broken(move |seen| is_starting(seen).then(|| group(9_000_000)));
    let folder = Folder::new();
    let known = ["--state", "starting=2"];
    folder.check(&server, &[&known[..], &["--phase", "states", "--reproductions", "again"]].concat()).with(1);
    let replay = |more: &[&str]| {
        server.log();
        folder.run(&[&["replay", "again/error.instance-starting.json", &server.url], more].concat())
    };
    replay(&known).with(1);
    assert_eq!(server.log().iter().filter(|seen| is_starting(seen)).count(), 1);
    replay(&[]).with(2).says(&["the request was not tried: no instance is named that is starting"]);
    replay(&[&known[..], &["--live"]].concat())
        .with(2)
        .says(&["not tried: such a request could make a group"]);
    assert!(!server.log().iter().any(|seen| seen.is("POST")));
}

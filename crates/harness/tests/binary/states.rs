//! How an instance is brought into a state: by a URL, by a command, by hand.

use std::io::Write;
use std::process::Stdio;

use greenapi_model::InstanceState;
use serde_json::{Value, json};

use crate::support::{STATES, Server};
use crate::{Ended, Folder};

const STARTING: &str = "error.instance-starting";
const NOT_AUTHORIZED: &str = "error.instance-not-authorized";

/// Phases that need states and little else.
const PHASES: [&str; 6] = ["--phase", "states", "--phase", "sequences", "--json", "report.json"];

fn verdict(folder: &Folder, clause: &str) -> (String, String) {
    let report = folder.json("report.json");
    let clauses = report["clauses"].as_array().unwrap();
    let found = clauses.iter().find(|found| found["clause"] == clause).unwrap();
    let text = |member: &str| found[member].as_str().unwrap_or_default().to_owned();
    (text("verdict"), text("reason"))
}

#[test]
fn a_url_is_asked_in_the_shape_of_pact_and_asked_to_tear_down_at_the_end() {
    let (server, folder) = (Server::kept(), Folder::new());
    let url = format!("{}{STATES}", server.url);
    folder.check(&server, &[&PHASES[..], &["--states-url", &url]].concat()).with(0);
    let change = |state: &str, action: &str| {
        let body = json!({ "state": format!("the instance is {state}"), "params": { "idInstance": "1101000001" }, "action": action });
        json!({ "method": "POST", "type": "application/json", "body": body })
    };
    let changes = server.changes();
    assert_eq!(changes[0], change("authorized", "setup"));
    assert_eq!(*changes.last().unwrap(), change("authorized", "teardown"));
    for state in ["starting", "not authorized"] {
        let setup = change(state, "setup");
        let place = changes.iter().position(|found| *found == setup).unwrap();
        assert_eq!(changes[place + 1], change("authorized", "setup"), "it is brought back");
    }
    assert_eq!(server.state(1_101_000_001), Some(InstanceState::Authorized));
    for clause in [STARTING, NOT_AUTHORIZED] {
        assert_eq!(verdict(&folder, clause).0, "kept", "{clause}");
    }
}

#[test]
fn a_command_knows_the_state_by_its_variables() {
    let (server, folder) = (Server::kept(), Folder::new());
    let url = format!("{}{STATES}", server.url);
    let command = format!(
        "echo printed; echo \"$GREENAPI_STATE|$GREENAPI_STATE_SENTENCE|$GREENAPI_INSTANCE|$GREENAPI_ACTION\" >>asked; \
         curl -sS --noproxy '*' --fail {url} -H 'content-type: application/json' \
         -d \"{{\\\"state\\\": \\\"$GREENAPI_STATE_SENTENCE\\\", \\\"params\\\": {{\\\"idInstance\\\": \\\"$GREENAPI_INSTANCE\\\"}}}}\""
    );
    let run = folder
        .check(&server, &[&PHASES[..2], &PHASES[4..], &["--states-command", &command]].concat())
        .with(0);
    assert!(!run.stdout.contains("printed"), "{}", run.stdout);
    for clause in [STARTING, NOT_AUTHORIZED] {
        assert_eq!(verdict(&folder, clause).0, "kept", "{clause}");
    }
    let asked = folder.text("asked");
    let lines: Vec<_> = asked.lines().collect();
    assert_eq!(lines[0], "authorized|the instance is authorized|1101000001|setup");
    assert!(lines.contains(&"starting|the instance is starting|1101000001|setup"), "{asked}");
    assert!(lines.contains(&"notAuthorized|the instance is not authorized|1101000001|setup"), "{asked}");
    assert_eq!(*lines.last().unwrap(), "authorized|the instance is authorized|1101000001|teardown");
}

#[test]
fn what_cannot_be_set_up_is_not_checked_with_the_reason() {
    let (server, folder) = (Server::kept(), Folder::new());
    let command = "test $GREENAPI_STATE = authorized || exit 3";
    for (more, reason) in [
        (
            &["--states-command", command][..],
            "the states command ended with exit status: 3 for \"the instance is starting\"",
        ),
        (&[], "no instance is named that is starting, and no way to bring one there"),
    ] {
        folder.check(&server, &[&PHASES[..], more].concat()).with(0);
        assert_eq!(verdict(&folder, STARTING), ("not checked".to_owned(), reason.to_owned()));
        assert_eq!(verdict(&folder, NOT_AUTHORIZED).0, "not checked");
    }
    // An instance that is there is enough.
    folder.check(&server, &[&PHASES[..], &["--state", "starting=2"]].concat()).with(0);
    assert_eq!(verdict(&folder, STARTING).0, "kept");
    assert_eq!(verdict(&folder, NOT_AUTHORIZED).0, "not checked");
}

/// A run by hand of which stdin is this.
fn by_hand(folder: &Folder, server: &Server, stdin: &str) -> Ended {
    let arguments =
        [&["check", &server.url, "--states-by-hand", "--phase", "states"][..], &PHASES[4..]].concat();
    let mut child = folder.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
    // It may have ended before it reads all of it.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn by_hand_is_asked_for_on_stderr_and_confirmed_by_enter() {
    let (server, folder) = (Server::kept(), Folder::new());
    let question = "Bring instance 1101000001 into this state: the instance is starting.";
    // Nobody did what was confirmed, so the instance makes groups.
    let run = by_hand(&folder, &server, &"\n".repeat(50)).says(&[question, "press Enter, or type `skip`"]);
    assert!(!run.stdout.contains(question), "{}", run.stdout);
    assert_eq!(verdict(&folder, STARTING).0, "broken");

    let skipped = format!("\n{}", "skip\n".repeat(50));
    by_hand(&folder, &server, &skipped).with(0);
    let reason = "\"the instance is starting\" was skipped".to_owned();
    assert_eq!(verdict(&folder, STARTING), ("not checked".to_owned(), reason));

    by_hand(&folder, &server, "\n").with(0);
    let reason = "nobody was there to confirm that the instance is starting".to_owned();
    assert_eq!(verdict(&folder, STARTING), ("not checked".to_owned(), reason));

    by_hand(&folder, &server, "")
        .with(2)
        .says(&["nobody was there to confirm that the instance is authorized"]);
}

#[test]
fn the_instance_is_brought_back_also_by_a_server_that_is_broken() {
    let server = Server::broken(|seen| seen.is("POST").then(|| crate::support::Answer::new(418, "{}")));
    let url = format!("{}{STATES}", server.url);
    Folder::new().check(&server, &["--states-url", &url]).with(1);
    let actions: Vec<Value> =
        server.changes().into_iter().map(|change| change["body"]["action"].clone()).collect();
    assert_eq!(actions.iter().filter(|action| *action == "teardown").count(), 1);
    assert_eq!(server.state(1_101_000_001), Some(InstanceState::Authorized));
}

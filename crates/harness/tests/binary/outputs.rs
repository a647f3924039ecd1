//! What is printed and written.

use serde_json::Value;

use crate::support::{Answer, DOCUMENTED, Server, TOKEN, taking};
use crate::{Folder, ended};

const REPORTS: [&str; 10] = [
    "--json",
    "report.json",
    "--junit",
    "report.xml",
    "--markdown",
    "report.md",
    "--html",
    "report.html",
    "--reproductions",
    "again",
];

#[test]
fn the_table_is_on_stdout_and_the_progress_on_stderr() {
    let server = Server::broken(taking(DOCUMENTED));
    let folder = Folder::new();
    let run = folder.check(&server, &["--seed", "3"]).with(1);
    let lines: Vec<_> = run.stderr.lines().collect();
    assert!(lines[0].starts_with("seed 3, contract 2020-06-29, target http://127.0.0.1:"), "{}", run.stderr);
    assert!(lines[1].starts_with("first answer after "), "{}", run.stderr);
    for line in ["[2/11] examples: the contract's own examples", &format!("  broken: {DOCUMENTED}")] {
        assert!(lines.contains(&line), "{}", run.stderr);
        assert!(!run.stdout.contains(line));
    }
    assert!(run.stdout.contains("seed 3, contract 2020-06-29"), "{}", run.stdout);
    for quiet in ["--quiet", "-q"] {
        let run = folder.check(&server, &["--seed", "3", quiet]).with(1);
        assert_eq!(run.stderr, "");
        assert!(run.stdout.starts_with("seed 3, contract 2020-06-29"), "{}", run.stdout);
    }
}

#[test]
fn a_report_on_stdout_is_alone_there() {
    let server = Server::broken(taking(DOCUMENTED));
    for (option, start) in
        [("--json", "{"), ("--junit", "<?xml"), ("--markdown", "## "), ("--html", "<!doctype html>")]
    {
        let run = Folder::new().check(&server, &[option, "-", "--phase", "breaking"]).with(1);
        assert!(run.stdout.starts_with(start), "{}", run.stdout);
        assert!(run.stderr.contains("verdict      severity"), "{}", run.stderr);
    }
    let run = Folder::new().check(&server, &["--json", "-", "--phase", "breaking"]);
    serde_json::from_str::<Value>(&run.stdout).unwrap();
}

#[test]
fn colours_are_for_a_terminal() {
    let server = Server::broken(taking(DOCUMENTED));
    let folder = Folder::new();
    let run = |change: &[(&str, &str)]| {
        let mut command = folder.command(&["check", &server.url, "--phase", "breaking"]);
        command.envs(change.iter().copied()).env("TERM", "xterm-256color");
        let run = ended(&mut command).with(1);
        assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
        run.stdout.contains('\u{1b}')
    };
    assert!(!run(&[]));
    assert!(!run(&[("NO_COLOR", "1")]));
    assert!(run(&[("CLICOLOR_FORCE", "1")]), "whoever asks for colours gets them");
    assert!(!run(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

/// The token with each character as `%XX`.
fn coded() -> String {
    TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

#[test]
fn nothing_that_is_written_or_printed_holds_the_token_whatever_the_server_answers() {
    let echo = |seen: &crate::support::Seen| {
        let body = format!(
            "{{\"created\": true, \"chatId\": \"{TOKEN}\", \"groupInviteLink\": \"{}\", \"{TOKEN}\": \"{}\"}}",
            coded(),
            seen.target
        );
        Answer::new(200, body).with("X-Token", TOKEN).with("Location", &format!("/{}", coded()))
    };
    let plain =
        |seen: &crate::support::Seen| Answer::new(500, format!("{TOKEN} {} {}", coded(), seen.target));
    let no_text = |_: &crate::support::Seen| {
        Answer::new(200, [b"\xff\xfe", TOKEN.as_bytes(), coded().as_bytes()].concat())
    };
    let answers: [fn(&crate::support::Seen) -> Answer; 3] = [echo, plain, no_text];
    for answer in answers {
        let server = Server::broken(move |seen| Some(answer(seen)));
        let folder = Folder::new();
        // The token is in the URL, too.
        let url = format!("{}/{TOKEN}", server.url);
        let own = ["check", &url, "--token-env", "TOKEN", "--cases", "20", "--strict"];
        let run = ended(folder.command(&[&own[..], &REPORTS].concat()).env("TOKEN", TOKEN)).with(1);
        assert!(run.stdout.contains("$TOKEN"), "{}", run.stdout);
        let mut all = folder.files();
        assert!(all.len() > 6, "{all:?}");
        all.extend([("stdout".into(), run.stdout), ("stderr".into(), run.stderr)]);
        for (path, text) in all {
            for secret in [TOKEN, &coded(), &coded().to_lowercase()] {
                let place = text
                    .find(secret)
                    .map(|place| text[place.saturating_sub(200)..].chars().take(400).collect::<String>());
                assert!(place.is_none(), "{} holds {secret}: {}", path.display(), place.unwrap());
            }
        }
    }
    let run = {
        let folder = Folder::new();
        let url = format!("http://127.0.0.1:1/{TOKEN}");
        ended(folder.command(&["check", &url, "--token-env", "TOKEN"]).env("TOKEN", TOKEN)).with(3)
    };
    assert!(!run.stderr.contains(TOKEN), "{}", run.stderr);
}

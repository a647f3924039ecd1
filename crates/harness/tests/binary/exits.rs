//! How it ends.

use crate::support::{ASSUMED, DOCUMENTED, Server, taking};
use crate::{Folder, ended};

/// An address at which nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

#[test]
fn a_contract_that_is_kept_ends_with_0() {
    let run = Folder::new().check(&Server::kept(), &[]).with(0);
    assert!(!run.stdout.contains("broken  "), "{}", run.stdout);
    run.says(&["0 failures", "0 warnings"]);
}

#[test]
fn what_is_broken_and_documented_ends_with_1_and_what_is_not_documented_only_where_it_is_strict() {
    for (clause, more, code, says) in [
        (DOCUMENTED, &[][..], 1, ["1 failure", "0 warnings"]),
        (DOCUMENTED, &["--strict"], 1, ["1 failure", "0 warnings"]),
        (ASSUMED, &[], 0, ["0 failures", "1 warning"]),
        (ASSUMED, &["--strict"], 1, ["1 failure", "0 warnings"]),
    ] {
        let server = Server::broken(taking(clause));
        Folder::new().check(&server, more).with(code).says(&says).says(&[&format!("broken {clause} (")]);
    }
}

#[test]
fn wrong_use_ends_with_2_and_says_what_is_wrong_before_anything_is_sent() {
    let server = Server::kept();
    let folder = Folder::new();
    folder.write(
        "no-reason.toml",
        "[[accepted]]\nclause = \"response.200\"\nreason = \" \"\nexpires = 2030-01-01\n",
    );
    folder.write("no-toml.toml", "[[accepted]]\nclause = \n");
    folder.write("no-contract.json", "{}");
    for (more, says) in [
        (&["--no-such-option"][..], &["--no-such-option"][..]),
        (&["--clause", "request.nothing"], &["no clause `request.nothing`", "greenapi-contract clauses"]),
        (&["--clause", "nothing.*"], &["no clause `nothing.*`"]),
        (&["--phase", "everything"], &["no phase `everything`", "boundary"]),
        (&["--phase", "valid", "--skip-phase", "valid"], &["no phase is left to run"]),
        (&["--token-env", "NO_SUCH_VARIABLE"], &["NO_SUCH_VARIABLE is not set", "not the token"]),
        (&["--html", "no-folder/report.html"], &["there is no folder no-folder"]),
        (&["--json", "-", "--html", "-"], &["only one report can go to stdout"]),
        (&["--accept", "no-reason.toml"], &["no-reason.toml: line 4", "says no reason"]),
        (&["--accept", "no-toml.toml"], &["no-toml.toml: ", "line 2"]),
        (&["--accept", "no-file.toml"], &["cannot read no-file.toml"]),
        (&["--spec", "no-contract.json"], &["no-contract.json is no contract"]),
        (&["--edition", "1999-01-01"], &["1999-01-01"]),
        (&["--seed", "x"], &["--seed"]),
        (&["--cases", "many"], &["--cases"]),
        (&["--rate", "0"], &["it is above 0"]),
        (&["--time", "0"], &["above 0"]),
        (&["--timeout", "soon"], &["a number of seconds"]),
        (&["--allow-create", "1"], &["--live"]),
        (&["--instance", "x"], &["--instance"]),
        (&["--instance", "0"], &["the instance 0 cannot be called"]),
        (&["--state", "asleep=7"], &["no state `asleep`"]),
        (&["--states-url", "nowhere"], &["nowhere cannot be called"]),
        (&["--states-by-hand", "--states-command", "true"], &["cannot be used with"]),
        (&["--failures", "f.json", "--no-failures"], &["cannot be used with"]),
    ] {
        let run = folder.run(&[&["check", &server.url], more].concat()).with(2).says(&["error: "]).says(says);
        assert_eq!(run.stdout, "", "{more:?}");
        assert_eq!(server.log(), [], "{more:?}");
    }
    for (url, says) in [
        ("nowhere", "nowhere cannot be called"),
        ("ftp://127.0.0.1", "ftp://127.0.0.1 cannot be called"),
        ("https://api.green-api.com", "is the real service"),
    ] {
        folder.run(&["check", url]).with(2).says(&[says]);
    }
    let mut command = folder.command(&["check", &server.url, "--token-env", "BAD_TOKEN"]);
    let run = ended(command.env("BAD_TOKEN", "a secret/of mine")).with(2).says(&["BAD_TOKEN: a token has"]);
    assert!(!run.stderr.contains("of mine"), "{}", run.stderr);
    assert!(!folder.path(".greenapi-contract").exists());
}

#[test]
fn whom_nobody_answers_ends_with_3_and_the_seed_was_printed_before() {
    for command in [&["check"][..], &["compare", &Server::kept().url]] {
        let run = Folder::new().run(&[command, &[NOBODY, "--seed", "77"]].concat()).with(3);
        let seed = run.stderr.find("seed 77, contract 2020-06-29, target http://127.0.0.1:1\n").unwrap();
        assert!(seed < run.stderr.find("cannot be reached").unwrap(), "{}", run.stderr);
    }
}

#[test]
fn what_was_not_checked_ends_with_1_where_completeness_is_asked_for() {
    let folder = Folder::new();
    let server = Server::kept();
    let states = format!("{}{}", server.url, crate::support::STATES);
    let whole = ["--states-url", &states, "--other-token", "5", "--require-complete"];
    for (more, code) in [(&[][..], 0), (&["--require-complete"], 1), (&whole, 0)] {
        let run = folder.check(&server, more).with(code);
        assert_eq!(run.stderr.contains("not every clause was checked"), code == 1, "{}", run.stderr);
    }
    let unable = Server::kept().without_states();
    let states = format!("{}{}", unable.url, crate::support::STATES);
    folder.check(&unable, &["--states-url", &states]).with(2).says(&["the states URL answered 501"]);
}

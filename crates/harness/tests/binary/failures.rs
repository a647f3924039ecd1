//! The file in which failures are kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::{DOCUMENTED, Server, TOKEN, taking};
use crate::{Ended, Folder, ended};

const FILE: &str = ".greenapi-contract/failures.json";

/// A server that takes what it should not, until it is mended.
fn mendable() -> (Server, Arc<AtomicBool>) {
    let is_mended = Arc::new(AtomicBool::new(false));
    let (mended, broken) = (Arc::clone(&is_mended), taking(DOCUMENTED));
    let server = Server::broken(move |seen| if mended.load(Ordering::Relaxed) { None } else { broken(seen) });
    (server, is_mended)
}

#[test]
fn failures_are_tried_first_next_time_and_go_away_when_they_are_kept() {
    let (server, is_mended) = mendable();
    let folder = Folder::new();
    let check = |seed| folder.check(&server, &["--seed", seed]);
    check("4").with(1).says(&["kept in .greenapi-contract/failures.json"]);
    let kept = folder.json(FILE);
    let failure = &kept["failures"][0];
    assert_eq!((&failure["clause"], kept["failures"].as_array().unwrap().len()), (&DOCUMENTED.into(), 1));
    server.log();

    check("5").with(1);
    let log = server.log();
    folder.check(&server, &["--no-failures", "--phase", "kept"]).with(0);
    let first_look = server.log().len();
    assert_eq!(log[first_look].body, failure["request"]["body"].as_str().unwrap().as_bytes());

    is_mended.store(true, Ordering::Relaxed);
    check("4").with(0);
    assert!(!folder.path(FILE).exists());
}

#[test]
fn a_failure_is_kept_as_long_as_it_was_not_tried_again() {
    let (server, is_mended) = mendable();
    let folder = Folder::new();
    folder.check(&server, &[]).with(1);
    let before = folder.text(FILE);
    is_mended.store(true, Ordering::Relaxed);
    for (more, is_there) in [
        // The clause is kept by what is tried here, which is not what broke it.
        (&["--skip-phase", "kept"][..], true),
        (&["--case", "breaking/request.groupName.string/1"], true),
        (&["--clause", "response.200"], true),
        (&["--phase", "examples"], true),
        (&["--no-failures"], true),
        (&["--live"], true),
        (&[], false),
    ] {
        folder.check(&server, more).with(0);
        assert_eq!(folder.path(FILE).exists(), is_there, "{more:?}");
        assert!(!is_there || folder.text(FILE) == before, "{more:?}");
    }
}

#[test]
fn no_failures_neither_tries_nor_keeps_any() {
    let (server, _) = mendable();
    let folder = Folder::new();
    folder.check(&server, &["--no-failures"]).with(1);
    assert!(folder.files().is_empty(), "{:?}", folder.files());
    folder.check(&server, &["--failures", "deep/in/it.json"]).with(1);
    server.log();
    folder.check(&server, &["--no-failures", "--phase", "kept"]).with(0);
    let first_look = server.log().len();
    folder.check(&server, &["--failures", "deep/in/it.json", "--phase", "kept"]).with(1);
    assert_eq!(server.log().len(), first_look + 1);
    assert_eq!(folder.files().len(), 1, "{:?}", folder.files());
}

#[test]
fn a_file_that_is_none_is_refused_and_left_as_it_is() {
    let server = Server::kept();
    let folder = Folder::new();
    std::fs::create_dir(folder.path(".greenapi-contract")).unwrap();
    for text in ["", "{", "[]", "{\"failures\": [{}]}", "{\"failures\": [], \"more\": 1}"] {
        folder.write(FILE, text);
        let Ended { stdout, .. } = folder.check(&server, &[]).with(2).says(&[
            ".greenapi-contract/failures.json holds no failures",
            "take the file away, or use --no-failures",
        ]);
        assert_eq!((stdout.as_str(), folder.text(FILE).as_str()), ("", text));
    }
    assert_eq!(server.log(), []);
    folder.check(&server, &["--no-failures"]).with(0);
}

#[test]
fn what_is_kept_is_sent_with_the_token_of_now_and_holds_none() {
    let (server, _) = mendable();
    let folder = Folder::new();
    for token in [TOKEN, "another-token"] {
        let mut command = folder.command(&[
            "check",
            &server.url,
            "--token-env",
            "TOKEN",
            "--phase",
            "breaking",
            "--phase",
            "kept",
        ]);
        ended(command.env("TOKEN", token)).with(1);
        let path = format!("/waInstance1101000001/createGroup/{token}");
        assert!(server.log().iter().all(|seen| seen.target == path));
        let kept = folder.text(FILE);
        assert!(!kept.contains(token) && kept.contains("$TOKEN"), "{kept}");
    }
}

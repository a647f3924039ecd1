//! How it ends: the table of `--help` and of the README, and that it is so.

use std::net::TcpListener;

use crate::{Mock, command, printed};

/// The table of the README, by its rows.
fn readme() -> Vec<(String, String)> {
    let rows =
        include_str!("../../README.md").lines().skip_while(|line| *line != "| exit code | meaning |").skip(2);
    rows.map_while(|row| row.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
        .map(|(code, meaning)| (code.to_owned(), meaning.to_owned()))
        .collect()
}

#[test]
fn the_table_is_one() {
    let help = printed(&mut command(&["--help"]));
    let (_, of_help) = help.split_once("Exit codes:\n").unwrap();
    let of_help = of_help.split_whitespace().collect::<Vec<_>>().join(" ");
    let rows = readme();
    assert_eq!(rows.len(), 5);
    let of_readme: Vec<_> = rows.iter().map(|(code, meaning)| format!("{code} {meaning}")).collect();
    assert_eq!(of_help, of_readme.join(" "));

    let page = printed(&mut command(&["man"]));
    let (_, of_page) = page.split_once(".SH EXIT STATUS\n").unwrap();
    let codes: Vec<_> = of_page.split(".TP\n").skip(1).map(|item| item.lines().next().unwrap()).collect();
    assert_eq!(codes, ["0", "1", "2", "3", "4"]);
}

#[test]
fn each_end_has_its_code() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for (arguments, expected) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["faults"], 0),
        (&["config", "schema"], 0),
        (&["healthcheck", "--listen", &free], 1),
        (&["--no-such-option"], 2),
        (&["--config", "no/such"], 2),
        (&["--ready-file", "no/such"], 2),
        (&["--instance", "7:paused"], 2),
        (&["--fault", "no-such"], 2),
        (&["--admin-listen", "0.0.0.0:0"], 2),
        (&["healthcheck", "--listen", "127.0.0.1:0"], 2),
        (&["--listen", &address], 3),
        (&["--listen", "127.0.0.1:0", "--admin-listen", &address], 3),
        (&["--spec", "no/such"], 4),
        (&["faults", "--spec", "no/such"], 4),
    ] {
        let output = command(arguments).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(expected), "{arguments:?}: {message}");
        // What went wrong is on stderr, and what to do.
        assert_eq!(message.is_empty(), expected == 0, "{arguments:?}: {message}");
    }
    for signal in ["TERM", "INT"] {
        assert_eq!(Mock::start(&[]).stop(signal).0, Some(0), "{signal}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_is_no_success() {
    for arguments in [
        &["man"][..],
        &["completions", "zsh"],
        &["config", "schema"],
        &["config", "show"],
        &["faults"],
        &["faults", "--json"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {message}");
        assert!(message.starts_with("error: cannot write to stdout: "), "{arguments:?}: {message}");
    }
}

#[test]
fn nobody_who_reads_errors_changes_no_code() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(&["--spec", "no/such"]).stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
}

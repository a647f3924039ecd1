//! `greenapi-mock completions` and `greenapi-mock man`.

use std::process::{Command, Stdio};

use crate::{command, ended, printed};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

#[test]
fn each_shell_completes_commands_and_options() {
    for shell in SHELLS {
        let script = printed(&mut command(&["completions", shell]));
        for word in ["healthcheck", "ready-file", "retry-window"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    assert_eq!(ended(&["completions", "tcsh"]).0, Some(2));
}

#[test]
fn bash_completes() {
    if Command::new("bash").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "bash is missing");
        eprintln!("skipped: there is no bash on this machine to complete with");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("greenapi-mock");
    std::fs::write(&script, printed(&mut command(&["completions", "bash"]))).unwrap();
    let check = |line: &str, expected: &str| {
        // What bash does when the tab key is pressed behind the line.
        let press = r#"source "$1"
            read -ra COMP_WORDS <<< "$2"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            word=${COMP_WORDS[$COMP_CWORD]}
            "$(complete -p greenapi-mock | sed 's/.*-F \([^ ]*\) .*/\1/')" greenapi-mock "$word" "${COMP_WORDS[$COMP_CWORD-1]}"
            echo "${COMPREPLY[@]}""#;
        let output =
            Command::new("bash").args(["-c", press, "bash"]).arg(&script).arg(line).output().unwrap();
        let found = String::from_utf8(output.stdout).unwrap();
        assert_eq!(found.trim_end(), expected, "{line}: {}", String::from_utf8_lossy(&output.stderr));
    };
    check("greenapi-mock health", "healthcheck");
    check("greenapi-mock --ready", "--ready-file");
    check("greenapi-mock --log j", "json");
    check("greenapi-mock config s", "schema show");
    check("greenapi-mock config show --max-i", "--max-instances");
    check("greenapi-mock completions p", "powershell");
}

#[test]
fn the_manual_has_a_page_for_the_whole_and_for_each_command() {
    let page = |words: &[&str]| printed(&mut command(&[&["man"], words].concat()));
    for (words, title, options) in [
        (&[][..], ".TH greenapi-mock 1", &["listen", "ready\\-file", "retry\\-window"][..]),
        (&["faults"], ".TH greenapi-mock-faults 1", &["json"]),
        (&["healthcheck"], ".TH greenapi-mock-healthcheck 1", &["timeout", "admin\\-listen"]),
        (&["config", "show"], ".TH greenapi-mock-config-show 1", &["seed"]),
        (&["completions"], ".TH greenapi-mock-completions 1", &[]),
    ] {
        let page = page(words);
        assert!(page.lines().any(|line| line.starts_with(title)), "{words:?}: {page}");
        assert!(page.contains(concat!("\"greenapi-mock ", env!("CARGO_PKG_VERSION"), "\"")), "{page}");
        for option in options {
            assert!(page.contains(&format!("\\fB\\-\\-{option}\\fR")), "{words:?} {option}: {page}");
        }
    }
    let whole = page(&[]);
    for heading in ["EXAMPLES", "TEST INSTANCES", "EXIT STATUS"] {
        assert!(whole.lines().any(|line| line == format!(".SH {heading}")), "{whole}");
    }
    assert!(whole.contains("GREENAPI_MOCK_LISTEN"));
    let (code, message) = ended(&["man", "config", "shw"]);
    assert_eq!(code, Some(2));
    assert!(message.starts_with("error: there is no command `config shw`"), "{message}");
}

#[test]
fn roff_has_nothing_to_say_against_a_page() {
    if Command::new("groff").arg("--version").output().is_err() {
        eprintln!("skipped: there is no groff on this machine");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for words in [&["man"][..], &["man", "config", "show"], &["man", "healthcheck"]] {
        let page = folder.path().join("page.1");
        std::fs::write(&page, printed(&mut command(words))).unwrap();
        let output = Command::new("groff").args(["-ww", "-man", "-Tutf8"]).arg(&page).output().unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    }
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    for arguments in [&["completions", "bash"][..], &["man"], &["config", "schema"], &["faults"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = command(arguments);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    }
}

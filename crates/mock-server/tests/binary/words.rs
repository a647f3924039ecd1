//! What it says to a person.

use crate::{command, ended, has, pasted};

#[test]
fn for_a_person_it_prints_a_line_that_works_when_pasted() {
    if !has("curl") {
        return;
    }
    let (shown, line) = pasted(&[]);
    let url = line.split('\'').nth(1).unwrap().split("/waInstance").next().unwrap().to_owned();
    let shown = shown.replace(&url, "http://127.0.0.1:PORT").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(shown);
}

#[test]
fn the_help_teaches() {
    let output = command(&["--help"]).env("COLUMNS", "110").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(help.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn wrong_use_is_explained() {
    for (arguments, expected) in [
        (&["--instance", "7"][..], "write ID:STATE"),
        (&["--instance", "x:starting"], "decimal digits"),
        (&["--instance", "7:paused"], "does not say how createGroup answers in the state `paused`"),
        (&["--instance", "0:starting"], "`idInstance` is at least 1"),
        (&["--edition", "2019-01-01"], "there is 2020-06-29"),
        (&["--clock", "noon"], "write `example`, `system` or a time"),
        (&["--listen", "8080"], "invalid socket address"),
        (
            &["--fault", "wire.latncy"],
            "--fault: there is no fault `wire.latncy`; the nearest is `wire.latency`",
        ),
        (&["--retry-window", "soon"], "`soon` is no duration from 0s to 1h"),
        (&["--cors=app.example"], "`app.example` is no origin"),
        (&["--cors", "healthcheck"], "cannot be used with"),
        (&["--head-timeout", "0s"], "`0s` is no duration above 0s and up to 1h"),
        (&["--max-connections", "0"], "it is at least 1"),
        (&["--max-head-bytes", "8191"], "it is at least 8192"),
        (&["--max-headers", "10001"], "it is at most 10000"),
        (&["--strict=perhaps"], "value was not a boolean"),
        (&["--config", "no/such.toml"], "no/such.toml: cannot be read: "),
        (&["--spec", "x.json", "--edition", "2020-06-29"], "--spec cannot be used with --edition"),
        (&["--admin-listen", "0.0.0.0:0"], "Set GREENAPI_MOCK_ADMIN_TOKEN, or give --admin-token-file"),
        (&["--admin-listen", "127.0.0.1:0", "--no-admin"], "cannot be used with"),
        (&["--admin-token-file", "no/such"], "cannot read the token of the control plane in no/such: "),
        (&["--admin-token", "x"], "unexpected argument"),
        (&["--seed", "1", "faults"], "cannot be used with"),
        (&["faults", "no such thing"], "no fault has `no such thing`"),
        (&["config", "check"], "<FILE>"),
        (&["--no-such-option"], "unexpected argument"),
    ] {
        let (code, message) = ended(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn without_its_feature_tls_is_refused() {
    for arguments in [&["--tls"][..], &["healthcheck", "https://127.0.0.1:8443", "--tls-ca", "ca.pem"]] {
        let (code, message) = ended(arguments);
        assert_eq!(code, Some(2), "{message}");
        assert!(message.contains("this greenapi-mock was built without the feature `tls`"), "{message}");
    }
}

#[test]
fn a_wrong_value_of_a_variable_is_explained() {
    let run = |arguments: &[&str]| {
        let output = command(arguments).env("GREENAPI_MOCK_SEED", "x").output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, message) = run(&[]);
    assert_eq!(code, Some(2));
    assert!(
        message.ends_with("The value comes from the environment variable GREENAPI_MOCK_SEED.\n"),
        "{message}"
    );
    let (code, message) = run(&["--seed", "y"]);
    assert_eq!(code, Some(2));
    assert!(!message.contains("GREENAPI_MOCK_SEED"), "{message}");
}

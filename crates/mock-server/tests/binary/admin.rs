//! The control plane: where it is, and for whom.

use std::fs;
use std::io::{BufRead, BufReader};

use crate::support::{VALID, create, request};
use crate::{Mock, command};

const TOKEN: &str = "GREENAPI_MOCK_ADMIN_TOKEN";

/// The status of a call to the control plane.
fn status(url: &str, token: Option<&str>) -> u16 {
    let authorization = token.map(|token| format!("\r\nAuthorization: Bearer {token}")).unwrap_or_default();
    request(url, &format!("GET /__admin/instances HTTP/1.1{authorization}"), b"").status
}

impl Mock {
    /// Where its control plane is reached.
    fn admin(&self) -> Option<&str> {
        self.ready["admin"].as_str()?.strip_suffix("/__admin")
    }
}

#[test]
fn it_is_beside_the_method_unless_it_is_taken_away() {
    let mock = Mock::start(&[]);
    assert_eq!(mock.admin(), Some(mock.url()));
    assert_eq!(status(mock.url(), None), 200);
    for arguments in [["--no-admin"], ["--admin=false"]] {
        let mock = Mock::start(&arguments);
        assert_eq!(mock.admin(), None);
        // That is another path, as any.
        assert_eq!(status(mock.url(), None), 403);
    }
}

#[test]
fn it_may_have_an_address_of_its_own() {
    let mock = Mock::start(&["--admin-listen", "127.0.0.1:0"]);
    let admin = mock.admin().unwrap();
    assert_ne!(admin, mock.url());
    assert_eq!((status(admin, None), status(mock.url(), None)), (200, 403));
    assert_eq!(create(mock.url(), 7, VALID).status, 200);
    assert_eq!(mock.stop("TERM").0, Some(0));
}

#[test]
fn a_token_comes_from_a_variable_or_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (token, config) = (file("token", "of-the-file\n"), file("mock.toml", "admin.token-file = 'token'"));
    let check = |variable: Option<&str>, arguments: &[&str], expected: &str| {
        let mock = Mock::start_with(arguments, |command| {
            if let Some(value) = variable {
                command.env(TOKEN, value);
            }
        });
        let url = mock.url();
        assert_eq!((status(url, None), status(url, Some("other"))), (401, 401), "{arguments:?}");
        assert_eq!(status(url, Some(expected)), 200, "{arguments:?}");
        let (_, rest, log) = mock.stop("TERM");
        assert!(!rest.contains(expected) && !log.contains(expected), "{rest}{log}");
    };
    check(Some("of-the-variable"), &[], "of-the-variable");
    check(None, &["--admin-token-file", &token], "of-the-file");
    check(None, &["--config", &config], "of-the-file");
    check(Some("of-the-variable"), &["--config", &config], "of-the-variable");
    check(Some("of-the-variable"), &["--admin-token-file", &token], "of-the-file");
}

#[test]
fn for_other_machines_it_needs_a_token() {
    let shown = |variable: Option<&str>| {
        let mut command = command(&["--listen", "0.0.0.0:0"]);
        command.envs(variable.map(|token| (TOKEN, token)));
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut shown = String::new();
        while !shown.contains("Ctrl-C") {
            assert!(stdout.read_line(&mut shown).unwrap() > 0, "{shown}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        shown
    };
    assert!(shown(None).contains("refuses all calls, as other machines reach it: set"));
    let with_token = shown(Some("s3cret"));
    assert!(with_token.contains("/__admin, with the bearer token."), "{with_token}");
    assert!(!with_token.contains("s3cret"), "{with_token}");
}

#[test]
fn what_is_no_token_is_not_shown() {
    let refused = command(&[]).env(TOKEN, "s3cret token").output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(message.starts_with("error: GREENAPI_MOCK_ADMIN_TOKEN: a bearer token has"), "{message}");
    assert!(!message.contains("s3cret"), "{message}");
}

//! `--tls`: as curl, Python and the health check see it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use rcgen::{CertificateParams, KeyPair};

use crate::support::VALID;
use crate::{Mock, command, ended, has, pasted};

const PATH: &str = "waInstance1101000001/createGroup/t0ken";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The port of a URL.
fn port(url: &str) -> &str {
    url.rsplit(':').next().unwrap().trim_end_matches("/__admin")
}

fn curl(arguments: &[&str]) -> (Option<i32>, String) {
    let output =
        Command::new("curl").args(["--silent", "--show-error", "-i"]).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn a_client_with_a_fixed_host_is_led_here() {
    if !has("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let mock = Mock::start(&["--tls", "--tls-host=api.green-api.com", "--tls-ca", text(&ca)]);
    assert!(mock.url().starts_with("https://127.0.0.1:"), "{}", mock.url());
    assert_eq!(mock.ready["tlsCa"], text(&ca));
    assert_eq!(mock.ready["admin"], format!("{}/__admin", mock.url()));
    let port = port(mock.url());
    let resolve = format!("api.green-api.com:{port}:127.0.0.1");
    let other = format!("api.example.com:{port}:127.0.0.1");
    let body = String::from_utf8(VALID.to_vec()).unwrap();
    let call = |host: &str, options: &[&str]| {
        let url = format!("https://{host}:{port}/{PATH}");
        curl(&[&["--data", &body, "--header", "Content-Type: application/json", &url], options].concat())
    };
    for (host, options, expected) in [
        ("api.green-api.com", &["--cacert", text(&ca), "--resolve", &resolve][..], Ok("HTTP/1.1 200 OK")),
        ("127.0.0.1", &["--cacert", text(&ca)], Ok("HTTP/1.1 200 OK")),
        ("localhost", &["--cacert", text(&ca), "--http2", "--tlsv1.3"], Ok("HTTP/1.1 200 OK")),
        ("localhost", &["--cacert", text(&ca), "--tls-max", "1.2"], Ok("HTTP/1.1 200 OK")),
        // Another name, and nobody who is trusted: curl's exit code for a certificate that is not good.
        ("api.example.com", &["--cacert", text(&ca), "--resolve", &other], Err(60)),
        ("127.0.0.1", &[], Err(60)),
    ] {
        let (code, seen) = call(host, options);
        match expected {
            Ok(start) => assert!(code == Some(0) && seen.starts_with(start), "{host} {options:?}: {seen}"),
            Err(expected) => assert_eq!(code, Some(expected), "{host} {options:?}: {seen}"),
        }
    }
    let (_, seen) = curl(&["--cacert", text(&ca), &format!("{}/__admin/health", mock.url())]);
    assert!(seen.contains("\"healthy\""), "{seen}");
    let (code, _, log) = mock.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(!log.contains("t0ken") && !log.contains("KEY"), "{log}");
    assert!(!ca.exists(), "the file is there though the endpoint is gone");
}

#[test]
fn a_strict_client_takes_the_certificate() {
    if !has("python3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let mock = Mock::start(&["--tls", "--tls-ca", text(&ca)]);
    // As Python has it by default from 3.13 on: all that RFC 5280 asks of a certificate.
    let program = "import ssl, sys, urllib.request\n\
                   context = ssl.create_default_context(cafile=sys.argv[2])\n\
                   context.verify_flags |= ssl.VERIFY_X509_STRICT\n\
                   print(urllib.request.urlopen(sys.argv[1] + '/__admin/health', context=context).status)\n";
    let output = Command::new("python3").args(["-c", program, mock.url(), text(&ca)]).output().unwrap();
    let seen = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(seen, "200\n");
}

#[test]
fn the_line_for_a_person_works_when_pasted() {
    if !has("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("the user's ca.pem");
    for (arguments, note) in [
        (&["--tls", "--tls-ca", text(&ca)][..], "Clients have to trust the authority in "),
        (&["--tls"], "No client can trust its certificate: "),
    ] {
        let (shown, _) = pasted(arguments);
        assert!(shown.contains(note), "{shown}");
    }
}

/// How the health check ends, and what it says.
fn health(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = command(&[&["healthcheck", "--timeout", "20s"], arguments].concat())
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn the_health_check_trusts_the_authority_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, other) = (folder.path().join("ca.pem"), folder.path().join("other.pem"));
    let mock = Mock::start(&["--tls", "--tls-ca", text(&ca)]);
    let without = Mock::start(&["--tls", "--no-admin", "--tls-ca", text(&other)]);
    let apart = folder.path().join("apart.pem");
    let apart = (Mock::start(&["--tls", "--admin-listen", "127.0.0.1:0", "--tls-ca", text(&apart)]), apart);
    let plain = Mock::start(&[]);
    let address = mock.url().strip_prefix("https://").unwrap();
    let localhost = format!("https://localhost:{}", port(mock.url()));
    let admin = apart.0.ready["admin"].as_str().unwrap();
    let to_plain = format!("https://{}", plain.url().strip_prefix("http://").unwrap());
    let missing = folder.path().join("missing.pem");
    for (arguments, variables, code, expected) in [
        (&[mock.url(), "--tls-ca", text(&ca)][..], &[][..], 0, "was answered with 200"),
        (&[&localhost, "--tls-ca", text(&ca)], &[], 0, "was answered with 200"),
        (&["--tls", "--listen", address, "--tls-ca", text(&ca)], &[], 0, "was answered with 200"),
        (
            &[],
            &[
                ("GREENAPI_MOCK_TLS", "1"),
                ("GREENAPI_MOCK_TLS_CA", text(&ca)),
                ("GREENAPI_MOCK_LISTEN", address),
            ],
            0,
            "was answered with 200",
        ),
        (&[without.url(), "--tls-ca", text(&other)], &[], 0, "OPTIONS https://"),
        (&[admin, "--tls-ca", text(&apart.1)], &[], 0, "was answered with 200"),
        (&[mock.url(), "--tls-ca", text(&other)], &[], 1, "invalid peer certificate: UnknownIssuer"),
        (&[mock.url(), "--tls-ca", text(&missing)], &[], 1, "whom to trust is not known by "),
        (&[mock.url()], &[], 2, "Give --tls-ca FILE"),
        (&[&to_plain, "--tls-ca", text(&ca)], &[], 1, "cannot ask GET https://"),
        (&[&mock.url().replace("https", "http")], &[], 1, "was answered with 400"),
    ] {
        let (found, line) = health(arguments, variables);
        assert_eq!(found, Some(code), "{arguments:?}: {line}");
        assert!(line.contains(expected), "{arguments:?}: {line}");
    }
}

#[test]
fn a_certificate_of_your_own_is_shown_and_its_authority_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    fs::write(path("cert.pem"), own.pem()).unwrap();
    fs::write(path("key.pem"), key.serialize_pem()).unwrap();
    fs::write(
        path("mock.toml"),
        "[tls]\nenabled = true\ncert = 'cert.pem'\nkey = 'key.pem'\nca = 'cert.pem'",
    )
    .unwrap();
    let mock = Mock::start(&["--config", text(&path("mock.toml"))]);
    let (code, line) = health(&[mock.url(), "--tls-ca", text(&path("cert.pem"))], &[]);
    assert_eq!(code, Some(0), "{line}");
    assert_eq!(mock.stop("TERM").0, Some(0));
    assert_eq!(fs::read_to_string(path("cert.pem")).unwrap(), own.pem());
}

#[test]
fn wrong_use_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    fs::write(path("own.pem"), own.pem()).unwrap();
    fs::write(path("notes.txt"), "not to be lost").unwrap();
    let (own_pem, notes) = (path("own.pem"), path("notes.txt"));
    let (own_pem, notes) = (text(&own_pem), text(&notes));
    for (arguments, expected) in [
        (&["--tls-ca", "ca.pem"][..], "--tls-ca says how to speak https"),
        (&["--tls-host", "mock"], "--tls-host says how to speak https"),
        (&["--tls", "--tls-host", "https://mock"], "`https://mock` is no host"),
        (&["--tls", "--tls-host", "mock,mock:80"], "`mock:80` is no host"),
        (&["--tls", "--tls-cert", own_pem], "--tls-cert and --tls-key go together"),
        (&["--tls", "--tls-cert", "no/such", "--tls-key", own_pem], "--tls-cert: cannot read no/such: "),
        (&["--tls", "--tls-cert", own_pem, "--tls-key", own_pem], "there is no key in PEM"),
        (&["--tls", "--tls-ca", own_pem], "is not from a run of greenapi-mock, and would be lost"),
        (&["--tls", "--tls-ca", notes], "is not from a run of greenapi-mock, and would be lost"),
        (
            &["--tls", "--tls-ca", "no/such/ca.pem"],
            "cannot write the certificate of the authority no/such/ca.pem",
        ),
        (&["--tls=perhaps"], "value was not a boolean"),
    ] {
        let (code, message) = ended(&[&["--listen", "127.0.0.1:0"], arguments].concat());
        assert_eq!(code, Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    assert_eq!(fs::read_to_string(notes).unwrap(), "not to be lost");
    assert_eq!(fs::read_to_string(own_pem).unwrap(), own.pem());
}

#[test]
fn that_of_a_run_that_was_killed_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let killed = Mock::start(&["--tls", "--tls-ca", text(&ca)]);
    drop(killed);
    let left = fs::read_to_string(&ca).unwrap();
    let mock = Mock::start(&["--tls", "--tls-ca", text(&ca)]);
    assert_ne!(fs::read_to_string(&ca).unwrap(), left);
    assert_eq!(health(&[mock.url(), "--tls-ca", text(&ca)], &[]).0, Some(0));
}

#[cfg(unix)]
#[test]
fn others_may_read_the_certificate() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let _mock = Mock::start(&["--tls", "--tls-ca", text(&ca)]);
    assert_eq!(fs::metadata(&ca).unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn a_client_without_tls_is_told_so_in_answer_and_log() {
    let mock = Mock::start(&["--tls"]);
    let mut client = TcpStream::connect(mock.url().strip_prefix("https://").unwrap()).unwrap();
    client.write_all(format!("POST /{PATH} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    let mut seen = String::new();
    client.read_to_string(&mut seen).unwrap();
    assert!(seen.starts_with("HTTP/1.1 400 "), "{seen}");
    drop(client);
    let (_, _, log) = mock.stop("TERM");
    assert!(log.contains("a request without TLS was refused") && !log.contains("t0ken"), "{log}");
}

//! Whom a client trusts.

use std::io::{Read, Write};

use greenapi_mock_server::{Limits, Tls};
use rcgen::{CertificateParams, KeyPair};
use rustls::version::{TLS12, TLS13};

use crate::fixture::{Fixture, call, made, trusting, trusting_by};

/// What the answer to a call begins with, or why there is none.
fn asked(fixture: &Fixture, host: &str, config: rustls::ClientConfig) -> Result<String, String> {
    let mut client = fixture.secured(host, config);
    client.write_all(&call(1_101_000_001)).map_err(|error| error.to_string())?;
    let mut start = [0; 12];
    client.read_exact(&mut start).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&start).into_owned())
}

#[test]
fn it_is_good_for_its_hosts_alone() {
    let fixture = Fixture::new();
    assert!(fixture.url.starts_with("https://127.0.0.1:"), "{}", fixture.url);
    for (host, is_good) in [
        ("localhost", true),
        ("127.0.0.1", true),
        ("api.green-api.com", true),
        ("7105.api.greenapi.com", true),
        ("api.greenapi.com", false),
        ("green-api.com", false),
        ("127.0.0.2", false),
        ("::1", false),
    ] {
        let found = asked(&fixture, host, trusting(&fixture.authority));
        match found {
            Ok(start) => assert!(is_good && start == "HTTP/1.1 200", "{host}: {start}"),
            Err(error) => assert!(!is_good && error.contains("not valid for name"), "{host}: {error}"),
        }
    }
}

#[test]
fn both_versions_of_tls_are_spoken() {
    let fixture = Fixture::new();
    for version in [&TLS12, &TLS13] {
        let config = trusting_by(&fixture.authority, &[version]);
        assert_eq!(asked(&fixture, "localhost", config).as_deref(), Ok("HTTP/1.1 200"), "{version:?}");
    }
}

#[test]
fn nobody_trusts_it_without_its_authority() {
    let fixture = Fixture::new();
    let other = made(&["localhost"]);
    for authority in [other.authority().unwrap(), ""] {
        let error = asked(&fixture, "localhost", trusting(authority)).unwrap_err();
        assert!(error.contains("UnknownIssuer"), "{error}");
    }
}

#[test]
fn each_run_has_its_own() {
    assert_ne!(made(&["localhost"]).authority(), made(&["localhost"]).authority());
    let pem = made(&["localhost"]).authority().unwrap().to_owned();
    assert_eq!((pem.lines().next(), pem.matches("BEGIN").count()), (Some("-----BEGIN CERTIFICATE-----"), 1));
    assert!(!pem.contains("KEY") && !pem.contains('\r'), "{pem}");
}

#[test]
fn one_of_your_own_is_shown() {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let tls = Tls::from_pem(own.pem().as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    assert_eq!(tls.authority(), None);
    let fixture = Fixture::with(tls, Limits::default());
    assert_eq!(asked(&fixture, "localhost", trusting(&own.pem())).as_deref(), Ok("HTTP/1.1 200"));
}

#[test]
fn what_is_no_certificate_is_explained_without_a_byte_of_it() {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
    let key = key.serialize_pem();
    let other = KeyPair::generate().unwrap().serialize_pem();
    let cut = |text: &str| text[..text.len() / 2].to_owned();
    for (certificate, key, expected) in [
        (own.as_str(), other.as_str(), "the key is not that of the certificate"),
        (&own, &own, "there is no key in PEM that can be read"),
        (&own, "", "there is no key in PEM that can be read"),
        (&own, &cut(&key), "there is no key in PEM that can be read"),
        (&key, &key, "there is no certificate in PEM"),
        ("", &key, "there is no certificate in PEM"),
        (&cut(&own), &key, "a certificate in PEM cannot be read"),
        (
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
            &key,
            "a certificate in PEM cannot be read",
        ),
    ] {
        let error = Tls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    assert!(Tls::for_hosts([]).is_err());
}

#[test]
fn no_output_holds_the_key() {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let own = Tls::from_pem(own.pem().as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    for tls in [own, made(&["localhost"])] {
        assert_eq!(
            (format!("{tls:?}"), format!("{tls:#?}")),
            ("Tls { .. }".to_owned(), "Tls { .. }".to_owned())
        );
    }
}

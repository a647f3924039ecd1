//! Whose certificates are taken, and whose are not.

use greenapi_transport::{ErrorKind, Tls};
use rcgen::{CertificateParams, DistinguishedName, SanType, date_time_ymd};
use rustls::ServerConfig;

use crate::calls::{Way, sentence};
use crate::certificates::{Authority, Certified};
use crate::service::Service;

#[tokio::test]
async fn a_certificate_that_is_trusted_is_taken() {
    async fn check(config: ServerConfig, host: &str, tls: Tls) {
        let service = Service::making_groups(config).await;
        Way::to(service.url(host)).trusting(tls).arrives().await;
        assert_eq!(service.counts(), (2, 2, 2));
    }
    let authority = Authority::new("trusted");
    let other = Authority::new("also trusted");
    let only = || Tls::only(authority.pem().as_bytes()).unwrap();
    check(authority.good().server(), "localhost", only()).await;
    check(authority.good().server(), "127.0.0.1", only()).await;
    check(authority.intermediate().good().server(), "localhost", only()).await;
    check(authority.intermediate().intermediate().good().server(), "localhost", only()).await;
    let both = Tls::only(format!("{}{}", other.pem(), authority.pem()).as_bytes()).unwrap();
    check(authority.good().server(), "localhost", both.clone()).await;
    check(other.good().server(), "localhost", both).await;
    let and = Tls::platform_and(authority.pem().as_bytes()).unwrap();
    check(authority.good().server(), "localhost", and).await;
    check(authority.good().server(), "localhost", authority.client(None).into()).await;
    // What curl's `--cacert` is given for a server without an authority.
    let (itself, pem) = Certified::by_itself();
    check(itself.server(), "localhost", Tls::only(pem.as_bytes()).unwrap()).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_an_error_and_no_request() {
    async fn check(config: ServerConfig, host: &str, tls: &Tls, said: &str) {
        let service = Service::making_groups(config).await;
        let way = Way::to(service.url(host)).trusting(tls.clone());
        let sentence = way.does_not_arrive(ErrorKind::Tls, false).await;
        let expected = format!("no TLS with the service: invalid peer certificate: {said}");
        assert!(sentence.starts_with(&expected), "{sentence}");
        service.server.over(2).await;
        assert_eq!(service.server.requests(), 0, "{said}");
    }
    let authority = Authority::new("trusted");
    let stranger = Authority::new("stranger");
    let named = |name: &str| {
        let names = vec![SanType::DnsName(name.try_into().unwrap())];
        authority.certify(|leaf| leaf.subject_alt_names = names).server()
    };
    let dated = |from, to| {
        let change = |leaf: &mut CertificateParams| {
            (leaf.not_before, leaf.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        };
        authority.certify(change).server()
    };
    let only = Tls::only(authority.pem().as_bytes()).unwrap();
    let and = Tls::platform_and(authority.pem().as_bytes()).unwrap();
    let own = Tls::from(authority.client(None));
    for tls in [&only, &and, &own] {
        check(dated(2020, 2021), "localhost", tls, "certificate expired").await;
        check(dated(4000, 4001), "localhost", tls, "certificate not valid yet").await;
        check(named("other.example"), "localhost", tls, "certificate not valid for name \"localhost\"").await;
        check(named("localhost"), "127.0.0.1", tls, "certificate not valid for name \"127.0.0.1\"").await;
        check(named("*.localhost"), "localhost", tls, "certificate not valid for name \"localhost\"").await;
        check(stranger.good().server(), "localhost", tls, "UnknownIssuer").await;
        check(Certified::by_itself().0.server(), "localhost", tls, "UnknownIssuer").await;
    }
    // A name in the subject is no name: nobody has read it there for years.
    let in_subject = authority.certify(|leaf| {
        leaf.subject_alt_names.clear();
        leaf.distinguished_name = DistinguishedName::new();
        leaf.distinguished_name.push(rcgen::DnType::CommonName, "localhost");
    });
    check(in_subject.server(), "localhost", &only, "certificate not valid for name \"localhost\"").await;
    #[cfg(feature = "webpki-roots")]
    check(authority.good().server(), "localhost", &Tls::webpki_roots().unwrap(), "UnknownIssuer").await;
}

#[test]
fn what_is_no_certificate_cannot_be_trusted() {
    let check = |pem: &str, said: &str| {
        for error in [Tls::only(pem.as_bytes()), Tls::platform_and(pem.as_bytes())].map(Result::unwrap_err) {
            assert!(error.is_tls() && !error.is_certificate() && !error.may_have_reached(), "{error:?}");
            let sentence = sentence(&error);
            assert_eq!(sentence, format!("there are no certificates to trust the service by: {said}"));
        }
    };
    let unread = "a certificate of the text in PEM cannot be read";
    let none = "the text has no certificate in PEM";
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    check("", none);
    check("nonsense", none);
    check(&key, none);
    check("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", unread);
    check("-----BEGIN CERTIFICATE-----\n", unread);
    check("-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n", unread);
}

//! An authority that lives as long as a test, and what it certifies.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};

/// Who signs certificates.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// The certificates between this authority and the one that is trusted, this one's own first.
    between: Vec<CertificateDer<'static>>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let issuer = CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap();
        Self { issuer, between: Vec::new() }
    }

    /// An authority that this one vouches for.
    pub(crate) fn intermediate(&self) -> Self {
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::signed_by(authority("intermediate"), key, &self.issuer).unwrap();
        let between = std::iter::once(issuer.der().clone()).chain(self.between.iter().cloned()).collect();
        Self { issuer, between }
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for the names of this machine.
    pub(crate) fn good(&self) -> Certified {
        self.certify(|_| ())
    }

    /// The same, but for a change.
    pub(crate) fn certify(&self, change: impl FnOnce(&mut CertificateParams)) -> Certified {
        let key = KeyPair::generate().unwrap();
        let mut leaf = leaf();
        change(&mut leaf);
        let certificate = leaf.signed_by(&key, &self.issuer).unwrap();
        let chain = std::iter::once(certificate.der().clone()).chain(self.between.iter().cloned()).collect();
        Certified { chain, key: key.into() }
    }

    /// A client's configuration that trusts this authority and shows a certificate of its own, if there is one.
    pub(crate) fn client(&self, own: Option<Certified>) -> ClientConfig {
        let builder = ClientConfig::builder_with_provider(ring())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots());
        match own {
            Some(Certified { chain, key }) => builder.with_client_auth_cert(chain, key).unwrap(),
            None => builder.with_no_client_auth(),
        }
    }

    /// A server's configuration that takes only clients whom this authority has certified.
    pub(crate) fn server_of_the_certified(&self, version: &'static SupportedProtocolVersion) -> ServerConfig {
        let Certified { chain, key } = self.good();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(self.roots().into(), ring()).build().unwrap();
        ServerConfig::builder_with_provider(ring())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .unwrap()
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }
}

/// A certificate with its key.
pub(crate) struct Certified {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Certified {
    /// One that nobody but itself vouches for, and its text in PEM.
    pub(crate) fn by_itself() -> (Self, String) {
        let key = KeyPair::generate().unwrap();
        let certificate = leaf().self_signed(&key).unwrap();
        (Self { chain: vec![certificate.der().clone()], key: key.into() }, certificate.pem())
    }

    /// A server that shows it, in these versions of TLS.
    pub(crate) fn server_of(self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        ServerConfig::builder_with_provider(ring())
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain, self.key)
            .unwrap()
    }

    /// A server that shows it.
    pub(crate) fn server(self) -> ServerConfig {
        self.server_of(rustls::ALL_VERSIONS)
    }
}

fn leaf() -> CertificateParams {
    CertificateParams::new(["localhost", "127.0.0.1", "::1"].map(str::to_owned)).unwrap()
}

fn authority(name: &str) -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, name);
    authority
}

fn ring() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

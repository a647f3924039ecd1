use std::fmt;
use std::sync::{Arc, OnceLock};

use rustls::client::WantsClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::raw::error::RawError;
use crate::raw::stream::Stream;

const UNREADABLE: &str = "a certificate of the text in PEM cannot be read";

/// Whom a client trusts where the service speaks `https`.
///
/// Made with rustls and ring; TLS 1.2 and 1.3. A clone is cheap and shares the sessions that can be resumed.
#[derive(Clone)]
pub struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Trusts whom the operating system trusts, by its own verifier where it has one. On Linux and the BSDs these are the
    /// roots of the distribution, or those of the file that `SSL_CERT_FILE` names. They are read once a process. This is
    /// what a client does unless told otherwise.
    ///
    /// # Errors
    ///
    /// [`RawError::is_tls`]: the system has no roots, or they cannot be read.
    pub fn platform() -> Result<Self, RawError> {
        static PLATFORM: OnceLock<Tls> = OnceLock::new();
        if let Some(tls) = PLATFORM.get() {
            return Ok(tls.clone());
        }
        let config = builder()?.with_platform_verifier().map_err(RawError::tls_roots)?;
        Ok(PLATFORM.get_or_init(|| Self::of(config)).clone())
    }

    /// Trusts whom the operating system trusts, and the certificates in a text of PEM, such as those of a company's own
    /// authority.
    ///
    /// # Errors
    ///
    /// [`RawError::is_tls`], as for [`platform`](Self::platform) and for [`only`](Self::only).
    pub fn platform_and(pem: &[u8]) -> Result<Self, RawError> {
        let builder = builder()?;
        let provider = Arc::clone(builder.crypto_provider());
        let extra = certificates(pem)?;
        roots(extra.clone())?;
        let verifier = Verifier::new_with_extra_roots(extra, provider).map_err(RawError::tls_roots)?;
        Ok(Self::of(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))))
    }

    /// Trusts the certificates in a text of PEM alone, such as those of a test's own authority.
    ///
    /// # Errors
    ///
    /// [`RawError::is_tls`]: the text has no certificate, or one that cannot be read.
    pub fn only(pem: &[u8]) -> Result<Self, RawError> {
        Ok(Self::of(builder()?.with_root_certificates(roots(certificates(pem)?)?)))
    }

    /// Trusts whom Mozilla trusts, whatever the system does: the roots are a part of the program, as old as the crate
    /// `webpki-roots` that it was built with.
    ///
    /// # Errors
    ///
    /// None so far.
    #[cfg(feature = "webpki-roots")]
    pub fn webpki_roots() -> Result<Self, RawError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Ok(Self::of(builder()?.with_root_certificates(roots)))
    }

    fn of(config: ConfigBuilder<ClientConfig, WantsClientCert>) -> Self {
        Self::from(config.with_no_client_auth())
    }

    /// The stream with TLS around it, to a host that has proved its name.
    pub(crate) async fn connect(&self, host: &str, stream: TcpStream) -> Result<Stream, RawError> {
        let name = ServerName::try_from(host.to_owned()).map_err(RawError::tls)?;
        let connector = TlsConnector::from(Arc::clone(&self.0));
        let stream = connector.connect(name, stream).await.map_err(RawError::tls)?;
        Ok(Stream::Right(Box::new(stream)))
    }
}

/// A configuration of your own, such as one with a client's certificate. What it says of ALPN is replaced, as the client
/// speaks HTTP/1.1 alone.
impl From<ClientConfig> for Tls {
    fn from(mut config: ClientConfig) -> Self {
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self(Arc::new(config))
    }
}

/// Shows nothing: a configuration may hold the key of a client.
impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// With ring, whatever provider the process has installed.
fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, RawError> {
    let provider: CryptoProvider = rustls::crypto::ring::default_provider();
    ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(RawError::tls_roots)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RawError> {
    // Its own error shows bytes of the text as numbers, and these may be of a key that stands there too.
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| RawError::tls_roots(UNREADABLE))?;
    if found.is_empty() {
        return Err(RawError::tls_roots("the text has no certificate in PEM"));
    }
    Ok(found)
}

/// The certificates as roots. What rustls says of one that cannot be read is about the service's, which it isn't.
fn roots(certificates: Vec<CertificateDer<'static>>) -> Result<RootCertStore, RawError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate).map_err(|_| RawError::tls_roots(UNREADABLE))?;
    }
    Ok(roots)
}

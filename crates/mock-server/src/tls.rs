//! The certificate of a server that speaks `https`.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::host::Host;

/// A certificate made now is valid for so many days from yesterday on. Some clients take none that is valid for more than 825.
const DAYS: i64 = 730;

/// The certificate of a server, with its key: made for this run, or your own. TLS 1.2 and 1.3, by rustls with ring.
///
/// One that is made is signed by an authority that is made with it and signs nothing else: its key is forgotten at once. The key of
/// the certificate is in memory alone, and in no output. A clone is cheap.
///
/// ```
/// use greenapi_mock_server::Tls;
///
/// let tls = Tls::for_hosts(["api.green-api.com".parse()?, "127.0.0.1".parse()?])?;
/// assert!(tls.authority().unwrap_or_default().starts_with("-----BEGIN CERTIFICATE-----"));
/// assert_eq!(format!("{tls:?}"), "Tls { .. }");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    authority: Option<Arc<str>>,
}

impl Tls {
    /// What the name begins with of the authority that signs a certificate made for a run, as it stands in its own one.
    pub const AUTHORITY: &'static str = "greenapi-mock, for one run";

    /// A certificate for these hosts, and an authority that vouches for it. It is valid from yesterday on for two years, by the
    /// clock of the system.
    ///
    /// # Errors
    ///
    /// If there is no host, or the system has no random numbers.
    pub fn for_hosts(hosts: impl IntoIterator<Item = Host>) -> Result<Self, InvalidTls> {
        let names = hosts.into_iter().map(|host| name(&host)).collect::<Result<Vec<_>, _>>()?;
        if names.is_empty() {
            return Err(InvalidTls("a certificate is for at least one host".to_owned()));
        }
        let key_of_authority = key()?;
        let authority = authority(&key_of_authority);
        let authority = CertifiedIssuer::self_signed(authority, key_of_authority)
            .map_err(|error| InvalidTls::made(&error))?;
        let own = key()?;
        let certificate =
            leaf(names).signed_by(&own, &authority).map_err(|error| InvalidTls::made(&error))?;
        let pem = authority.pem().replace("\r\n", "\n");
        let config = config(vec![certificate.der().clone()], own.into())?;
        Ok(Self { config, authority: Some(pem.into()) })
    }

    /// A certificate of your own in PEM, with those of the authorities between it and the one that clients trust; and its key in PEM.
    ///
    /// # Errors
    ///
    /// If either text has no such thing, or the key is not that of the certificate. The error shows nothing of the texts.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, InvalidTls> {
        let certificates = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| InvalidTls("a certificate in PEM cannot be read".to_owned()))?;
        if certificates.is_empty() {
            return Err(InvalidTls("there is no certificate in PEM".to_owned()));
        }
        // Its own error may show bytes of the key.
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| InvalidTls("there is no key in PEM that can be read".to_owned()))?;
        Ok(Self { config: config(certificates, key)?, authority: None })
    }

    /// The certificate, in PEM, of the authority that a client has to trust, if it was made for this run.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        Arc::clone(&self.config).into()
    }
}

/// Shows nothing, as there is a key in it.
impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tls").finish_non_exhaustive()
    }
}

fn config(
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, InvalidTls> {
    // With ring, whatever provider the process has installed.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                InvalidTls("the key is not that of the certificate".to_owned())
            }
            error => InvalidTls(format!("the certificate cannot be used: {error}")),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn key() -> Result<KeyPair, InvalidTls> {
    KeyPair::generate().map_err(|error| InvalidTls::made(&error))
}

/// Each has a name of its own, so that whoever trusts those of several runs finds the right one.
fn authority(key: &KeyPair) -> CertificateParams {
    let run = key.public_key_raw().last_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let mut authority = dated();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, format!("{} {run:08x}", Tls::AUTHORITY));
    authority
}

fn leaf(names: Vec<SanType>) -> CertificateParams {
    let mut leaf = dated();
    leaf.is_ca = IsCa::ExplicitNoCa;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    leaf.distinguished_name.push(DnType::CommonName, "greenapi-mock");
    leaf.subject_alt_names = names;
    leaf
}

fn dated() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    let yesterday =
        Offset::UTC.to_datetime(Timestamp::now()).date().saturating_sub(jiff::Span::new().days(1));
    let end = yesterday.saturating_add(jiff::Span::new().days(DAYS));
    // A month and a day fit into a byte.
    let midnight = |date: Date| {
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    (params.not_before, params.not_after) = (midnight(yesterday), midnight(end));
    params
}

fn name(host: &Host) -> Result<SanType, InvalidTls> {
    match host.as_str().parse::<IpAddr>() {
        Ok(address) => Ok(SanType::IpAddress(address)),
        Err(_) => host.as_str().try_into().map(SanType::DnsName).map_err(|error| InvalidTls::made(&error)),
    }
}

/// Why there is no certificate. It shows nothing of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTls(String);

impl InvalidTls {
    fn made(error: &rcgen::Error) -> Self {
        Self(format!("a certificate cannot be made: {error}"))
    }
}

impl fmt::Display for InvalidTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InvalidTls {}

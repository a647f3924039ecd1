//! Whom the check trusts where the endpoint speaks `https`: the authority in a file, and nobody else.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::failure::Failure;

#[derive(Clone)]
pub(super) struct Trust(Arc<ClientConfig>);

impl Trust {
    pub(super) fn of(file: &Path) -> Result<Self, Failure> {
        // A file that is not there is that of an endpoint that does not run.
        let unhealthy = |error: &dyn std::fmt::Display| {
            Failure::unhealthy(&format!("whom to trust is not known by {}: {error}", file.display()))
        };
        let text = fs::read(file).map_err(|error| unhealthy(&error))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|_| unhealthy(&"a certificate in PEM cannot be read"))?;
            roots.add(certificate).map_err(|error| unhealthy(&error))?;
        }
        if roots.is_empty() {
            return Err(unhealthy(&"there is no certificate in PEM"));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| unhealthy(&error))?;
        Ok(Self(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
    }

    /// The connection by TLS, to a host that proves its name with the first byte.
    pub(super) fn secured(
        &self,
        authority: &str,
        stream: TcpStream,
    ) -> io::Result<impl Read + Write + use<>> {
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        let client = ClientConnection::new(Arc::clone(&self.0), name).map_err(io::Error::other)?;
        Ok(StreamOwned::new(client, stream))
    }
}

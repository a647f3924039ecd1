//! A server with a certificate of its own run, and a client of rustls on a plain socket.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use greenapi_mock_server::{Emulation, Host, Limits, Running, Server, Tls};
use greenapi_model::Contract;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use tokio::runtime::Runtime;

/// How long anything may take before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) type Secured = StreamOwned<ClientConnection, TcpStream>;

pub(crate) struct Fixture {
    runtime: Runtime,
    running: Option<Running>,
    pub(crate) url: String,
    /// The certificate of the authority in PEM.
    pub(crate) authority: String,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(
            made(&["localhost", "127.0.0.1", "api.green-api.com", "*.api.greenapi.com"]),
            Limits::default(),
        )
    }

    pub(crate) fn with(tls: Tls, limits: Limits) -> Self {
        let runtime = Runtime::new().unwrap();
        let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
        let authority = tls.authority().unwrap_or_default().to_owned();
        let running = runtime.block_on(async {
            let server = Server::bind("127.0.0.1:0".parse().unwrap(), emulation).await.unwrap();
            server.tls(tls).limits(limits).start()
        });
        let url = running.url().to_owned();
        Self { runtime, running: Some(running), url, authority }
    }

    /// A connection without TLS.
    pub(crate) fn connect(&self) -> TcpStream {
        connect(&self.url)
    }

    /// A connection to a host of this name, whose handshake comes with the first byte.
    pub(crate) fn secured(&self, host: &str, config: ClientConfig) -> Secured {
        secured(self.connect(), host, config)
    }

    /// Sends bytes to `localhost`, and reads all that comes back, until the connection ends and how.
    pub(crate) fn exchange(&self, bytes: &[u8]) -> (Vec<u8>, io::Result<()>) {
        let mut client = self.secured("localhost", trusting(&self.authority));
        client.write_all(bytes).unwrap();
        read_to_end(&mut client)
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

pub(crate) fn connect(url: &str) -> TcpStream {
    let stream = TcpStream::connect(url.strip_prefix("https://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

pub(crate) fn secured(stream: TcpStream, host: &str, config: ClientConfig) -> Secured {
    let name = ServerName::try_from(host.to_owned()).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

/// All that comes, and how it ends.
pub(crate) fn read_to_end(stream: &mut impl Read) -> (Vec<u8>, io::Result<()>) {
    let mut seen = Vec::new();
    let ended = stream.read_to_end(&mut seen).map(drop);
    (seen, ended)
}

pub(crate) fn hosts(hosts: &[&str]) -> Vec<Host> {
    hosts.iter().map(|host| host.parse().unwrap()).collect()
}

/// A certificate made for these hosts.
pub(crate) fn made(names: &[&str]) -> Tls {
    Tls::for_hosts(hosts(names)).unwrap()
}

pub(crate) fn trusting(authority: &str) -> ClientConfig {
    trusting_by(authority, rustls::ALL_VERSIONS)
}

pub(crate) fn trusting_by(authority: &str, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

pub(crate) fn call(instance: u64) -> Vec<u8> {
    let body = r#"{"groupName":"x","phones":[79001234567]}"#;
    let head = format!(
        "POST /waInstance{instance}/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    (head + body).into_bytes()
}

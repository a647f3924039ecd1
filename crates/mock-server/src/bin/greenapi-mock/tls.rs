//! Whether the endpoint speaks `https`, and by which certificate.

#[cfg(not(feature = "tls"))]
mod without;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
#[cfg(feature = "tls")]
use greenapi_mock_server::Tls as Certificate;
use greenapi_mock_server::{Config, Host, Server};

#[cfg(not(feature = "tls"))]
use self::without::Certificate;
use crate::cli::LISTEN;
use crate::effective::{Effective, Origin};
use crate::failure::Failure;
use crate::kept_file::{KeptFile, Purpose};

/// The certificate of the endpoint, and the file for those who are to trust it.
pub(crate) struct Encryption {
    certificate: Certificate,
    file: Option<KeptFile>,
}

impl Encryption {
    /// What the configuration says of it. The file is not there yet.
    pub(crate) fn of(effective: &Effective) -> Result<Option<Self>, Failure> {
        let config = &effective.config;
        if config.tls != Some(true) {
            for id in ["tls_host", "tls_ca", "tls_cert", "tls_key"] {
                if effective.origin(id) == Origin::Flag {
                    let option = id.replace('_', "-");
                    return Err(Failure::use_of(
                        &format!("--{option} says how to speak https, which is not asked for"),
                        "Give --tls too.",
                    ));
                }
            }
            return Ok(None);
        }
        let certificate = certificate(config)?;
        let file = match (&config.tls_ca, certificate.authority()) {
            (Some(path), Some(_)) => {
                refuse_one_of_others(path)?;
                Some(KeptFile::prepare(Purpose::Authority, path)?)
            }
            _ => None,
        };
        Ok(Some(Self { certificate, file }))
    }

    /// The server by TLS.
    #[cfg(feature = "tls")]
    pub(crate) fn put(&self, server: Server) -> Server {
        server.tls(self.certificate.clone())
    }

    #[cfg(not(feature = "tls"))]
    pub(crate) fn put(&self, _: Server) -> Server {
        match self.certificate {}
    }

    /// The file for those who are to trust it: the one that is put there, or that of an authority of one's own.
    pub(crate) fn path(config: &Config) -> Option<PathBuf> {
        let path = config.tls_ca.as_ref()?;
        Some(std::path::absolute(path).unwrap_or_else(|_| path.clone()))
    }

    /// Whether the certificate was made for this run.
    pub(crate) fn is_made(&self) -> bool {
        self.certificate.authority().is_some()
    }

    /// Puts the file in place, if there is to be one.
    pub(crate) fn publish(&mut self) -> Result<(), Failure> {
        match (&mut self.file, self.certificate.authority()) {
            (Some(file), Some(authority)) => file.publish(authority.to_owned()),
            _ => Ok(()),
        }
    }
}

fn certificate(config: &Config) -> Result<Certificate, Failure> {
    match (&config.tls_cert, &config.tls_key) {
        (None, None) => {
            let made = Certificate::for_hosts(hosts(config));
            made.map_err(|error| {
                Failure::option("--tls", &error, "Give a certificate with --tls-cert and --tls-key.")
            })
        }
        (Some(certificate), Some(key)) => {
            let (certificates, keys) = (read("--tls-cert", certificate)?, read("--tls-key", key)?);
            Certificate::from_pem(&certificates, &keys).map_err(|error| {
                let files = format!("{} and {}", certificate.display(), key.display());
                Failure::option(&files, &error, "--tls-cert is a certificate in PEM, and --tls-key its key.")
            })
        }
        _ => Err(Failure::use_of(
            "--tls-cert and --tls-key go together",
            "Give both, or neither: then a certificate is made for the run.",
        )),
    }
}

/// This machine, where the endpoint listens, and what was asked for.
fn hosts(config: &Config) -> Vec<Host> {
    let own = ["localhost", "127.0.0.1", "::1"].iter().filter_map(|host| host.parse().ok());
    let listened = [Some(config.listen.unwrap_or(LISTEN)), config.admin_listen];
    let listened = listened.into_iter().flatten().map(|address| address.ip());
    let listened = listened.filter(|address| !address.is_unspecified()).map(Host::from);
    let asked = config.tls_hosts.iter().flatten().cloned();
    let mut hosts: Vec<Host> = Vec::new();
    for host in own.chain(listened).chain(asked) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

fn read(option: &str, file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| {
        Failure::use_of(&format!("{option}: cannot read {}: {error}", file.display()), "It is a file in PEM.")
    })
}

/// The file is written over, and removed at the end, so it may be none that somebody else needs.
fn refuse_one_of_others(path: &Path) -> Result<(), Failure> {
    let Ok(bytes) = fs::read(path) else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes);
    let lines: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(lines).unwrap_or_default();
    let name = Certificate::AUTHORITY.as_bytes();
    if text.trim().is_empty() || der.windows(name.len()).any(|window| window == name) {
        return Ok(());
    }
    Err(Failure::use_of(
        &format!("--tls-ca: {} is not from a run of greenapi-mock, and would be lost", path.display()),
        "The certificate of the authority that is made for this run is put there. For a certificate of your own give \
         --tls-cert and --tls-key; then --tls-ca stays as it is.",
    ))
}

//! `greenapi-mock healthcheck`, for where there is no curl, such as in an image of a container.

#[cfg(feature = "tls")]
mod trust;
#[cfg(not(feature = "tls"))]
#[path = "healthcheck/without.rs"]
mod trust;

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;

use clap::ArgMatches;
use greenapi_mock_server::{Config, Emulation};
use serde_json::Value;

use self::trust::Trust;
use crate::cli::{HealthcheckArguments, LISTEN, Url};
use crate::effective::{contract, place_of};
use crate::failure::Failure;

/// No answer that is asked for is longer.
const LONGEST: u64 = 1 << 16;

/// Prints one line if the endpoint is healthy, and fails with one line if it is not.
pub(crate) fn check(arguments: &HealthcheckArguments, matches: &ArgMatches) -> Result<(), Failure> {
    let config = place_of(arguments, matches)?;
    let probes = probes(arguments.url.as_ref(), &config)?;
    let place = probes.first().map(|probe| probe.place.to_string()).unwrap_or_default();
    let (sender, receiver) = mpsc::channel();
    // Looking up a name has no limit of time, so it all is left to a thread that ends with the process.
    thread::spawn(move || sender.send(ask(&probes)));
    let found = receiver
        .recv_timeout(arguments.timeout)
        .unwrap_or_else(|_| Err(format!("{place} did not answer within {:?}", arguments.timeout)));
    let line = found.map_err(|why| Failure::unhealthy(&why))?;
    // Whoever closed stdout knows by the exit code.
    let _ = writeln!(io::stdout(), "healthy: {line}");
    Ok(())
}

/// A request that a healthy endpoint answers in one way alone.
struct Probe {
    kind: Kind,
    place: Place,
    path: String,
}

/// Where to ask, and whom to trust there.
#[derive(Clone)]
struct Place {
    authority: String,
    trust: Option<Trust>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of the control plane.
    Health,
    /// `OPTIONS` on a path of the method, which makes no group.
    Options,
}

/// What is asked, in this order while the answer before says that there is no such thing.
fn probes(url: Option<&Url>, config: &Config) -> Result<Vec<Probe>, Failure> {
    let listen = config.listen.unwrap_or(LISTEN);
    let is_secure = url.map_or(config.tls == Some(true), |url| url.is_secure);
    let trust = if is_secure { Some(trust(config)?) } else { None };
    let place = |authority| Place { authority, trust: trust.clone() };
    let health = |place| Probe { kind: Kind::Health, place, path: "/__admin/health".to_owned() };
    let has_control_plane = config.admin != Some(false);
    Ok(match url.map(|url| place(url.authority.clone())) {
        // Whether there is a control plane at a URL is for the endpoint there to say.
        Some(place) if has_control_plane => vec![health(place.clone()), options(place, config)?],
        Some(place) => vec![options(place, config)?],
        None if has_control_plane => {
            vec![health(place(authority("--admin-listen", config.admin_listen.unwrap_or(listen))?))]
        }
        None => vec![options(place(authority("--listen", listen)?), config)?],
    })
}

fn trust(config: &Config) -> Result<Trust, Failure> {
    match &config.tls_ca {
        Some(file) => Trust::of(file),
        None => Err(Failure::use_of(
            "whom to trust by https is not known",
            "Give --tls-ca FILE, as the endpoint has it: the certificate of its authority.",
        )),
    }
}

fn options(place: Place, config: &Config) -> Result<Probe, Failure> {
    let contract = contract(config)?;
    let emulation = Emulation::new(contract).map_err(|error| Failure::emulation(&error))?;
    let contract = emulation.contract();
    let path = match (emulation.test_instances().first(), "any-token".parse()) {
        (Some(instance), Ok(token)) => contract.path(instance.id, &token),
        _ => contract.path_template().to_owned(),
    };
    Ok(Probe { kind: Kind::Options, place, path })
}

/// How this machine reaches what listens on an address.
fn authority(flag: &str, address: SocketAddr) -> Result<String, Failure> {
    if address.port() == 0 {
        return Err(Failure::use_of(
            &format!("{flag} {address}: which port that is is not known here"),
            "Give the URL of the endpoint, which it prints when it is ready.",
        ));
    }
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        ip if ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
        _ => Ipv6Addr::LOCALHOST.into(),
    };
    Ok(SocketAddr::new(ip, address.port()).to_string())
}

/// What a healthy endpoint said, or why it is not healthy.
fn ask(probes: &[Probe]) -> Result<String, String> {
    let mut why = String::new();
    for probe in probes {
        let answer = probe.send().map_err(|error| format!("cannot ask {probe}: {error}"))?;
        let Some(status) = status(&answer) else {
            return Err(format!("{probe} was not answered by HTTP"));
        };
        if probe.is_healthy(status, &answer) {
            return Ok(format!("{probe} was answered with {status}"));
        }
        let of_whom = if status == 200 { ", but not by greenapi-mock" } else { "" };
        why = format!("{probe} was answered with {status}{of_whom}");
        // Where there is no control plane, that is a wrong path.
        if !matches!(status, 403 | 404) {
            break;
        }
    }
    Err(why)
}

impl Probe {
    fn method(&self) -> &'static str {
        match self.kind {
            Kind::Health => "GET",
            Kind::Options => "OPTIONS",
        }
    }

    /// By HTTP/1.0, where an answer is not in chunks and the server closes the connection behind it.
    fn send(&self) -> io::Result<Vec<u8>> {
        let Place { authority, trust } = &self.place;
        let stream = TcpStream::connect(authority)?;
        let request = format!("{} {} HTTP/1.0\r\nHost: {authority}\r\n\r\n", self.method(), self.path);
        match trust {
            Some(trust) => exchange(trust.secured(authority, stream)?, &request),
            None => exchange(stream, &request),
        }
    }

    fn is_healthy(&self, status: u16, answer: &[u8]) -> bool {
        match self.kind {
            Kind::Health => status == 200 && says_healthy(answer),
            Kind::Options => (200..300).contains(&status),
        }
    }
}

/// Sends the request, and reads all of the answer.
fn exchange(mut stream: impl Read + Write, request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    match stream.take(LONGEST).read_to_end(&mut answer) {
        // Some end the connection without the last word of TLS.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof || answer.is_empty() => Err(error),
        _ if answer.is_empty() => {
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed"))
        }
        _ => Ok(answer),
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}{}", self.method(), self.place, self.path)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.trust.is_some() { "https" } else { "http" };
        write!(formatter, "{scheme}://{}", self.authority)
    }
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\r').next()?;
    let (version, rest) = str::from_utf8(line).ok()?.split_once(' ')?;
    let status = rest.split(' ').next().filter(|_| version.starts_with("HTTP/1."))?;
    status.parse().ok()
}

/// Whether the body is that of our control plane: another server may have the port.
fn says_healthy(answer: &[u8]) -> bool {
    let body = answer.windows(4).position(|window| window == b"\r\n\r\n").map(|end| &answer[end + 4..]);
    let body: Option<Value> = body.and_then(|body| serde_json::from_slice(body).ok());
    body.is_some_and(|body| body["status"] == "healthy")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_judged() {
        let check = |answer: &str, expected: Option<u16>, is_healthy: bool| {
            let found = status(answer.as_bytes());
            assert_eq!((found, says_healthy(answer.as_bytes())), (expected, is_healthy), "{answer:?}");
        };
        check("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"healthy\"}", Some(200), true);
        check("HTTP/1.0 200\r\n\r\n{\"status\":\"ill\"}", Some(200), false);
        check("HTTP/1.1 503 Service Unavailable\r\n\r\n", Some(503), false);
        check("HTTP/1.1 204 No Content\r\n", Some(204), false);
        check("HTTP/2 200\r\n\r\n", None, false);
        check("HTTP/1.1 many\r\n\r\n", None, false);
        check("SSH-2.0-OpenSSH\r\n", None, false);
        check("", None, false);
    }

    #[test]
    fn an_address_is_reached_from_this_machine() {
        let check = |address: &str, expected: Option<&str>| {
            let found = authority("--listen", address.parse().unwrap()).ok();
            assert_eq!(found.as_deref(), expected, "{address}");
        };
        check("127.0.0.1:8080", Some("127.0.0.1:8080"));
        check("0.0.0.0:8080", Some("127.0.0.1:8080"));
        check("[::]:8080", Some("[::1]:8080"));
        check("[::1]:8080", Some("[::1]:8080"));
        check("192.0.2.7:1", Some("192.0.2.7:1"));
        check("127.0.0.1:0", None);
    }
}

//! The kinds of calls of the mix, each by a caller of its own.

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::thread;
use std::time::Duration;

use greenapi_mock_server::Emulation;
use greenapi_model::Contract;

use super::super::sockets::{called, connected};
use crate::bench::calls::read_answer;
use crate::bench::request::Request;
use crate::failure::Failure;

/// Calls one after another; the number of the call says which of its kind it is.
pub(super) struct Caller {
    pub(super) name: &'static str,
    pub(super) call: fn(&Endpoint, u64) -> io::Result<()>,
}

pub(super) const CALLERS: [Caller; 7] = [
    Caller { name: "100 valid calls", call: valid },
    Caller { name: "refused", call: refused },
    Caller { name: "cut off", call: cut_off },
    Caller { name: "slow", call: slow },
    Caller { name: "not reading", call: not_reading },
    Caller { name: "faults", call: faults },
    Caller { name: "control plane", call: control },
];

/// An instance for each caller that makes groups.
const INSTANCE: u64 = 7_105_000_000;
/// So many requests are sent by who does not read: more than the buffers of the system hold.
const UNREAD: usize = 1_000_000;
/// A test instance that does not answer, or slowly, is left after so long.
const IMPATIENCE: Duration = Duration::from_millis(100);
/// Between two pieces of a slow request.
const PAUSE: Duration = Duration::from_millis(5);

/// What is to come of a request that is changed in one place.
const REFUSED: [(&str, &str, &str); 5] = [
    ("groupName", "groupNome", "HTTP/1.1 400 "),
    ("{", "[", "HTTP/1.1 400 "),
    ("POST ", "PUT ", "HTTP/1.1 404 "),
    ("createGroup", "createGruop", "HTTP/1.1 403 "),
    ("content-length: ", "content-length: x", "HTTP/1.1 400 "),
];

/// Of these each is answered with 200.
const CONTROL: [(&str, &str); 9] = [
    ("GET", "/health"),
    ("GET", "/metrics"),
    ("GET", "/requests?limit=20"),
    ("GET", "/instances"),
    ("GET", "/settings"),
    ("GET", "/faults"),
    ("GET", "/clauses"),
    ("GET", "/openapi.json"),
    ("POST", "/requests/count"),
];

/// What is called, and by which bytes.
#[derive(Debug)]
pub(super) struct Endpoint {
    address: SocketAddr,
    valid: Vec<u8>,
    slow: Vec<u8>,
    /// One for each test instance.
    faults: Vec<Vec<u8>>,
}

impl Endpoint {
    pub(super) fn of(url: &str, request: &Request) -> Result<Self, Failure> {
        let host = url.trim_start_matches("http://");
        let address = host.parse().map_err(|_| Failure::failed(format!("{url} has no address")))?;
        let emulation = Emulation::new(Contract::default());
        let emulation =
            emulation.map_err(|error| Failure::failed(format!("emulate the contract: {error}")))?;
        let bytes = |instance| request.bytes(host, instance).into_bytes();
        Ok(Self {
            address,
            valid: bytes(INSTANCE),
            slow: bytes(INSTANCE + 1),
            faults: emulation.test_instances().iter().map(|instance| bytes(instance.id.number())).collect(),
        })
    }
}

fn valid(endpoint: &Endpoint, _: u64) -> io::Result<()> {
    let socket = connected(endpoint.address)?;
    (0..100).try_for_each(|_| called(&socket, &endpoint.valid))
}

fn refused(endpoint: &Endpoint, at: u64) -> io::Result<()> {
    let (from, to, status) = turn(&REFUSED, at);
    let request = String::from_utf8_lossy(&endpoint.valid).replacen(from, to, 1);
    let mut socket = connected(endpoint.address)?;
    socket.write_all(request.as_bytes())?;
    let mut line = vec![0; status.len()];
    socket.read_exact(&mut line)?;
    if line == status.as_bytes() {
        return Ok(());
    }
    Err(io::Error::other(format!("{to:?} is answered with {:?}", String::from_utf8_lossy(&line))))
}

fn cut_off(endpoint: &Endpoint, at: u64) -> io::Result<()> {
    let length = turn(&(0..endpoint.valid.len()).collect::<Vec<_>>(), at);
    let mut socket = connected(endpoint.address)?;
    socket.write_all(&endpoint.valid[..length])?;
    if at.is_multiple_of(2) {
        return Ok(());
    }
    socket.shutdown(Shutdown::Write)?;
    io::copy(&mut socket, &mut io::sink()).map(drop)
}

fn slow(endpoint: &Endpoint, _: u64) -> io::Result<()> {
    let mut socket = connected(endpoint.address)?;
    for piece in endpoint.slow.chunks(endpoint.slow.len().div_ceil(20)) {
        socket.write_all(piece)?;
        thread::sleep(PAUSE);
    }
    read_answer(&mut BufReader::new(&socket))
}

fn not_reading(endpoint: &Endpoint, _: u64) -> io::Result<()> {
    let mut socket = connected(endpoint.address)?;
    socket.set_write_timeout(Some(IMPATIENCE))?;
    for _ in 0..UNREAD {
        match socket.write_all(&endpoint.valid) {
            // Nobody reads what it answers, so it reads no more.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Ok(());
            }
            sent => sent?,
        }
    }
    Err(io::Error::other("the server reads on and on, and keeps answers that nobody takes"))
}

/// Whatever comes of it, it comes to an end.
fn faults(endpoint: &Endpoint, at: u64) -> io::Result<()> {
    let mut socket = connected(endpoint.address)?;
    socket.set_read_timeout(Some(IMPATIENCE))?;
    socket.write_all(&turn(&endpoint.faults, at))?;
    let _ = socket.read(&mut [0; 1024]);
    Ok(())
}

fn control(endpoint: &Endpoint, at: u64) -> io::Result<()> {
    let (method, path) = turn(&CONTROL, at);
    let body = if method == "POST" { "{}" } else { "" };
    let head = format!("{method} /__admin{path} HTTP/1.1\r\nhost: {}\r\n", endpoint.address);
    let more = format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let answered = called(&connected(endpoint.address)?, (head + &more).as_bytes());
    answered.map_err(|error| io::Error::other(format!("{method} {path}: {error}")))
}

#[allow(clippy::cast_possible_truncation)] // What is left after the division is small.
fn turn<T: Clone>(of: &[T], at: u64) -> T {
    of[(at % of.len() as u64) as usize].clone()
}

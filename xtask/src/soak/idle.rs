//! Connections that wait.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

use super::sockets::{called, connected};
use crate::bench::request::Request;
use crate::failure::Failure;

/// An instance of their own.
const INSTANCE: u64 = 7_104_000_000;

/// What a connection waits after.
#[derive(Clone, Copy, Debug)]
enum After {
    Nothing,
    /// Half of a head, or half of a body: so many bytes of a request.
    Part(usize),
    Answer,
}

/// Connections that wait, each after what is its turn.
pub(super) struct Idle {
    address: SocketAddr,
    request: Vec<u8>,
    turns: [After; 4],
    sockets: Vec<TcpStream>,
}

impl Idle {
    pub(super) fn open(url: &str, request: &Request, connections: u32) -> Result<Self, Failure> {
        let host = url.trim_start_matches("http://");
        let address = host.parse().map_err(|_| Failure::failed(format!("{url} has no address")))?;
        let request = request.bytes(host, INSTANCE).into_bytes();
        let turns = turns(&request);
        let mut idle = Self { address, request, turns, sockets: Vec::new() };
        for turn in turns.into_iter().cycle().take(connections as usize) {
            let socket = idle.opened(turn);
            idle.sockets.push(socket.map_err(|error| failure(idle.sockets.len(), &error))?);
        }
        Ok(idle)
    }

    /// A head, a body and a wait for a request have their time, so each connection goes on with what it began, or is opened anew, and
    /// then waits again.
    pub(super) fn renew(&mut self) -> Result<(), Failure> {
        for at in 0..self.sockets.len() {
            let turn = self.turns[at % self.turns.len()];
            self.renewed(at, turn).map_err(|error| failure(at, &error))?;
        }
        Ok(())
    }

    fn opened(&self, turn: After) -> io::Result<TcpStream> {
        let mut socket = connected(self.address)?;
        match turn {
            After::Nothing => {}
            After::Part(length) => socket.write_all(&self.request[..length])?,
            After::Answer => called(&socket, &self.request)?,
        }
        Ok(socket)
    }

    fn renewed(&mut self, at: usize, turn: After) -> io::Result<()> {
        let mut socket = &self.sockets[at];
        match turn {
            After::Nothing => self.sockets[at] = connected(self.address)?,
            After::Part(length) => {
                called(socket, &self.request[length..])?;
                socket.write_all(&self.request[..length])?;
            }
            After::Answer => called(socket, &self.request)?,
        }
        Ok(())
    }
}

fn turns(request: &[u8]) -> [After; 4] {
    let head = request.windows(4).position(|end| end == b"\r\n\r\n").map_or(request.len(), |at| at + 4);
    [
        After::Nothing,
        After::Part(head / 2),
        After::Part(head + (request.len() - head) / 2),
        // The last one, so that whoever has opened all has an answer after all.
        After::Answer,
    ]
}

fn failure(at: usize, error: &io::Error) -> Failure {
    Failure::io(format!("hold idle connection {at}"), error)
}

#[cfg(test)]
mod tests {
    use super::turns;

    #[test]
    fn each_is_after_another_part_of_a_request() {
        let found = turns(b"POST / HTTP/1.1\r\n\r\n0123456789");
        assert_eq!(format!("{found:?}"), "[Nothing, Part(9), Part(24), Answer]");
    }
}

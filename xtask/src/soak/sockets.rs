//! One connection, and what is sent on it.

use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::bench::calls::read_answer;

/// An answer that takes longer does not come.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) fn connected(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    socket.set_write_timeout(Some(TIMEOUT))?;
    Ok(socket)
}

/// Sends a request, or what is left of one, and reads its answer, which has to be a success.
pub(super) fn called(mut socket: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    socket.write_all(bytes)?;
    read_answer(&mut BufReader::with_capacity(1 << 10, socket))
}

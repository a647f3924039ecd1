//! A client that writes bytes as they are, and reads one answer after the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// How long anything may take before the row fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the client does.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    /// Waits for this line and the empty one behind it.
    Await(&'static str),
    /// Ends this side of the connection.
    End,
}

impl Piece {
    pub(crate) fn starts_with(&self, start: &[u8]) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.starts_with(start))
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    is_head: bool,
}

impl Client {
    pub(crate) fn new(url: &str, is_head: bool) -> Self {
        let stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), is_head }
    }

    /// Sends all pieces. A server that has seen enough may have closed the connection, which the next answer shows.
    pub(crate) fn send(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => {
                    let _ = self.stream.get_mut().write_all(bytes);
                }
                Piece::Await(expected) => {
                    let (mut line, mut empty) = (String::new(), String::new());
                    self.stream.read_line(&mut line).unwrap();
                    self.stream.read_line(&mut empty).unwrap();
                    assert_eq!((line.trim_end(), empty.as_str()), (*expected, "\r\n"));
                }
                Piece::End => {
                    let _ = self.stream.get_ref().shutdown(Shutdown::Write);
                }
            }
        }
    }

    /// The next answer; an error where there is none that is whole.
    pub(crate) fn answer(&mut self) -> Result<Answer, String> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status =
            status.filter(|_| line.starts_with("HTTP/1.")).ok_or_else(|| format!("{line:?} came"))?;
        let mut length = 0;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().map_err(|_| line.clone())?;
            }
        }
        let has_body = !std::mem::take(&mut self.is_head) && status != 204;
        let mut body = vec![0; if has_body { length } else { 0 }];
        self.stream.read_exact(&mut body).map_err(|error| error.to_string())?;
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => Err("the connection was closed".to_owned()),
            Ok(_) => line.strip_suffix("\r\n").map(str::to_owned).ok_or_else(|| format!("{line:?} came")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// That the server has closed the connection, and in order.
    pub(crate) fn end(&mut self) -> Result<(), String> {
        let mut more = Vec::new();
        match self.stream.read_to_end(&mut more) {
            Ok(0) => Ok(()),
            Ok(_) => Err(format!("{} came after the answers", more.escape_ascii())),
            Err(error) => Err(format!("the connection was not closed: {error}")),
        }
    }
}

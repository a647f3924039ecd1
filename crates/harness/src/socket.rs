//! Bytes over a socket, as they are: for what no client of HTTP would send.

use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

/// So long an answer is waited for at most.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// So long an interim answer is waited for before the body is sent all the same.
const CONTINUE: Duration = Duration::from_secs(1);

/// What is read at most.
const LARGEST: usize = 1 << 20;

/// Where a target is.
pub(crate) struct Origin {
    address: String,
    pub(crate) authority: String,
    prefix: String,
}

impl Origin {
    /// Of a URL with the scheme `http`.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        if !uri.scheme_str()?.eq_ignore_ascii_case("http") {
            return None;
        }
        let authority = uri.authority()?;
        let address = format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(80));
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Some(Self { address, authority: authority.to_string(), prefix })
    }

    /// Path and query below the path of the URL.
    pub(crate) fn target(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

/// What goes over the wire, one after the other.
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    /// Each byte on its own.
    OneByOne(Vec<u8>),
    /// Waits for an interim answer, or a second.
    AwaitContinue,
    /// Nothing more comes from this side.
    EndOfSending,
}

impl Piece {
    pub(crate) fn shown(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) | Self::OneByOne(bytes) => bytes,
            Self::AwaitContinue | Self::EndOfSending => &[],
        }
    }
}

/// What came over the socket.
pub(crate) struct Exchange {
    /// The answers, without interim ones.
    pub(crate) answers: Vec<Answered>,
    pub(crate) end: End,
    /// Nothing came behind the answers.
    pub(crate) is_tidy: bool,
}

pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

/// How the waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All answers were there.
    Answered,
    /// The other side closed the connection.
    Closed,
    /// Nothing more came in time.
    Silent,
    /// What came is no HTTP.
    Garbled,
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Answered => "all came",
            Self::Closed => "the connection was closed",
            Self::Silent => "nothing came in time",
            Self::Garbled => "what came is no HTTP",
        })
    }
}

/// Sends the pieces over a connection of their own, and waits for so many answers.
pub(crate) async fn exchange(
    origin: &Origin,
    pieces: &[Piece],
    answers: usize,
    limit: Duration,
) -> io::Result<Exchange> {
    let end = Instant::now() + limit;
    let mut stream = timeout_at(end, TcpStream::connect(&origin.address)).await??;
    stream.set_nodelay(true)?;
    let mut read = Reader { bytes: Vec::new(), is_closed: false };
    for piece in pieces {
        // A server that has enough may close while it is written to; what it answered is still there.
        let written = match piece {
            Piece::Bytes(bytes) => stream.write_all(bytes).await,
            Piece::OneByOne(bytes) => one_by_one(&mut stream, bytes).await,
            Piece::EndOfSending => stream.shutdown().await,
            Piece::AwaitContinue => {
                let waited = timeout(CONTINUE.min(limit), read.more(&mut stream)).await;
                waited.unwrap_or(Ok(()))
            }
        };
        if written.is_err() {
            break;
        }
    }
    // HEAD is told by what was sent.
    let is_head =
        pieces.iter().any(|piece| matches!(piece, Piece::Bytes(bytes) if bytes.starts_with(b"HEAD ")));
    loop {
        match parse(&read.bytes, answers, is_head, read.is_closed) {
            Parsed::Done(answers, rest) => {
                // What a server writes behind an answer without a body would be there by now, or with the end.
                let is_tidy = rest == 0 && (!is_head || read.is_closed || read.ends(&mut stream, end).await);
                return Ok(Exchange { answers, end: End::Answered, is_tidy });
            }
            Parsed::Garbled(answers) => return Ok(Exchange { answers, end: End::Garbled, is_tidy: false }),
            Parsed::Partial(answers) => {
                let over = if read.is_closed {
                    Some(End::Closed)
                } else {
                    match timeout_at(end, read.more(&mut stream)).await {
                        Err(_) => Some(End::Silent),
                        Ok(Err(_)) => Some(End::Closed),
                        Ok(Ok(())) => None,
                    }
                };
                if let Some(end) = over {
                    return Ok(Exchange { answers, end, is_tidy: true });
                }
            }
        }
    }
}

async fn one_by_one(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        // Lets the other side see it alone.
        tokio::task::yield_now().await;
    }
    Ok(())
}

struct Reader {
    bytes: Vec<u8>,
    is_closed: bool,
}

impl Reader {
    async fn more(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        let read = stream.read_buf(&mut self.bytes).await?;
        self.is_closed = read == 0 || self.bytes.len() > LARGEST;
        Ok(())
    }

    /// Whether the connection ends without another byte.
    async fn ends(&mut self, stream: &mut TcpStream, end: Instant) -> bool {
        let before = self.bytes.len();
        let _ = timeout_at(end, self.more(stream)).await;
        self.bytes.len() == before
    }
}

enum Parsed {
    /// All answers, and how many bytes are left.
    Done(Vec<Answered>, usize),
    Partial(Vec<Answered>),
    Garbled(Vec<Answered>),
}

fn parse(mut bytes: &[u8], wanted: usize, is_head: bool, is_closed: bool) -> Parsed {
    let mut answers = Vec::new();
    while answers.len() < wanted {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let head = match response.parse(bytes) {
            Err(_) => return Parsed::Garbled(answers),
            Ok(httparse::Status::Partial) => return Parsed::Partial(answers),
            Ok(httparse::Status::Complete(head)) => head,
        };
        let status = response.code.unwrap_or_default();
        let header = |name: &str| {
            let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(found.value).ok()
        };
        let rest = &bytes[head..];
        if (100..200).contains(&status) {
            bytes = rest;
            continue;
        }
        let body = if is_head || status == 204 || status == 304 {
            Some((Vec::new(), 0))
        } else if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            chunks(rest)
        } else if let Some(length) = header("content-length").and_then(|length| length.trim().parse().ok()) {
            rest.get(..length).map(|body| (body.to_vec(), length))
        } else {
            is_closed.then(|| (rest.to_vec(), rest.len()))
        };
        let Some((body, length)) = body else { return Parsed::Partial(answers) };
        answers.push(Answered { status, body: body.into() });
        bytes = &rest[length..];
    }
    Parsed::Done(answers, bytes.len())
}

/// A chunked body and the number of its bytes on the wire, if all of it is there.
fn chunks(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut body, mut place) = (Vec::new(), 0);
    loop {
        let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(&bytes[place..])
        else {
            return None;
        };
        let (start, size) = (place + start, usize::try_from(size).ok()?);
        body.extend_from_slice(bytes.get(start..start.checked_add(size)?)?);
        place = start + size + 2;
        if size == 0 {
            return (bytes.len() >= place).then_some((body, place));
        }
        bytes.get(..place)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let check = |bytes: &str, wanted, is_closed, expected: &str| {
            let shown = |answers: Vec<Answered>| {
                let text = answers
                    .iter()
                    .map(|one| format!("{} {}", one.status, String::from_utf8_lossy(&one.body)));
                text.collect::<Vec<_>>().join(" | ")
            };
            let found = match parse(bytes.as_bytes(), wanted, false, is_closed) {
                Parsed::Done(answers, rest) => format!("{}; {rest} left", shown(answers)),
                Parsed::Partial(answers) => format!("{}; partial", shown(answers)),
                Parsed::Garbled(answers) => format!("{}; garbled", shown(answers)),
            };
            assert_eq!(found, expected, "{bytes}");
        };
        let one = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        check(one, 1, false, "200 ok; 0 left");
        check(&format!("{one}{one}"), 2, false, "200 ok | 200 ok; 0 left");
        check(&format!("{one}x"), 1, false, "200 ok; 1 left");
        check(&one[..one.len() - 1], 1, false, "; partial");
        check(&format!("HTTP/1.1 100 Continue\r\n\r\n{one}"), 1, false, "200 ok; 0 left");
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            1,
            false,
            "200 ok; 0 left",
        );
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", 1, false, "; partial");
        check("HTTP/1.0 200 OK\r\n\r\nok", 1, false, "; partial");
        check("HTTP/1.0 200 OK\r\n\r\nok", 1, true, "200 ok; 0 left");
        check("HTTP/1.1 204 No Content\r\n\r\n", 1, false, "204 ; 0 left");
        check("what is this\r\n\r\n", 1, false, "; garbled");
    }
}

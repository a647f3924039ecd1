//! So many calls, no more and no less, which wrk cannot make.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::bench::request::{Instances, Request};
use crate::failure::Failure;

/// So many requests are sent before their answers are read. They and their answers fit into the buffers of a socket.
const AHEAD: u64 = 64;

/// An answer that takes longer does not come.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Makes calls over one connection, and says how many; fewer than asked for where they take longer than `patience`. An
/// answer that is no success is a failure.
pub(crate) fn make(
    url: &str,
    request: &Request,
    instances: Instances,
    calls: u64,
    patience: Duration,
) -> Result<u64, Failure> {
    let host = url.trim_start_matches("http://");
    let fail = |error: io::Error| Failure::io(format!("call {url}"), &error);
    let socket = TcpStream::connect(host).map_err(fail)?;
    socket.set_nodelay(true).and_then(|()| socket.set_read_timeout(Some(TIMEOUT))).map_err(fail)?;
    let mut answers = BufReader::new(&socket);
    let (mut ids, mut requests) = (instances.ids(), Vec::new());
    let (mut made, start) = (0, Instant::now());
    while made < calls && start.elapsed() < patience {
        let ahead = AHEAD.min(calls - made);
        requests.clear();
        for id in ids.by_ref().zip(0..ahead).map(|(id, _)| id) {
            requests.extend_from_slice(request.bytes(host, id).as_bytes());
        }
        (&socket).write_all(&requests).map_err(fail)?;
        for _ in 0..ahead {
            read_answer(&mut answers).map_err(fail)?;
        }
        made += ahead;
    }
    Ok(made)
}

/// Reads one answer, with its body of a length that it says. One that is no success is a failure.
pub(crate) fn read_answer(answers: &mut impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200 ") {
        return Err(io::Error::other(format!("it answers {line:?}")));
    }
    let mut length = 0;
    loop {
        line.clear();
        answers.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            Some(_) => {}
        }
    }
    io::copy(&mut answers.take(length), &mut io::sink()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::read_answer;

    #[test]
    fn one_answer_after_another_is_read() {
        let mut answers = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx: y\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 503 no\r\n".as_bytes();
        assert!(read_answer(&mut answers).is_ok());
        assert!(read_answer(&mut answers).is_ok());
        let check = |answers: &mut &[u8], why: &str| {
            assert_eq!(read_answer(answers).expect_err(why).to_string(), why);
        };
        check(&mut answers, r#"it answers "HTTP/1.1 503 no\r\n""#);
        check(&mut answers, r#"it answers """#);
    }
}

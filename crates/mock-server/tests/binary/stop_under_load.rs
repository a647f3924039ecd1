//! SIGTERM while many clients send as fast as they can: no call is lost.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Mock;
use crate::support::{VALID, request};

/// Clients that keep their connection, and clients that make one for each call.
const KEEPING: usize = 24;
const CONNECTING: usize = 4;
/// So many answers have come before the signal.
const BEFORE: u64 = 2_000;
const PATIENCE: Duration = Duration::from_secs(20);

/// How the last request of a client ended.
#[derive(Debug, PartialEq, Eq)]
enum Last {
    /// All of its requests were answered.
    Answered,
    /// The connection ended in order, without a byte of an answer. The request was sent at this time, if it could be.
    Unanswered(Option<Instant>),
    /// A new connection was not taken, or came so late that it was reset.
    NotTaken,
}

/// Calls on one connection until it ends; each whole answer is counted.
fn keep_calling(address: &str, id: usize, answers: &AtomicU64) -> Last {
    let stream = TcpStream::connect(address).unwrap();
    let mut reader = reading(&stream);
    loop {
        let Ok(()) = send(&stream, id) else { return Last::Unanswered(None) };
        let sent = Instant::now();
        match answer(&mut reader).unwrap_or_else(|error| panic!("no orderly end: {error}")) {
            None => return Last::Unanswered(Some(sent)),
            Some(is_last) => {
                answers.fetch_add(1, Ordering::Relaxed);
                if is_last {
                    assert_eq!(reader.read(&mut [0]).unwrap(), 0, "it says that it closes");
                    return Last::Answered;
                }
            }
        }
    }
}

/// Calls on one connection after another until none is taken.
fn call_anew(address: &str, id: usize, answers: &AtomicU64) -> Last {
    loop {
        let Ok(stream) = TcpStream::connect(address) else { return Last::NotTaken };
        let sent = send(&stream, id).map(|()| Instant::now());
        match answer(&mut reading(&stream)) {
            Ok(Some(_)) => answers.fetch_add(1, Ordering::Relaxed),
            Ok(None) => return Last::Unanswered(sent.ok()),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Last::NotTaken,
            Err(error) => panic!("no orderly end: {error}"),
        };
    }
}

fn reading(stream: &TcpStream) -> BufReader<TcpStream> {
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    BufReader::new(stream.try_clone().unwrap())
}

fn send(mut stream: &TcpStream, id: usize) -> io::Result<()> {
    let head = format!(
        "POST /waInstance{}/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        7_103_000_000 + id,
        VALID.len()
    );
    stream.write_all(&[head.as_bytes(), VALID].concat())
}

/// A whole answer, and whether it is the last one; nothing if the connection ended instead. A half one is an error.
fn answer(reader: &mut BufReader<TcpStream>) -> io::Result<Option<bool>> {
    let half = || io::Error::other("half an answer");
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return if head.is_empty() { Ok(None) } else { Err(half()) };
        }
    }
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    let length: usize = value("content-length: ").unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).map_err(|_| half())?;
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["created"], true);
    Ok(Some(value("connection: close").is_some()))
}

/// How many calls were decided, and how many groups were made, as the control plane counts them.
fn counted(admin: &str) -> [u64; 2] {
    let (url, _) = admin.split_once("/__admin").unwrap();
    let metrics = request(url, "GET /__admin/metrics HTTP/1.1", b"").body;
    ["greenapi_mock_calls_total", "greenapi_mock_groups_made_total"].map(|name| {
        let of_name = metrics.lines().filter(|line| line.starts_with(name));
        of_name.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    })
}

#[test]
fn a_signal_under_full_load_loses_no_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready.json");
    let mut mock = Mock::start(&[
        // Where the numbers can still be asked for while the server stops.
        "--admin-listen",
        "127.0.0.1:0",
        "--ready-file",
        file.to_str().unwrap(),
    ]);
    let log = mock.child.stderr.take().unwrap();
    let log = std::thread::spawn(move || BufReader::new(log).lines().map_while(Result::ok).last());
    let address = mock.url().strip_prefix("http://").unwrap().to_owned();
    let admin = mock.ready["admin"].as_str().unwrap().to_owned();
    // A call that is under way all the time: it keeps the server until the numbers are known.
    let held = TcpStream::connect(&address).unwrap();
    let mut held_answers = reading(&held);
    let begun = format!(
        "POST /waInstance7/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
         Content-Length: {}\r\n\r\n",
        VALID.len()
    );
    (&held).write_all(begun.as_bytes()).unwrap();
    let mut interim = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    held_answers.read_exact(&mut interim).unwrap();

    let answers = AtomicU64::new(0);
    let (asked, ends) = std::thread::scope(|scope| {
        let (address, answers) = (address.as_str(), &answers);
        let keeping = (0..KEEPING).map(|id| scope.spawn(move || keep_calling(address, id, answers)));
        let connecting =
            (KEEPING..KEEPING + CONNECTING).map(|id| scope.spawn(move || call_anew(address, id, answers)));
        let clients: Vec<_> = keeping.chain(connecting).collect();
        while answers.load(Ordering::Relaxed) < BEFORE && !clients.iter().any(ScopedJoinHandle::is_finished) {
            std::thread::yield_now();
        }
        let asked = Instant::now();
        mock.signal("TERM");
        (asked, clients.into_iter().map(|client| client.join().unwrap()).collect::<Vec<_>>())
    });
    let answers = answers.into_inner();
    assert!(answers >= BEFORE, "{answers}: {ends:?}");
    // What the server decided has come whole, and what came is all that it decided.
    assert_eq!(counted(&admin), [answers; 2], "{ends:?}");
    // No request that had come before the signal was left unanswered.
    for end in &ends {
        assert!(!matches!(end, Last::Unanswered(Some(sent)) if *sent < asked), "{asked:?}: {ends:?}");
    }
    assert!(ends[..KEEPING].iter().all(|end| *end != Last::NotTaken), "{ends:?}");

    // Nor is the one that was held.
    (&held).write_all(VALID).unwrap();
    assert_eq!(answer(&mut held_answers).unwrap(), Some(true));
    drop((held, held_answers));
    let status = mock.child.wait().unwrap();
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(!fs::exists(&file).unwrap());
    let last = log.join().unwrap().unwrap();
    assert!(last.contains("\"answered\""), "{last}");
}

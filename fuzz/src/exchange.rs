use std::time::Duration;

use greenapi_mock_server::{Endpoint, WireStop};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
use tokio::runtime::Builder;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::plant::Plant;

/// How many bytes wait in the stream for either side.
const BUFFER: usize = 16 << 10;

/// Longer than any fault may take, on a clock that goes on only when nothing else can.
const FOR_EVER: Duration = Duration::from_secs(1_000_000 * 365 * 24 * 3_600);

/// Longer than the mock waits for anything by itself.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What a client does on one connection.
pub(crate) struct Exchange {
    pub(crate) bytes: Vec<u8>,
    /// It sends so many bytes at a time, and pauses between them.
    pub(crate) pieces: Option<(usize, Duration)>,
    pub(crate) end: End,
    /// The server is told to stop once the client has sent all.
    pub(crate) stop: bool,
}

/// What a client does once it has sent all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It ends its side, and reads what comes.
    HalfClose,
    /// It reads what comes until the other side ends, and ends its own if that takes longer than its patience.
    Wait,
    /// It is gone.
    Drop,
}

impl Exchange {
    /// All at once, then the end of this side.
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        Self { bytes, pieces: None, end: End::HalfClose, stop: false }
    }
}

/// What came back on a new connection, which has ended.
pub(crate) fn run(endpoint: &Endpoint, exchange: &Exchange) -> Vec<u8> {
    run_to_the_end(endpoint, exchange).0
}

/// The same, and whether the other side waited until the client lost its patience.
pub(crate) fn run_to_the_end(endpoint: &Endpoint, exchange: &Exchange) -> (Vec<u8>, bool) {
    // Its clock starts anew, and it has no driver of sockets, so that a wait costs no call of the system.
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime is made").block_on(async {
        let (client, server) = duplex(BUFFER);
        let stop = WireStop::default();
        let connection = endpoint.serve_until(server, &stop);
        let both = async { tokio::join!(connection, talk(client, exchange, &stop)) };
        let ((), seen) = timeout(FOR_EVER, both).await.expect("a connection never ends");
        seen
    })
}

async fn talk(client: DuplexStream, exchange: &Exchange, stop: &WireStop) -> (Vec<u8>, bool) {
    let (mut reader, mut writer) = split(client);
    let (mut seen, mut lost_patience) = (Vec::new(), false);
    let has_ended = Notify::new();
    let write = async {
        let (size, pause) = exchange.pieces.unwrap_or((usize::MAX, Duration::ZERO));
        for (index, piece) in exchange.bytes.chunks(size.max(1)).enumerate() {
            if index > 0 {
                sleep(pause).await;
            }
            // The server may have closed its end, and then there is nobody to tell.
            if writer.write_all(piece).await.is_err() {
                break;
            }
        }
        if exchange.stop {
            stop.stop();
        }
        if exchange.end == End::Wait {
            lost_patience = timeout(PATIENCE, has_ended.notified()).await.is_err();
        }
        if (exchange.end == End::HalfClose || lost_patience) && !Plant::NoAnswer.is_there() {
            let _ = writer.shutdown().await;
        }
    };
    if exchange.end == End::Drop {
        write.await;
    } else {
        let read = async {
            let _ = reader.read_to_end(&mut seen).await;
            has_ended.notify_one();
        };
        tokio::join!(write, read);
    }
    (seen, lost_patience)
}

/// The status of the first answer.
pub(crate) fn status(seen: &[u8]) -> Option<u16> {
    let line = str::from_utf8(seen.get(..12)?).ok()?;
    line.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()
}

#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::Future;
use std::ops::Deref;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::exchange::{Exchange, Left};
use super::front::Front;
use super::pause::{Pause, Rested};
use super::seldom::Seldom;
use super::shortcut::Shortcut;
use super::watch::{Seen, Watch};
use crate::limits::Limits;
use crate::wire::{Reset, Wire, WireHandle, WireStop};

/// How long a connection is read on once this side of it is closed.
const LINGER: Duration = Duration::from_secs(2);
/// The same once the server stops.
const LAST_LINGER: Duration = Duration::from_millis(200);
/// How long a connection is served as before once the server stops. The system has told by then what had come before.
const LAST_LOOK: Duration = Duration::from_millis(10);
/// How much is read at a time of what nobody wants.
const UNWANTED: usize = 8 << 10;
/// What a client that speaks HTTP/2 at once starts with (RFC 9113, section 3.4).
const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves one connection until it ends, or until a call that is under way has ended once the server stops.
///
/// There may be many connections, so none of what it holds is held twice: an `async fn` would hold its arguments so.
pub(super) fn serve<S>(
    mut wire: Wire<S>,
    front: Front,
    limits: Arc<Limits>,
    stop: WireStop,
) -> impl Future<Output = ()> + Send
where
    S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
{
    let shortcut = front.shortcut(&limits);
    let line = Arc::new(Line { front, shortcut, wire: wire.handle() });
    async move {
        // The other side may be gone, and then there is nobody to tell.
        if let Some(status) = speak(&mut wire, &line, &limits, &stop).await {
            let has_real_time = line.front.emulation().has_real_time();
            let _ = wire.write_all(head(status, has_real_time).as_bytes()).await;
        }
        Box::pin(linger(&mut wire, &stop)).await;
    }
}

/// What answers on a connection.
struct Line {
    front: Front,
    shortcut: Option<Shortcut>,
    wire: WireHandle,
}

/// A call, from its head until its answer is there or nobody waits for it.
struct UnderWay(Arc<Line>);

impl UnderWay {
    fn begin(line: &Arc<Line>) -> Self {
        line.wire.activity().begin_call();
        Self(Arc::clone(line))
    }
}

impl Deref for UnderWay {
    type Target = Front;

    fn deref(&self) -> &Front {
        &self.0.front
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.wire.activity().end_call();
    }
}

/// Speaks HTTP until there is no more to be said, and gives the answer that is left to be given.
///
/// A connection on which nothing comes rests, without the buffers that hyper has for it. It begins so, as many a one never says
/// anything.
async fn speak<S>(
    wire: &mut Wire<S>,
    line: &Arc<Line>,
    limits: &Limits,
    stop: &WireStop,
) -> Option<StatusCode>
where
    S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
{
    let mut stopped = pin!(Seldom::new(Box::pin(stop.until_stopped())));
    let mut pause = Pause::begin();
    loop {
        let is_stopped = match pause.rest(wire, limits, &mut stopped).await {
            Rested::Read => false,
            Rested::Stopped => true,
            Rested::Over(status) => return last_word(&pause.unread, status),
        };
        let end;
        (pause, end) = Box::pin(talk(wire, pause, line, limits, &mut stopped, is_stopped)).await;
        let status = match end {
            Talked::Seen(Seen::Silence) => continue,
            Talked::Seen(Seen::Lateness) => Some(StatusCode::REQUEST_TIMEOUT),
            Talked::Over(Ok(())) => return None,
            Talked::Over(Err(error)) => {
                tracing::debug!(%error, "a connection ended early");
                error.is_incomplete_message().then_some(StatusCode::BAD_REQUEST)
            }
        };
        return last_word(&pause.unread, status);
    }
}

/// Why hyper has a connection no more.
enum Talked {
    Seen(Seen),
    Over(hyper::Result<()>),
}

/// Speaks on a connection on which something has come, until nothing comes: by the short way, and from the first request on that is
/// not for it by hyper.
async fn talk<S>(
    wire: &mut Wire<S>,
    pause: Pause,
    line: &Arc<Line>,
    limits: &Limits,
    stopped: &mut (impl Future<Output = ()> + Unpin),
    mut is_stopped: bool,
) -> (Pause, Talked)
where
    S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
{
    let activity = line.wire.activity();
    let mut watch = Watch::new(activity, limits, pause.wait);
    let mut exchange = Exchange::new(&pause.unread);
    let mut left = Left::ToHyper(None);
    if !is_stopped && !exchange.is_full() {
        tokio::select! {
            biased;
            why = exchange.go_on(wire, line.shortcut.as_ref(), activity) => left = why,
            seen = &mut watch => return (Pause::of(&[], watch.wait()), Talked::Seen(seen)),
            () = &mut *stopped => is_stopped = true,
        }
        if is_stopped && exchange.send(wire).await.is_err() {
            left = Left::Over;
        }
    }
    let Left::ToHyper(decided) = left else { return (Pause::of(&[], watch.wait()), Talked::Over(Ok(()))) };
    wire.read_again(exchange.into_unread());
    let decided = Mutex::new(decided);
    let service = service_fn(|request| {
        let decided = decided.lock().unwrap_or_else(PoisonError::into_inner).take();
        Front::answer(UnderWay::begin(line), request, decided)
    });
    let mut connection = http(line, limits).serve_connection(TokioIo::new(wire), service);
    let mut end = None;
    if !is_stopped {
        tokio::select! {
            biased;
            talked = until_end(&mut connection, &mut watch) => end = Some(talked),
            () = stopped => {}
        }
    }
    let end = match end {
        Some(end) => end,
        None => last_look(&mut connection, &mut watch).await,
    };
    (Pause::of(&connection.into_parts().read_buf, watch.wait()), end)
}

fn http(line: &Line, limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    if limits.most_headers != Limits::HEADERS {
        // Hyper then has no room for them on the stack.
        http.max_headers(limits.most_headers.min(Limits::MOST_HEADERS));
    }
    // How long it is waited for is none of hyper's business.
    http.header_read_timeout(None)
        .max_buf_size(limits.head_bytes.max(Limits::LEAST_HEAD_BYTES))
        // A client may end its side after the request and still read the answer.
        .half_close(true)
        // Answers are small, and to write one in two pieces costs the system more than to copy it.
        .writev(false)
        .auto_date_header(line.front.emulation().has_real_time());
    http
}

/// The end of a connection whose server has stopped.
async fn last_look<I, S>(connection: &mut http1::Connection<I, S>, watch: &mut Watch<'_>) -> Talked
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    watch.bear_silence();
    // A timer is looked at after the sockets, so what has come until the stop is known to the connection when this one is over.
    let look = tokio::time::timeout(LAST_LOOK, until_end(&mut *connection, &mut *watch));
    if let Ok(talked) = look.await {
        return talked;
    }
    Pin::new(&mut *connection).graceful_shutdown();
    until_end(connection, watch).await
}

/// Waits for the end of a connection, which is watched meanwhile.
async fn until_end<C>(connection: &mut C, watch: &mut Watch<'_>) -> Talked
where
    C: Future<Output = hyper::Result<()>> + Unpin,
{
    tokio::select! {
        biased;
        ended = connection => Talked::Over(ended),
        seen = watch => Talked::Seen(seen),
    }
}

/// Closes a connection, and waits for a while until the other side has closed it too.
pub(super) async fn linger<S: AsyncRead + AsyncWrite + Reset + Unpin>(wire: &mut Wire<S>, stop: &WireStop) {
    tokio::select! {
        () = close(wire) => {}
        () = tokio::time::sleep(LINGER) => {}
        () = async {
            stop.until_stopped().await;
            tokio::time::sleep(LAST_LINGER).await;
        } => {}
    }
}

/// What whoever has begun a head is told at the end. A connection that waits for a request is closed in silence.
fn last_word(unread: &[u8], status: Option<StatusCode>) -> Option<StatusCode> {
    if unread.starts_with(HTTP_2) {
        Some(StatusCode::HTTP_VERSION_NOT_SUPPORTED)
    } else if unread.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
        None
    } else {
        status
    }
}

/// A whole answer without a body.
pub(super) fn head(status: StatusCode, has_real_time: bool) -> String {
    let date = if has_real_time {
        Timestamp::now().strftime("date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string()
    } else {
        String::new()
    };
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n{date}\r\n")
}

/// RFC 9112, section 9.6: who closes a connection with bytes left to read may send a reset, which takes the last answer away from
/// the other side. So it is read on until that has closed it too.
async fn close<S: AsyncRead + AsyncWrite + Reset + Unpin>(wire: &mut Wire<S>) {
    let mut unwanted = Vec::new();
    if wire.shutdown().await.is_ok() {
        unwanted.resize(UNWANTED, 0);
        while let Ok(1..) = wire.read(&mut unwanted).await {}
    }
}

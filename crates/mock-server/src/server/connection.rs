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
use super::seldom::Seldom;
use super::shortcut::Shortcut;
use super::watch::{Seen, Wait, Watch};
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
    let mut pause = Pause { unread: Bytes::new(), wait: Wait::begin() };
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

/// A connection that waits for a request, or for the rest of its head.
struct Pause {
    /// What has come of the head.
    unread: Bytes,
    wait: Wait,
}

/// What ends the rest of a connection.
enum Rested {
    /// More of a head has come.
    Read,
    Stopped,
    /// No more comes. Who has begun a head is to be told this.
    Over(Option<StatusCode>),
}

impl Pause {
    /// What hyper has read and has not answered. It is a part of a buffer of hyper's, which is not to be kept for it.
    fn of(unread: &[u8], wait: Wait) -> Self {
        Self { unread: Bytes::copy_from_slice(unread), wait }
    }

    async fn rest<S: AsyncRead + AsyncWrite + Reset + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        limits: &Limits,
        stopped: &mut (impl Future<Output = ()> + Unpin),
    ) -> Rested {
        let is_idle = self.unread.is_empty();
        let left = self.wait.left_of(if is_idle { limits.idle_timeout } else { limits.head_timeout });
        if !is_idle && left.is_zero() {
            return Rested::Over(Some(StatusCode::REQUEST_TIMEOUT));
        }
        let mut more = [0; 64];
        let rested = tokio::select! {
            biased;
            read = wire.read(&mut more) => match read {
                Ok(0) => Rested::Over(Some(StatusCode::BAD_REQUEST)),
                Ok(length) => {
                    self.unread = [&self.unread, &more[..length]].concat().into();
                    Rested::Read
                }
                Err(_) => Rested::Over(None),
            },
            () = stopped => Rested::Stopped,
            () = tokio::time::sleep(left) => Rested::Over(Some(StatusCode::REQUEST_TIMEOUT)),
        };
        if is_idle {
            self.wait = Wait::begin();
        }
        rested
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

#[cfg(test)]
mod tests {
    use greenapi_model::Contract;
    use tokio::io::{DuplexStream, duplex};
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, timeout};

    use super::super::watch::LAST_PACE;
    use super::*;
    use crate::admin::ControlPlane;
    use crate::emulation::Emulation;
    use crate::service::EmulationService;

    const DAY: Duration = Duration::from_secs(24 * 3_600);
    const LINE: &str = "POST /waInstance1101000001/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\n";
    const BODY: &str = r#"{"groupName":"x","phones":[79001234567]}"#;

    struct Client {
        stream: DuplexStream,
        emulation: Arc<Emulation>,
        task: JoinHandle<()>,
        stop: WireStop,
        start: Instant,
    }

    impl Client {
        fn new() -> Self {
            Self::with(Limits::default())
        }

        fn with(limits: Limits) -> Self {
            Self::with_room(1 << 20, limits)
        }

        fn with_room(room: usize, limits: Limits) -> Self {
            Self::in_front_of(|front| front, room, limits)
        }

        fn in_front_of(change: impl FnOnce(Front) -> Front, room: usize, limits: Limits) -> Self {
            let (stream, server) = duplex(room);
            let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
            let control = ControlPlane::new(Arc::clone(&emulation));
            let service = EmulationService::new(Arc::clone(&emulation));
            let front = change(Front::emulation_of(service).control_plane(control).limits(&limits));
            let stop = WireStop::default();
            let task =
                tokio::spawn(serve(Wire::new(server).until(&stop), front, Arc::new(limits), stop.clone()));
            Self { stream, emulation, task, stop, start: Instant::now() }
        }

        async fn send(&mut self, bytes: &str) {
            self.stream.write_all(bytes.as_bytes()).await.unwrap();
        }

        /// All that comes until the server closes its side, and how many seconds after the start that is.
        async fn read(&mut self) -> (String, u64) {
            let mut seen = String::new();
            timeout(DAY, self.stream.read_to_string(&mut seen)).await.expect("it is never closed").unwrap();
            (seen, self.start.elapsed().as_secs())
        }

        fn made(&self) -> u64 {
            self.emulation.groups(1_101_000_001.into()).made
        }
    }

    fn request(length: usize, body: &str) -> String {
        format!("{LINE}Content-Length: {length}\r\n\r\n{body}")
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_end_is_answered_with_408() {
        let mut client = Client::new();
        client.send(LINE).await;
        let expected = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(client.read().await, (expected.to_owned(), 30));
        assert!(client.emulation.all_calls().kept.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_wrong_with_a_head_is_seen_before_its_end() {
        let mut client = Client::new();
        client.send(&format!("{LINE}X-Wrong\u{1}: y\r\n")).await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 400 ") && seconds == 0, "{seconds}: {seen}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_byte_by_byte_has_no_more_time() {
        let mut client = Client::new();
        for byte in LINE.chars().take(10) {
            client.send(&byte.to_string()).await;
            tokio::time::sleep(Duration::from_secs(30) / 11).await;
        }
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 408 ") && seconds == 30, "{seconds}: {seen}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_request_is_closed_in_silence() {
        let mut client = Client::new();
        assert_eq!(client.read().await, (String::new(), 30));
        let mut client = Client::new();
        client.send(&request(BODY.len(), BODY)).await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 200 ") && seen.matches("HTTP/1.1").count() == 1, "{seen}");
        assert_eq!((seconds, client.made()), (30, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn each_limit_of_time_is_one_of_its_own() {
        let seconds = Duration::from_secs;
        let limits = |head, idle, body| Limits {
            head_timeout: seconds(head),
            idle_timeout: seconds(idle),
            body_timeout: seconds(body),
            ..Limits::default()
        };
        let whole = request(BODY.len(), BODY);
        // What comes at first, what comes after four seconds, the last status if there is one, and when it is closed.
        for (limits, first, then, status, closed) in [
            (limits(5, 60, 90), "", "", "", 60),
            (limits(5, 60, 90), LINE, "", "408", 5),
            (limits(5, 60, 90), "", LINE, "408", 9),
            (limits(60, 5, 90), "", LINE, "408", 64),
            (limits(60, 5, 90), LINE, "X-Slow: 1\r\n", "408", 60),
            (limits(5, 60, 90), LINE, "Content-Length: 9\r\n\r\n{", "408", 94),
            (limits(5, 60, 2), LINE, "Content-Length: 9\r\n\r\n{", "408", 6),
            (limits(5, 60, 90), &whole, "", "200", 60),
            (limits(5, 60, 90), &whole, LINE, "408", 9),
            (limits(5, 60, 90), &whole, &whole, "200", 64),
            (limits(60, 5, 90), &whole, LINE, "408", 64),
            (limits(60, 5, 90), &whole, "", "200", 5),
        ] {
            let mut client = Client::with(limits);
            client.send(first).await;
            tokio::time::sleep(seconds(4)).await;
            client.send(then).await;
            let (seen, at) = client.read().await;
            let last = seen.rsplit("HTTP/1.1 ").next().unwrap().split(' ').next().unwrap();
            assert_eq!((last, at), (status, closed), "{limits:?}: {first:?}, {then:?}: {seen}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_used_is_kept() {
        let mut client = Client::new();
        for call in 1..10 {
            client.send(&request(BODY.len(), BODY)).await;
            tokio::time::sleep(Duration::from_secs(29)).await;
            assert_eq!(client.made(), call);
        }
        assert_eq!(client.read().await.1, 8 * 29 + 30);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_large_is_refused() {
        let limits = Limits {
            head_bytes: 0,
            most_headers: 5,
            body_bytes: Some(BODY.len() as u64),
            ..Limits::default()
        };
        let headers = |count| "X: y\r\n".repeat(count);
        let head = |length| format!("{LINE}X: {}\r\n\r\n", "y".repeat(length));
        let limit = Emulation::new(Contract::default()).unwrap().body_limit();
        let limit = usize::try_from(limit).unwrap();
        for (limits, bytes, status) in [
            (limits, request(BODY.len(), BODY), "200"),
            (limits, request(BODY.len() + 1, &format!("{BODY} ")), "413"),
            (limits, request(limit + 1, &" ".repeat(limit + 1)), "413"),
            (limits, request(BODY.len() + 1, &format!("{BODY} ")).replace("createGroup", "other"), "403"),
            (
                Limits { body_bytes: Some(u64::MAX), ..limits },
                request(limit + 1, &" ".repeat(limit + 1)),
                "500",
            ),
            (limits, format!("{LINE}{}\r\n", headers(4)), "400"),
            (limits, format!("{LINE}{}\r\n", headers(5)), "431"),
            (Limits::default(), format!("{LINE}{}\r\n", headers(99)), "400"),
            (Limits::default(), format!("{LINE}{}\r\n", headers(100)), "431"),
            (Limits { most_headers: 200, ..limits }, format!("{LINE}{}\r\n", headers(199)), "400"),
            (limits, head(Limits::LEAST_HEAD_BYTES - 200), "400"),
            (limits, head(2 * Limits::LEAST_HEAD_BYTES), "431"),
            (Limits::default(), head(2 * Limits::LEAST_HEAD_BYTES), "400"),
            (Limits::default(), head(1_000_000), "431"),
        ] {
            let mut client = Client::with(limits);
            client.send(&bytes).await;
            let (seen, _) = client.read().await;
            assert!(
                seen.starts_with(&format!("HTTP/1.1 {status} ")),
                "{status}: {} bytes, {limits:?}: {seen}",
                bytes.len()
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_end_is_answered_with_408() {
        let mut client = Client::new();
        client.send(&request(BODY.len() + 1, BODY)).await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 408 ") && seen.contains("\r\nconnection: close\r\n"), "{seen}");
        assert_eq!((seconds, client.made()), (30, 0));
        assert_eq!(client.emulation.all_calls().kept[0].outcome().name(), "own");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_comes_byte_by_byte_has_no_more_time() {
        let mut client = Client::new();
        client.send(&request(BODY.len(), "")).await;
        for byte in BODY.chars().take(10) {
            client.send(&byte.to_string()).await;
            tokio::time::sleep(Duration::from_millis(2_900)).await;
        }
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 408 ") && seconds == 30, "{seconds}: {seen}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_that_ends_in_time_is_read() {
        let mut client = Client::new();
        client.send(&request(BODY.len(), &BODY[..10])).await;
        tokio::time::sleep(Duration::from_secs(29)).await;
        client.send(&BODY[10..]).await;
        assert!(client.read().await.0.starts_with("HTTP/1.1 200 "));
        assert_eq!(client.made(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_to_a_wrong_path_is_answered_by_the_contract() {
        let mut client = Client::new();
        client.send(&request(2, "{").replace("createGroup", "sendMessage")).await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 403 ") && seconds == 30, "{seconds}: {seen}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_to_the_control_plane_is_answered_with_408() {
        let mut client = Client::new();
        let line = "POST /__admin/reset HTTP/1.1\r\nHost: localhost\r\n";
        client.send(&format!("{line}Content-Length: 2\r\n\r\n{{")).await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 408 ") && seconds == 30, "{seconds}: {seen}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_close_its_side_is_left_after_a_while() {
        let mut client = Client::new();
        client.send("no HTTP\r\n\r\n").await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 400 ") && seconds == 0, "{seconds}: {seen}");
        client.send("what nobody reads").await;
        timeout(DAY, &mut client.task).await.expect("the connection is held for ever").unwrap();
        assert_eq!(client.start.elapsed().as_secs(), LINGER.as_secs());
    }

    /// Long enough for a connection to rest.
    async fn pause() {
        tokio::time::sleep(LAST_PACE).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_has_rested_goes_on_as_before() {
        let mut client = Client::new();
        let whole = request(BODY.len(), BODY);
        for (first, rest) in
            [("", &*whole), (&whole[..1], &whole[1..]), (&whole[..100], &whole[100..]), (&whole, "")]
        {
            client.send(first).await;
            pause().await;
            client.send(rest).await;
            pause().await;
        }
        // The end of one request and the beginning of the next one come together.
        client.send(&[&whole, &whole[..40]].concat()).await;
        pause().await;
        client.send(&whole[40..]).await;
        pause().await;
        assert_eq!(client.made(), 6);
        client.stream.shutdown().await.unwrap();
        let before = client.start.elapsed().as_secs();
        let (seen, closed) = client.read().await;
        assert_eq!((seen.matches("HTTP/1.1 200 ").count(), closed), (6, before));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_rest_after_each_byte_and_each_request() {
        let mut client = Client::new();
        let whole = request(BODY.len(), BODY);
        for piece in whole.as_bytes().chunks(1).chain([whole.as_bytes(); 200]) {
            client.stream.write_all(piece).await.unwrap();
            pause().await;
        }
        client.stream.shutdown().await.unwrap();
        let (seen, _) = client.read().await;
        assert_eq!((seen.matches("HTTP/1.1 200 ").count(), client.made()), (201, 201), "{seen}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_at_rest_has_its_end() {
        let half = format!("\r\n{LINE}");
        // What comes, how often more comes and with which pause, whether the client ends its side then, the answer and its second.
        for (first, more, is_ended, status, second) in [
            (&*half, 0, false, "408", 30),
            (&half, 3, false, "408", 30),
            (&half, 3, true, "400", 24),
            (&half, 9, false, "408", 30),
            ("\r\n", 0, false, "", 30),
            ("\r\n", 0, true, "", 0),
            ("\n", 9, false, "408", 30),
            ("PRI * HTTP", 0, true, "400", 0),
            ("", 0, true, "", 0),
        ] {
            let mut client = Client::new();
            client.send(first).await;
            pause().await;
            for _ in 0..more {
                tokio::time::sleep(Duration::from_secs(8)).await;
                // It may be closed.
                let _ = client.stream.write_all(b"X").await;
            }
            if is_ended {
                client.stream.shutdown().await.unwrap();
            }
            let reading = client.read();
            let (seen, at) = reading.await;
            assert!(seen.starts_with("HTTP/1.1 ") || status.is_empty(), "{first:?}: {seen}");
            assert_eq!(seen.get(9..12).unwrap_or_default(), status, "{first:?}, {more}: {seen}");
            assert!(at == second || more == 9, "{first:?}, {more}: {at}");
            assert!(client.emulation.all_calls().kept.is_empty());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_has_no_more_time_whether_it_rests_or_not() {
        // By some of these pauses it never rests, and by some it rests whenever it may.
        for pause in [2, 25, 90, 110, 300].map(Duration::from_millis) {
            for rests_before in [false, true] {
                let client = Client::new();
                if rests_before {
                    tokio::time::sleep(Duration::from_secs(5)).await;
                }
                let (mut reader, mut writer) = tokio::io::split(client.stream);
                let trickle = tokio::spawn(async move {
                    let _ = writer.write_all(LINE.as_bytes()).await;
                    while writer.write_all(b"X").await.is_ok() {
                        tokio::time::sleep(pause).await;
                    }
                });
                let began = Instant::now();
                let mut seen = String::new();
                timeout(DAY, reader.read_to_string(&mut seen)).await.expect("it is never closed").unwrap();
                assert!(seen.starts_with("HTTP/1.1 408 "), "{pause:?}: {seen}");
                assert_eq!(began.elapsed().as_secs(), 30, "{pause:?}, {rests_before}");
                client.task.await.unwrap();
                trickle.await.unwrap();
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_begins_in_the_read_of_the_one_before_has_no_more_time() {
        let mut client = Client::new();
        client.send(&[&request(BODY.len(), BODY), LINE].concat()).await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 200 ") && seen.contains("HTTP/1.1 408 "), "{seen}");
        assert_eq!((seconds, client.made()), (30, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_rests_is_bounded_in_its_size() {
        let limits = Limits { head_bytes: 0, ..Limits::default() };
        for (piece, count, status) in
            [(50, 100, "400"), (50, 200, "431"), (3_000, 2, "400"), (3_000, 4, "431")]
        {
            let mut client = Client::with(limits);
            client.send(&format!("{LINE}X: ")).await;
            for _ in 0..count {
                pause().await;
                let _ = client.stream.write_all("y".repeat(piece).as_bytes()).await;
            }
            let _ = client.stream.write_all(b"\r\n\r\n").await;
            let (seen, _) = client.read().await;
            assert!(seen.starts_with(&format!("HTTP/1.1 {status} ")), "{count} of {piece}: {seen}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn short_times_are_kept() {
        let short = |head, idle| Limits {
            head_timeout: Duration::from_millis(head),
            idle_timeout: Duration::from_millis(idle),
            ..Limits::default()
        };
        let whole = request(BODY.len(), BODY);
        for (limits, first, status, at) in [
            (short(7, 90_000), LINE, "408", 7),
            (short(40, 90_000), LINE, "408", 40),
            (short(90_000, 7), "", "", 7),
            (short(90_000, 7), &whole, "200", 12),
            (short(90_000, 40), &whole, "200", 45),
            (short(0, 90_000), LINE, "408", 1),
            (short(90_000, 0), "", "", 0),
        ] {
            let mut client = Client::with(limits);
            client.send(first).await;
            let (seen, _) = client.read().await;
            assert_eq!(seen.get(9..12).unwrap_or_default(), status, "{limits:?}: {seen}");
            // The clock has milliseconds.
            let elapsed = client.start.elapsed();
            let late = elapsed.abs_diff(Duration::from_millis(at));
            assert!(late <= Duration::from_millis(2), "{limits:?}: {elapsed:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_waits_for_a_request_after_a_call_as_long_as_before_it() {
        let mut client = Client::new();
        let slow = request(BODY.len(), BODY).replace("Host", "Prefer: wait=50\r\nHost");
        client.send(&slow).await;
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 200 ") && seconds == 80, "{seconds}: {seen}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_of_a_body_that_nobody_reads_is_no_request() {
        let whole = request(BODY.len(), BODY);
        let length = 2 * whole.len();
        let preflight = format!(
            "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a\r\nAccess-Control-Request-Method: POST\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        let without_host = preflight.replace("Host: localhost\r\n", "");
        for (head, status) in [(&preflight, "204"), (&without_host, "400")] {
            for come in [0, 1, whole.len()] {
                let change = |front: Front| front.cors(vec!["http://a".parse().unwrap()]);
                let mut client = Client::in_front_of(change, 1 << 20, Limits::default());
                client.send(head).await;
                client.send(&whole[..come]).await;
                pause().await;
                client.send(&whole[come..]).await;
                let _ = client.stream.write_all(whole.as_bytes()).await;
                let (seen, _) = client.read().await;
                assert!(seen.starts_with(&format!("HTTP/1.1 {status} ")), "{come}: {seen}");
                assert_eq!((seen.matches("HTTP/1.1").count(), client.made()), (1, 0), "{come}: {seen}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_connection_rests_before_its_answer_is_written() {
        for room in [1, 7, 100] {
            let client = Client::with_room(room, Limits::default());
            let whole = request(BODY.len(), BODY);
            let (mut reader, mut writer) = tokio::io::split(client.stream);
            let sent = tokio::spawn(async move {
                writer.write_all(whole.as_bytes()).await.unwrap();
                writer
            });
            tokio::time::sleep(40 * LAST_PACE).await;
            let mut seen = String::new();
            timeout(DAY, reader.read_to_string(&mut seen)).await.expect("it is never closed").unwrap();
            assert!(seen.starts_with("HTTP/1.1 200 ") && seen.ends_with('}'), "{room}: {seen}");
            drop(sent.await.unwrap());
            client.task.await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_to_a_connection_at_rest_is_answered_when_the_server_stops() {
        let mut client = Client::new();
        tokio::time::sleep(8 * LAST_PACE).await;
        client.send(&request(BODY.len(), BODY)).await;
        client.stop.stop();
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 200 ") && seconds == 0, "{seconds}: {seen}");
        assert_eq!(client.made(), 1);
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn what_there_is_of_each_connection_is_small() {
        let service = EmulationService::new(Emulation::new(Contract::default()).unwrap().into());
        let (wire, front) = (Wire::new(duplex(1).0), Front::emulation_of(service));
        let line = Arc::new(Line { front: front.clone(), shortcut: None, wire: wire.handle() });
        let request = http::Request::new(Full::new(Bytes::new()));
        let call = Front::answer(UnderWay::begin(&line), request, None);
        let connection = serve(wire, front, Arc::default(), WireStop::default());
        for (what, bytes, most) in
            [("at rest", size_of_val(&connection), 600), ("call", size_of_val(&call), 1_200)]
        {
            assert!(bytes <= most, "{what}: {bytes}");
        }
    }

    #[test]
    fn the_date_has_the_form_that_http_wants() {
        let head = head(StatusCode::REQUEST_TIMEOUT, true);
        let date = head.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
        assert!(date.len() == 29 && date.ends_with(" GMT") && head.ends_with("\r\n\r\n"), "{head}");
    }
}

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
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

use super::front::Front;
use super::patience::Patience;
use super::seldom::Seldom;
use crate::limits::Limits;
use crate::wire::{Reset, Wire, WireStop};

/// How long a connection is read on once this side of it is closed.
const LINGER: Duration = Duration::from_secs(2);
/// The same once the server stops.
const LAST_LINGER: Duration = Duration::from_millis(200);
/// How long a connection is served as before once the server stops. The system has told by then what had come before.
const LAST_LOOK: Duration = Duration::from_millis(10);
/// How long a connection waits for a request before the buffers for one are given back.
const REST: Duration = Duration::from_millis(100);
/// How much is read at a time of what nobody wants.
const UNWANTED: usize = 8 << 10;
/// What a client that speaks HTTP/2 at once starts with (RFC 9113, section 3.4).
const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves one connection until it ends, or until a call that is under way has ended once the server stops.
pub(super) async fn serve<S>(wire: Wire<S>, front: Front, limits: Limits, stop: WireStop)
where
    S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
{
    let has_real_time = front.emulation().has_real_time();
    let (mut wire, last_word) = speak(wire, Arc::new(front), limits, &stop).await;
    // The other side may be gone, and then there is nobody to tell.
    if let Some(status) = last_word {
        let _ = wire.write_all(head(status, has_real_time).as_bytes()).await;
    }
    linger(wire, &stop).await;
}

/// Speaks HTTP, and gives the stream back with the answer that is left to be given.
async fn speak<S>(
    wire: Wire<S>,
    front: Arc<Front>,
    limits: Limits,
    stop: &WireStop,
) -> (Wire<S>, Option<StatusCode>)
where
    S: AsyncRead + AsyncWrite + Reset + Send + Unpin + 'static,
{
    let has_real_time = front.emulation().has_real_time();
    let mut http = http1::Builder::new();
    if limits.most_headers != Limits::HEADERS {
        // Hyper then has no room for them on the stack.
        http.max_headers(limits.most_headers.min(Limits::MOST_HEADERS));
    }
    http.header_read_timeout(limits.idle_timeout)
        .max_buf_size(limits.head_bytes.max(Limits::LEAST_HEAD_BYTES))
        // A client may end its side after the request and still read the answer.
        .half_close(true)
        // Answers are small, and to write one in two pieces costs the system more than to copy it.
        .writev(false)
        .auto_date_header(has_real_time);
    let mut stopped = pin!(Seldom::new(Box::pin(stop.until_stopped())));
    let mut is_stopped = false;
    // It begins at rest, as many a connection never says anything.
    let (mut wire, mut unread, mut left) = (wire, Bytes::new(), limits.idle_timeout);
    loop {
        if unread.is_empty() && !is_stopped {
            match rest(&mut wire, left, &mut stopped).await {
                Rested::Spoken(first) => unread = first,
                Rested::Stopped => is_stopped = true,
                Rested::Over => return (wire, None),
            }
        }
        let patience = Patience::new(limits.head_timeout, limits.idle_timeout);
        let front = Arc::clone(&front);
        let mut connection = http.timer(patience.clone()).serve_connection(
            TokioIo::new(patience.hearing(wire, unread)),
            service_fn(move |request| {
                let front = Arc::clone(&front);
                async move { front.answer(request).await }
            }),
        );
        let mut ended = None;
        if !is_stopped {
            let mut rests = pin!(Seldom::new(Box::pin(patience.until_rest(REST))));
            let rested = tokio::select! {
                biased;
                over = &mut connection => {
                    ended = Some(over);
                    None
                }
                () = &mut stopped => None,
                left = &mut rests => Some(left),
            };
            if let Some(rested) = rested {
                let parts = connection.into_parts();
                (wire, unread, left) = (parts.io.into_inner().into_inner(), parts.read_buf, rested);
                continue;
            }
        }
        let ended = match ended {
            Some(ended) => ended,
            None => Box::pin(last_look(&mut connection, &patience)).await,
        };
        let parts = connection.into_parts();
        let last_word = ended.err().and_then(|error| {
            tracing::debug!(%error, "a connection ended early");
            last_word(&error, &parts.read_buf)
        });
        return (parts.io.into_inner().into_inner(), last_word);
    }
}

/// The end of a connection whose server has stopped.
async fn last_look<I, S>(
    connection: &mut http1::Connection<I, S>,
    patience: &Patience,
) -> Result<(), hyper::Error>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut watch = pin!(patience.watch());
    // A timer is looked at after the sockets, so what has come until the stop is known to the connection when this one is over.
    let look = tokio::time::timeout(LAST_LOOK, until_end(&mut *connection, &mut watch));
    if let Ok(ended) = look.await {
        return ended;
    }
    Pin::new(&mut *connection).graceful_shutdown();
    until_end(connection, &mut watch).await
}

/// Waits for the end of a connection, which is watched meanwhile.
async fn until_end<C: Future + Unpin>(
    connection: &mut C,
    watch: &mut (impl Future<Output = Infallible> + Unpin),
) -> C::Output {
    tokio::select! {
        biased;
        ended = connection => ended,
        never = watch => match never {},
    }
}

/// What ends the rest of a connection.
enum Rested {
    /// The first bytes of a request.
    Spoken(Bytes),
    Stopped,
    /// The time or the client.
    Over,
}

/// Waits for a request without the buffers that hyper has for one.
async fn rest<S: AsyncRead + AsyncWrite + Reset + Unpin>(
    wire: &mut Wire<S>,
    left: Duration,
    stopped: &mut (impl Future<Output = ()> + Unpin),
) -> Rested {
    let mut first = [0; 64];
    tokio::select! {
        biased;
        read = wire.read(&mut first) => match read {
            Ok(0) | Err(_) => Rested::Over,
            Ok(length) => Rested::Spoken(Bytes::copy_from_slice(&first[..length])),
        },
        () = stopped => Rested::Stopped,
        () = tokio::time::sleep(left) => Rested::Over,
    }
}

/// Closes a connection, and waits for a while until the other side has closed it too.
pub(super) async fn linger<S: AsyncRead + AsyncWrite + Reset + Unpin>(wire: Wire<S>, stop: &WireStop) {
    tokio::select! {
        () = close(wire) => {}
        () = tokio::time::sleep(LINGER) => {}
        () = async {
            stop.until_stopped().await;
            tokio::time::sleep(LAST_LINGER).await;
        } => {}
    }
}

/// The answer to a request that has not come to the end of its head, where hyper gives none. A connection that waits for a request
/// is closed in silence.
fn last_word(error: &hyper::Error, unread: &[u8]) -> Option<StatusCode> {
    if unread.starts_with(HTTP_2) {
        Some(StatusCode::HTTP_VERSION_NOT_SUPPORTED)
    } else if unread.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
        None
    } else if error.is_timeout() {
        Some(StatusCode::REQUEST_TIMEOUT)
    } else if error.is_incomplete_message() {
        Some(StatusCode::BAD_REQUEST)
    } else {
        None
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
async fn close<S: AsyncRead + AsyncWrite + Reset + Unpin>(mut wire: Wire<S>) {
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
            let (stream, server) = duplex(room);
            let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
            let control = ControlPlane::new(Arc::clone(&emulation));
            let service = EmulationService::new(Arc::clone(&emulation));
            let front = Front::emulation_of(service).control_plane(control).limits(&limits);
            let stop = WireStop::default();
            let task = tokio::spawn(serve(Wire::new(server).until(&stop), front, limits, stop.clone()));
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

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_has_rested_goes_on_as_before() {
        let pause = || tokio::time::sleep(10 * REST);
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
    async fn no_connection_rests_before_its_answer_is_written() {
        for room in [1, 7, 100] {
            let client = Client::with_room(room, Limits::default());
            let whole = request(BODY.len(), BODY);
            let (mut reader, mut writer) = tokio::io::split(client.stream);
            let sent = tokio::spawn(async move {
                writer.write_all(whole.as_bytes()).await.unwrap();
                writer
            });
            tokio::time::sleep(10 * REST).await;
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
        tokio::time::sleep(2 * REST).await;
        client.send(&request(BODY.len(), BODY)).await;
        client.stop.stop();
        let (seen, seconds) = client.read().await;
        assert!(seen.starts_with("HTTP/1.1 200 ") && seconds == 0, "{seconds}: {seen}");
        assert_eq!(client.made(), 1);
    }

    #[test]
    fn the_date_has_the_form_that_http_wants() {
        let head = head(StatusCode::REQUEST_TIMEOUT, true);
        let date = head.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
        assert!(date.len() == 29 && date.ends_with(" GMT") && head.ends_with("\r\n\r\n"), "{head}");
    }
}

mod rest;

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
        Self::in_front_of(|front| front, room, limits)
    }

    fn in_front_of(change: impl FnOnce(Front) -> Front, room: usize, limits: Limits) -> Self {
        let (stream, server) = duplex(room);
        let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
        let control = ControlPlane::new(Arc::clone(&emulation));
        let service = EmulationService::new(Arc::clone(&emulation));
        let front = change(Front::emulation_of(service).control_plane(control).limits(&limits));
        let stop = WireStop::default();
        let task = tokio::spawn(serve(Wire::new(server).until(&stop), front, Arc::new(limits), stop.clone()));
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

    /// What comes until the server closes its side is an answer of this status, and it is closed so many seconds after the start.
    async fn is_told(&mut self, status: &str, after: u64) {
        let (seen, seconds) = self.read().await;
        let is_it = seen.starts_with(&format!("HTTP/1.1 {status} ")) && seconds == after;
        assert!(is_it, "it is not told {status} after {after} s, but after {seconds}: {seen}");
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
    client.is_told("400", 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_byte_by_byte_has_no_more_time() {
    let mut client = Client::new();
    for byte in LINE.chars().take(10) {
        client.send(&byte.to_string()).await;
        tokio::time::sleep(Duration::from_secs(30) / 11).await;
    }
    client.is_told("408", 30).await;
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
    let limits =
        Limits { head_bytes: 0, most_headers: 5, body_bytes: Some(BODY.len() as u64), ..Limits::default() };
    let headers = |count| "X: y\r\n".repeat(count);
    let head = |length| format!("{LINE}X: {}\r\n\r\n", "y".repeat(length));
    let limit = Emulation::new(Contract::default()).unwrap().body_limit();
    let limit = usize::try_from(limit).unwrap();
    for (limits, bytes, status) in [
        (limits, request(BODY.len(), BODY), "200"),
        (limits, request(BODY.len() + 1, &format!("{BODY} ")), "413"),
        (limits, request(limit + 1, &" ".repeat(limit + 1)), "413"),
        (limits, request(BODY.len() + 1, &format!("{BODY} ")).replace("createGroup", "other"), "403"),
        (Limits { body_bytes: Some(u64::MAX), ..limits }, request(limit + 1, &" ".repeat(limit + 1)), "500"),
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
    client.is_told("408", 30).await;
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
    client.is_told("403", 30).await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_to_the_control_plane_is_answered_with_408() {
    let mut client = Client::new();
    let line = "POST /__admin/reset HTTP/1.1\r\nHost: localhost\r\n";
    client.send(&format!("{line}Content-Length: 2\r\n\r\n{{")).await;
    client.is_told("408", 30).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_close_its_side_is_left_after_a_while() {
    let mut client = Client::new();
    client.send("no HTTP\r\n\r\n").await;
    client.is_told("400", 0).await;
    client.send("what nobody reads").await;
    timeout(DAY, &mut client.task).await.expect("the connection is held for ever").unwrap();
    assert_eq!(client.start.elapsed().as_secs(), LINGER.as_secs());
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
    client.is_told("200", 80).await;
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

//! What takes time, with a clock that the test moves, and what depends on how bytes are divided.

use std::time::Duration;

use greenapi_mock_server::{Wire, WireFault, WireStop};
use hyper_util::server::graceful::GracefulShutdown;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, timeout};

use crate::fixture::{End, body, bounded, connection, head, read_to_end, request};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789";
const BODY: usize = 10;
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A client of a connection that is served in the background.
fn client() -> DuplexStream {
    let (client, server) = duplex(1 << 20);
    tokio::spawn(async move {
        // Dropping it would shut the connection down.
        let graceful = GracefulShutdown::new();
        connection(server, &WireStop::default(), &graceful).await;
    });
    client
}

#[tokio::test(start_paused = true)]
async fn a_dribble_has_a_pause_between_two_bytes() {
    let mut client = client();
    client.write_all(request("slow", "small").as_bytes()).await.unwrap();
    let start = Instant::now();
    let mut seen = vec![0; head("small").len()];
    bounded(client.read_exact(&mut seen)).await.unwrap();
    assert_eq!((seen, start.elapsed()), (head("small").into_bytes(), Duration::ZERO));
    for (index, expected) in (0..).zip(body("small").bytes()) {
        assert_eq!(timeout(DAY, client.read_u8()).await.unwrap().unwrap(), expected);
        let (elapsed, expected) = (start.elapsed(), Duration::from_secs(60) * index);
        // Tokio's clock has milliseconds, and each pause begins after the byte.
        let late = elapsed.checked_sub(expected).unwrap();
        assert!(late <= Duration::from_millis(1) * (index + 1), "{index}: {elapsed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_none_for_a_day() {
    let mut client = client();
    client.write_all(request("no-answer", "small").as_bytes()).await.unwrap();
    timeout(DAY, client.read_u8()).await.unwrap_err();
    // It reads on all the time.
    bounded(client.write_all(request("whole", "small").repeat(100_000).as_bytes())).await.unwrap();
    timeout(DAY, client.read_u8()).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_reset_just_ends() {
    for (fault, expected, wait) in [
        ("reset-before", String::new(), Duration::ZERO),
        ("reset-inside", head("small") + &body("small")[..15], Duration::from_millis(20)),
    ] {
        let mut client = client();
        client.write_all(request(fault, "small").as_bytes()).await.unwrap();
        let start = Instant::now();
        assert_eq!(bounded(read_to_end(&mut client)).await, (expected, End::Closed), "{fault}");
        let late = start.elapsed().checked_sub(wait).expect("the bytes have time to arrive");
        assert!(late <= Duration::from_millis(1), "{fault}: {late:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_half_written_is_not_hurt() {
    for tried_again in [false, true] {
        let (mut client, server) = duplex(7);
        let mut wire = Wire::new(server);
        let writes = async move {
            // So many bytes find room; the fault for the next answer is armed before the others do.
            assert_eq!(wire.write(ANSWER).await.unwrap(), 7);
            if tried_again {
                tokio::select! {
                    biased;
                    _ = wire.write(&ANSWER[7..]) => panic!("there is no room"),
                    () = std::future::ready(()) => {}
                }
            }
            wire.handle().arm(WireFault::ShortBody);
            let both = [&ANSWER[7..], ANSWER].concat();
            wire.write_all(&both).await.unwrap_err();
        };
        let ((seen, _), ()) = bounded(async { tokio::join!(read_to_end(&mut client), writes) }).await;
        let expected = [ANSWER, &ANSWER[..ANSWER.len() - BODY / 2]].concat();
        assert_eq!(seen.as_bytes(), expected, "{tried_again}");
    }
}

#[tokio::test]
async fn a_connection_that_has_ended_stays_so() {
    let (_client, server) = duplex(1_000);
    let mut wire = Wire::new(server);
    wire.handle().arm(WireFault::EmptyReply);
    wire.write_all(ANSWER).await.unwrap_err();
    wire.handle().arm(WireFault::Garbage);
    wire.write_all(ANSWER).await.unwrap_err();
    wire.flush().await.unwrap_err();
    wire.shutdown().await.unwrap();
    assert_eq!(wire.read(&mut [0; 10]).await.unwrap(), 0);
}

#[test]
fn wire_and_handle_go_where_hyper_needs_them() {
    fn check<T: Send + 'static>(_: &T) {}
    let (_client, server) = duplex(1);
    let wire = Wire::new(server);
    check(&wire.handle());
    check(&wire);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn however_the_bytes_are_divided_the_same_are_seen(
        room in 1_usize..100,
        cuts in prop::collection::vec(0..ANSWER.len(), 0..5),
        dribble: bool,
    ) {
        let mut cuts = [vec![0, ANSWER.len()], cuts].concat();
        cuts.sort_unstable();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (seen, whole) = runtime.unwrap().block_on(async {
            let (mut client, server) = duplex(room);
            let mut wire = Wire::new(server);
            let fault = if dribble { WireFault::Dribble(Duration::from_secs(1)) } else { WireFault::ShortBody };
            wire.handle().arm(fault);
            let writes = async move {
                let mut whole = true;
                for piece in cuts.windows(2) {
                    whole &= wire.write_all(&ANSWER[piece[0]..piece[1]]).await.is_ok();
                }
                whole && wire.flush().await.is_ok()
            };
            timeout(DAY, async { tokio::join!(read_to_end(&mut client), writes) }).await.unwrap()
        });
        let expected = if dribble { ANSWER } else { &ANSWER[..ANSWER.len() - BODY / 2] };
        prop_assert_eq!((seen.0.as_bytes(), whole), (expected, dribble));
    }
}

//! Connections that rest.

use super::*;
use crate::server::watch::LAST_PACE;

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
    for (piece, count, status) in [(50, 100, "400"), (50, 200, "431"), (3_000, 2, "400"), (3_000, 4, "431")] {
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
    client.is_told("200", 0).await;
    assert_eq!(client.made(), 1);
}

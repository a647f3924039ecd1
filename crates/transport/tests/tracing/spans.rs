//! The spans of a call, with the fields of OpenTelemetry's conventions for HTTP clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use greenapi_transport::RetryPolicy;

use crate::given::{TOKEN, TestClock, answer, builder, made, request};
use crate::lines::logged;
use crate::server::Server;

/// What is logged of one call to a server that gives these answers one after the other, line by line, `PORT` for the
/// server's.
fn call(policy: RetryPolicy, answers: &[Vec<u8>]) -> Vec<String> {
    let answers: Arc<[Vec<u8>]> = answers.into();
    let (port, log) = logged(async {
        let number = Arc::new(AtomicUsize::new(0));
        let server = Server::start(move |mut peer, _| {
            let (answers, number) = (Arc::clone(&answers), Arc::clone(&number));
            async move {
                while peer.request().await.is_some() {
                    peer.write(&answers[number.fetch_add(1, Ordering::SeqCst)]).await;
                }
            }
        })
        .await;
        let client =
            builder(&server.url).retry(policy).clock(TestClock::default()).chance(|| 1.0).build().unwrap();
        let _ = client.create_group(&request()).await;
        server.url.rsplit(':').next().unwrap().to_owned()
    });
    assert!(!log.contains(TOKEN), "{log}");
    log.lines()
        .filter(|line| line.contains("greenapi_transport"))
        .map(|line| line.replace(&port, "PORT"))
        .collect()
}

/// The line about the end of the span of this name, where there is one alone.
fn closed<'l>(lines: &'l [String], span: &str) -> Vec<&'l str> {
    let of_span = |line: &&String| {
        line.contains("close")
            && line
                .split(": greenapi")
                .next()
                .unwrap()
                .rsplit(':')
                .next()
                .is_some_and(|own| own.trim_start().starts_with(span))
    };
    lines.iter().filter(of_span).map(String::as_str).collect()
}

fn check(line: &str, present: &[&str], absent: &[&str]) {
    for field in present {
        assert!(line.contains(field), "no {field} in {line}");
    }
    for field in absent {
        assert!(!line.contains(field), "{field} in {line}");
    }
}

fn starting() -> Vec<u8> {
    answer("400 Bad Request", "", "instance in starting process try later").into_bytes()
}

#[test]
fn a_request_has_the_fields_of_the_conventions() {
    let lines = call(RetryPolicy::never(), &[made().to_vec()]);
    let all = lines.join("\n");
    let template = "/waInstance{idInstance}/createGroup/{apiTokenInstance}";
    check(
        &all,
        &[
            "createGroup{greenapi.instance=1101000001}",
            &format!("otel.name=POST {template}"),
            "otel.kind=\"client\"",
            "http.request.method=\"POST\"",
            "http.response.status_code=200",
            "network.protocol.version=\"1.1\"",
            "server.address=\"127.0.0.1\"",
            "server.port=PORT",
            "url.scheme=\"http\"",
            &format!("url.template=\"{template}\""),
        ],
        &["error.type", "resend_count", "otel.status_code", "waiting"],
    );
}

#[test]
fn an_error_is_told_with_its_kind() {
    let status = "http.response.status_code=";
    let failed = answer("500 Internal Server Error", "", "").into_bytes();
    let all = call(RetryPolicy::never(), &[failed]).join("\n");
    check(
        &all,
        &[
            &format!("{status}500"),
            "error.type=\"500\"",
            "otel.status_code=\"ERROR\"",
            "greenapi.ambiguous=true",
        ],
        &[],
    );

    let nothing = answer("200 OK", "", "").into_bytes();
    let all = call(RetryPolicy::never(), &[nothing]).join("\n");
    check(&all, &[&format!("{status}200"), "error.type=\"unexpected_body\"", "greenapi.attempts=1"], &[]);

    let all = call(RetryPolicy::never(), &[b"what is this\r\n\r\n".to_vec()]).join("\n");
    check(&all, &["error.type=\"protocol\""], &[status]);
}

#[test]
fn each_attempt_has_a_span_and_each_wait_an_event() {
    let lines = call(RetryPolicy::default(), &[starting(), starting(), made().to_vec()]);
    let waits: Vec<_> = lines.iter().filter(|line| line.contains("waiting to call again")).collect();
    assert_eq!(waits.len(), 2, "{lines:#?}");
    check(waits[0], &["error=HTTP 400: instance in starting process try later", "wait=1s"], &[]);
    check(waits[1], &["wait=2s"], &[]);

    let requests = closed(&lines, "request");
    assert_eq!(requests.len(), 3, "{lines:#?}");
    check(requests[0], &["error.type=\"400\""], &["resend_count"]);
    check(requests[1], &["error.type=\"400\"", "http.request.resend_count=1"], &[]);
    check(requests[2], &["http.request.resend_count=2", "http.response.status_code=200"], &["error.type"]);
}

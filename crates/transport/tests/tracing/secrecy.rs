//! The token is in no error, in none of its sources, in no `Debug` and in no log line, whatever comes back.

use std::error::Error as _;

use greenapi_model::ApiToken;
use greenapi_transport::{Client, RetryPolicy};
use proptest::prelude::*;

use crate::given::{TestClock, request};
use crate::lines::logged;
use crate::server::Server;
use crate::shown::{show, show_error};

/// How the service answers; `{}` stands for the token, `PATH` for the path.
const ANSWERS: [&str; 18] = [
    "400 Bad Request\r\n\r\n{\"statusCode\":400,\"timestamp\":\"\",\"path\":\"PATH\",\"message\":\"bad request data\"}",
    "404 Not Found\r\n\r\n{\"statusCode\":404,\"timestamp\":\"\",\"path\":\"PATH\",\"message\":\"Cannot POST PATH\"}",
    "400 Bad Request\r\n\r\nno instance has the token {}",
    "400 Bad Request\r\n\r\nno instance has the token '{}', see PATH?token={}",
    "400 Bad Request\r\n\r\n{\"message\":[\"{}\",\"PATH\"]}",
    "400 {}\r\n\r\n{}",
    "401 Unauthorized\r\nwww-authenticate: {}\r\n\r\n{}",
    "466 Quota\r\n\r\n{\"invokeStatus\":{\"status\":\"{}\",\"used\":1,\"total\":1}}",
    "500 Internal Server Error\r\nretry-after: {}\r\nx-{}: {}\r\n\r\n\"PATH\"",
    "502 Bad Gateway\r\n\r\n<html>PATH</html>",
    "307 Temporary Redirect\r\nlocation: https://elsewhere/{}PATH\r\n\r\n",
    "200 OK\r\n\r\n{\"created\":false,\"chatId\":\"{}\",\"message\":\"PATH\"}",
    "200 OK\r\n\r\n{\"message\":\"PATH\"}",
    "200 OK\r\n\r\nPATH",
    "200 OK\r\n\r\n{}",
    "200 OK\r\ncontent-length: {}\r\n\r\n{}",
    "200 OK\r\n{}: {} PATH\r\n PATH\r\n\r\n{}",
    "{}\r\n\r\nPATH",
];

/// All that can be shown of one call.
async fn everything_shown(token: ApiToken, answer: String, policy: RetryPolicy, body_limit: usize) -> String {
    let server = Server::start(move |mut peer, _| {
        let answer = answer.clone();
        async move {
            peer.request().await;
            peer.write(answer.as_bytes()).await;
        }
    })
    .await;
    let builder = Client::builder(1_101_000_001, token)
        .api_url(format!("{}/prefix", server.url))
        .body_limit(body_limit)
        .retry(policy)
        .clock(TestClock::default());
    let mut shown = String::new();
    show(&mut shown, &builder);
    let client = builder.build().unwrap();
    show(&mut shown, &client);
    match client.create_group(&request()).await {
        Ok(group) => show(&mut shown, &group),
        Err(error) => {
            show_error(&mut shown, &error);
            show(&mut shown, &(error.identifier(), error.slug()));
        }
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_a_client_shows_or_logs_holds_the_token(
        token in "[a-f]{2}[0-9]{2}[a-f0-9]{12}",
        answer in prop::sample::select(&ANSWERS[..]),
        policy in prop::sample::select(vec![RetryPolicy::never(), RetryPolicy::default().even_if_two_groups()]),
        body_limit in prop::sample::select(vec![0_usize, 8, 1 << 20]),
    ) {
        let path = format!("/waInstance1101000001/createGroup/{token}");
        let answer = format!("HTTP/1.1 {}", answer.replace("PATH", &path).replace("{}", &token));
        let (shown, log) = logged(everything_shown(token.parse().unwrap(), answer, policy, body_limit));
        let is_logged = log.contains("createGroup{greenapi.instance=1101000001");
        prop_assert!(shown.contains("ClientBuilder") && is_logged, "{}", log);
        for text in [&shown, &log] {
            prop_assert!(!text.contains(&token), "{}", text);
            prop_assert!(!text.contains("/waInstance1101000001"), "{}", text);
        }
    }
}

/// A client that is built from a URL with a secret in it, and cannot be.
#[test]
fn nothing_of_a_url_that_is_refused_is_shown() {
    for url in [
        "http://user:s3cret@host",
        "http://host/s3cret?s3cret",
        "http://host:s3cret",
        "ftp://s3cret/s3cret",
        "s3cret",
    ] {
        let builder = Client::builder(1_101_000_001, "token".parse().unwrap()).api_url(url);
        let shown = format!("{builder:?}");
        let error = builder.build().unwrap_err();
        let shown = format!("{shown} {error} {error:?} {:?}", error.source());
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

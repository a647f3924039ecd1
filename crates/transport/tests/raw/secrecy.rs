//! The token stands in the path, and the service echoes the path: neither may come out by `Debug` or `Display`.

use crate::server::Server;
use crate::shown::{show, show_error};
use greenapi_transport::{RawClient, RawRequest};
use http::Method;
use proptest::prelude::*;

/// How the server answers; `{}` stands for the token.
const ANSWERS: [&str; 9] = [
    "HTTP/1.1 400 {}\r\ncontent-length: 59\r\nx-{}: {}\r\nlocation: /{}\r\n\r\n{\"path\":\"/waInstance1/createGroup/{}\"}    ",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\n{}\r\n\r\n",
    "HTTP/1.1 200 OK\r\n{} {}: {}\r\n\r\n",
    "HTTP/1.1 {} OK\r\n\r\n",
    "{}\r\n\r\n",
    "",
];

/// Where the token stands in what the caller gives.
#[derive(Clone, Copy, Debug)]
enum Place {
    Path,
    Prefix,
    BadPath,
    HeaderName,
    HeaderValue,
    BadHeaderName,
    BadHeaderValue,
    Body,
}

fn place() -> impl Strategy<Value = Place> {
    use Place::{BadHeaderName, BadHeaderValue, BadPath, Body, HeaderName, HeaderValue, Path, Prefix};
    prop::sample::select(vec![
        Path,
        Prefix,
        BadPath,
        HeaderName,
        HeaderValue,
        BadHeaderName,
        BadHeaderValue,
        Body,
    ])
}

/// All that can be shown of one call.
async fn everything_shown(token: &str, place: Place, answer: String, body_limit: usize) -> String {
    let server = Server::start(move |mut peer, _| {
        let answer = answer.clone();
        async move {
            peer.request().await;
            peer.write(answer.as_bytes()).await;
        }
    })
    .await;
    let path = format!("/waInstance1101000001/createGroup/{token}?{token}");
    let prefix = if matches!(place, Place::Prefix) { format!("/{token}") } else { String::new() };
    let request = RawRequest::new(Method::POST, path.clone());
    let request = match place {
        Place::Path | Place::Prefix => request,
        Place::BadPath => RawRequest::new(Method::POST, format!("{path} {token}")),
        Place::HeaderName => request.header(token, ""),
        Place::HeaderValue => request.header("referer", token),
        Place::BadHeaderName => request.header(format!("{token} {token}"), ""),
        Place::BadHeaderValue => request.header("referer", format!("{token}\r\n")),
        Place::Body => request.body(token.to_owned()),
    };
    let mut shown = String::new();
    let client = RawClient::new(&format!("{}{prefix}", server.url)).unwrap().body_limit(body_limit);
    show(&mut shown, &client);
    show(&mut shown, &request);
    match client.send(&request).await {
        Ok(response) => show(&mut shown, &response),
        Err(error) => show_error(&mut shown, &error),
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_that_is_shown_of_a_call_holds_the_token(
        token in "[a-f]{2}[0-9]{2}[a-f0-9]{12}",
        place in place(),
        answer in prop::sample::select(&ANSWERS[..]),
        body_limit in prop::sample::select(vec![0_usize, 8, 1 << 20]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = answer.replace("{}", &token);
        let shown = runtime.block_on(everything_shown(&token, place, answer, body_limit));
        prop_assert!(!shown.contains("createGroup"), "{}", shown);
        prop_assert!(!shown.contains(&token), "{}", shown);
        prop_assert!(shown.contains("RawClient") && shown.contains("RawRequest"));
    }

    #[test]
    fn nothing_that_is_shown_of_a_refused_url_holds_the_token(
        token in "[a-f]{2}[0-9]{2}[a-f0-9]{12}",
        form in prop::sample::select(&[
            "https://{}/?{}", "http://user:{}@host", "http://host/{}?{}", "http://host/#{}", "http://host:{}", "{}", "http://{} {}",
            "http://host/{} {}", "ftp://{}/{}",
        ][..]),
    ) {
        let error = RawClient::new(&form.replace("{}", &token)).unwrap_err();
        let mut shown = String::new();
        show_error(&mut shown, &error);
        prop_assert!(!shown.contains(&token), "{}", shown);
    }
}

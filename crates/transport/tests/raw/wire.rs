//! What goes over the wire, and what comes back, on plain sockets.

use crate::server::Server;
use greenapi_transport::{RawClient, RawRequest};
use http::{Method, StatusCode, Version};
use tokio::sync::mpsc;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Sends the request below `prefix` and gives back the bytes that arrived, with `HOST` for the server's address.
async fn sent(prefix: &str, request: &RawRequest) -> Vec<u8> {
    let (arrived, mut arrivals) = mpsc::channel(1);
    let server = Server::start(move |mut peer, _| {
        let arrived = arrived.clone();
        async move {
            arrived.send(peer.request().await.unwrap()).await.unwrap();
            peer.write(OK).await;
        }
    })
    .await;
    let client = RawClient::new(&format!("{}{prefix}", server.url)).unwrap();
    assert_eq!(client.send(request).await.unwrap().body, "ok");
    let host = server.url.trim_start_matches("http://").as_bytes();
    let bytes = arrivals.recv().await.unwrap();
    let at = bytes.windows(host.len()).position(|window| window == host);
    at.map_or(bytes.clone(), |at| [&bytes[..at], b"HOST", &bytes[at + host.len()..]].concat())
}

#[tokio::test]
async fn the_prefix_and_the_path_make_the_target() {
    for (prefix, path, line) in [
        ("", "/a", "POST /a HTTP/1.1"),
        ("/", "/a", "POST /a HTTP/1.1"),
        ("/prefix", "/a?b=c&d", "POST /prefix/a?b=c&d HTTP/1.1"),
        ("/prefix/", "/a/", "POST /prefix/a/ HTTP/1.1"),
        ("/one/two/", "//a%2F../b", "POST /one/two//a%2F../b HTTP/1.1"),
        ("/prefix", "", "POST /prefix HTTP/1.1"),
    ] {
        let bytes = sent(prefix, &RawRequest::new(Method::POST, path)).await;
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().next(), Some(line));
    }
}

#[tokio::test]
async fn only_host_and_length_are_added() {
    let check = async |request: RawRequest, expected: &[u8]| {
        let bytes = sent("", &request).await;
        assert_eq!(bytes, expected, "{}", String::from_utf8_lossy(&bytes));
    };
    let post = || RawRequest::new(Method::POST, "/a");
    check(RawRequest::new(Method::GET, "/a"), b"GET /a HTTP/1.1\r\nhost: HOST\r\n\r\n").await;
    check(post(), b"POST /a HTTP/1.1\r\nhost: HOST\r\ncontent-length: 0\r\n\r\n").await;
    check(post().body("{}"), b"POST /a HTTP/1.1\r\nhost: HOST\r\ncontent-length: 2\r\n\r\n{}").await;
    check(
        post().header("Host", "elsewhere").header("Content-Length", "2").body("{}"),
        b"POST /a HTTP/1.1\r\nhost: elsewhere\r\ncontent-length: 2\r\n\r\n{}",
    )
    .await;
    check(
        post().header("transfer-encoding", "chunked").body("{}"),
        b"POST /a HTTP/1.1\r\nhost: HOST\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    )
    .await;
    check(
        post().header("content-length", "1").body("{}"),
        b"POST /a HTTP/1.1\r\nhost: HOST\r\ncontent-length: 1\r\n\r\n{",
    )
    .await;
    check(
        RawRequest::new(Method::from_bytes(b"PURGE").unwrap(), "/a").body("x"),
        b"PURGE /a HTTP/1.1\r\nhost: HOST\r\ncontent-length: 1\r\n\r\nx",
    )
    .await;
}

#[tokio::test]
async fn odd_headers_and_broken_bodies_pass_untouched() {
    let request = RawRequest::new(Method::PUT, "/a")
        .header("X-Two", "second, first by name")
        .header("x-one", b"caf\xe9 \"\\ ;,=")
        .header("content-type", "not a type at all;;")
        .header("x-one", "")
        .body(&b"\xef\xbb\xbf{\"groupName\":\r\n\0\xff\xfe[[["[..]);
    assert_eq!(
        sent("", &request).await,
        b"PUT /a HTTP/1.1\r\nhost: HOST\r\nx-two: second, first by name\r\nx-one: caf\xe9 \"\\ ;,=\r\nx-one: \r\n\
          content-type: not a type at all;;\r\ncontent-length: 24\r\n\r\n\
          \xef\xbb\xbf{\"groupName\":\r\n\0\xff\xfe[[["
    );
}

#[tokio::test]
async fn a_connection_that_still_waits_for_a_body_is_not_kept() {
    let server = Server::start(|mut peer, _| async move {
        peer.head().await;
        peer.write(OK).await;
        peer.request().await;
    })
    .await;
    let client = RawClient::new(&server.url).unwrap();
    let request = RawRequest::new(Method::POST, "/").header("content-length", "3").body("{}");
    for calls in 1..=3 {
        assert_eq!(client.send(&request).await.unwrap().body, "ok");
        assert_eq!((server.connections(), server.requests()), (calls, 0));
    }
}

#[tokio::test]
async fn a_header_that_http_does_not_allow_is_refused() {
    let server = Server::answering(OK).await;
    let client = RawClient::new(&server.url).unwrap();
    for (name, value) in [("", "v"), ("a b", "v"), ("a\r\nb", "v"), ("a", "v\r\nb: c"), ("a", "\0")] {
        let error = client.send(&RawRequest::new(Method::GET, "/").header(name, value)).await.unwrap_err();
        assert!(error.is_invalid() && !error.may_have_reached(), "{name:?} {value:?}: {error}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn every_form_of_response_is_read() {
    let check = async |method: Method, response: &'static [u8], status: u16, body: &[u8]| {
        let server = Server::start(move |mut peer, _| async move {
            peer.request().await;
            peer.write(response).await;
        })
        .await;
        let client = RawClient::new(&server.url).unwrap();
        let response = client.send(&RawRequest::new(method, "/")).await.unwrap();
        assert_eq!(response.status, StatusCode::from_u16(status).unwrap());
        assert_eq!(response.body, body);
        response
    };
    let post = || Method::POST;
    check(post(), b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{}\r\n", 200, b"{}\r\n").await;
    check(
        post(),
        b"HTTP/1.1 466 Quota\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
        466,
        b"abc",
    )
    .await;
    check(post(), b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>until the end", 502, b"<html>until the end").await;
    check(post(), b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, b"")
        .await;
    check(Method::OPTIONS, b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"").await;
    check(Method::HEAD, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", 200, b"").await;
    let old = check(post(), b"HTTP/1.0 200 OK\r\nX-A: 1\r\nx-a: 2\r\nx-b: \xff\r\n\r\nok", 200, b"ok").await;
    assert_eq!(old.version, Version::HTTP_10);
    assert_eq!(old.headers.get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(old.headers["x-b"].as_bytes(), b"\xff");
}

//! A hyper server whose requests say by their path which fault their answer has, and a client on a plain socket.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use greenapi_mock_server::{Reset, Wire, WireFault, WireHandle, WireStop};
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a connection ended, as its client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
}

/// The bodies of the answers, by the last segment of the path.
pub(crate) fn body(name: &str) -> String {
    match name {
        "small" => format!("\"{}\"", "x".repeat(28)),
        "big" => format!("\"{}\"", "x".repeat(199_998)),
        "one" => "7".to_owned(),
        "chunked" => "4\r\n7777\r\n0\r\n\r\n".to_owned(),
        _ => String::new(),
    }
}

/// The heads that hyper writes for them.
pub(crate) fn head(name: &str) -> String {
    match name {
        "none" => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        "chunked" => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
        name => format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body(name).len()),
    }
}

/// The whole answer.
pub(crate) fn answer(name: &str) -> String {
    head(name) + &body(name)
}

pub(crate) fn request(fault: &str, name: &str) -> String {
    format!("POST /{fault}/{name} HTTP/1.1\r\ncontent-length: 2\r\n\r\n{{}}")
}

/// The faults, by the first segment of the path.
fn fault(name: &str) -> Option<WireFault> {
    Some(match name {
        "reset-before" => WireFault::ResetBefore,
        "reset-inside" => WireFault::ResetInside,
        "empty-reply" => WireFault::EmptyReply,
        "garbage" => WireFault::Garbage,
        "short-body" => WireFault::ShortBody,
        "dribble" => WireFault::Dribble(Duration::from_nanos(1)),
        "slow" => WireFault::Dribble(Duration::from_secs(60)),
        "no-answer" => WireFault::NoAnswer,
        "whole" => return None,
        name => panic!("no fault has the name {name}"),
    })
}

async fn serve(
    handle: WireHandle,
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, hyper::Error> {
    let path = request.uri().path().to_owned();
    let (fault_name, name) = path[1..].split_once('/').unwrap();
    if let Some(fault) = fault(fault_name) {
        handle.arm(fault);
    }
    request.into_body().collect().await?;
    let mut response = Response::new(match name {
        "chunked" => OneFrame(Some(Bytes::from("7777"))).boxed(),
        name => Full::new(Bytes::from(body(name))).boxed(),
    });
    if name == "none" {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    Ok(response)
}

/// A body whose length hyper does not know.
struct OneFrame(Option<Bytes>);

impl Body for OneFrame {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Serves one connection, until it ends or a graceful shutdown has let it end.
pub(crate) fn connection<S>(
    stream: S,
    stop: &WireStop,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<S>
where
    S: AsyncRead + AsyncWrite + Reset + Unpin + Send + 'static,
{
    let wire = Wire::new(stream).until(stop);
    let handle = wire.handle();
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .half_close(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(wire), service_fn(move |request| serve(handle.clone(), request)));
    let connection = graceful.watch(connection);
    async move {
        // An error is what most faults come to.
        let _ = connection.await;
    }
}

/// Both ends of a connection over the loopback.
pub(crate) async fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap());
    let (client, accepted) = tokio::join!(client, listener.accept());
    let (client, (server, _)) = (client.unwrap(), accepted.unwrap());
    server.set_nodelay(true).unwrap();
    (client, server)
}

/// What must not take for ever.
pub(crate) async fn bounded<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}

/// Sends all at once and reads until the end. The server is rid of the connection then.
pub(crate) async fn exchange(requests: &str) -> (String, End) {
    let (client, server) = sockets().await;
    let (stop, graceful) = (WireStop::default(), GracefulShutdown::new());
    let client = async {
        let mut client = client;
        client.write_all(requests.as_bytes()).await.unwrap();
        read_to_end(&mut client).await
    };
    bounded(async { tokio::join!(client, connection(server, &stop, &graceful)).0 }).await
}

/// All that comes, and how it ends.
pub(crate) async fn read_to_end(client: &mut (impl AsyncRead + Unpin)) -> (String, End) {
    let mut seen = Vec::new();
    let end = match client.read_to_end(&mut seen).await {
        Ok(_) => End::Closed,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
        Err(error) => panic!("{error}"),
    };
    (seen.iter().copied().map(char::from).collect(), end)
}

/// Just the bytes that are expected, so that the connection may go on.
pub(crate) async fn read(client: &mut (impl AsyncRead + Unpin), expected: &str) {
    let mut seen = vec![0; expected.len()];
    bounded(client.read_exact(&mut seen)).await.unwrap();
    assert!(seen == expected.as_bytes(), "{}", seen.escape_ascii());
}

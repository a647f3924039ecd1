//! The servers: hyper itself in two forms, and wiremock, each with one answer.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::net::Ipv4Addr;

use bytes::Bytes;
use clap::ValueEnum;
use greenapi_model::{Body, Contract};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::Failure;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// hyper itself, on one thread; all clients call this one
    OneThread,
    /// hyper itself, on tokio's threads
    Threads,
    /// wiremock, which does not record requests; its one mock looks at the method alone
    Wiremock,
}

/// Serves until stdin ends, and says where on the first line of `out`.
pub(crate) fn run(kind: Kind, out: &mut dyn Write) -> Result<(), Failure> {
    let mut runtime = match kind {
        Kind::OneThread | Kind::Wiremock => Builder::new_current_thread(),
        Kind::Threads => Builder::new_multi_thread(),
    };
    let (stdin_ended, ended) = oneshot::channel();
    std::thread::spawn(move || {
        // However it ends, whoever started the server is gone.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = stdin_ended.send(());
    });
    let body = example()?;
    runtime.enable_io().build()?.block_on(async {
        if let Kind::Wiremock = kind {
            // It has a thread and a runtime of its own.
            let server = mocked(body).await;
            say(out, &server.uri())?;
            let _ = ended.await;
            return Ok(());
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        say(out, &format!("http://{}", listener.local_addr()?))?;
        // Spawned, as what is not stays beside the threads.
        let serving = tokio::spawn(serve(listener, body));
        tokio::select! {
            served = serving => served?,
            _ = ended => Ok(()),
        }
    })
}

fn say(out: &mut dyn Write, url: &str) -> io::Result<()> {
    writeln!(out, "{url}")?;
    out.flush()
}

async fn mocked(body: Bytes) -> MockServer {
    let server = MockServer::builder().disable_request_recording().start().await;
    let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    server
}

/// The body of an answer, as the contract's first example has it.
pub(crate) fn example() -> Result<Bytes, Failure> {
    let contract = Contract::default();
    let example =
        contract.examples(Body::Response).first().ok_or("the contract has no example of an answer")?;
    Ok(example.body().to_owned().into())
}

/// Answers each request with this body.
pub(crate) async fn serve(listener: TcpListener, body: Bytes) -> Result<(), Failure> {
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        tokio::spawn(connection(socket, body.clone()));
    }
}

async fn connection(socket: TcpStream, body: Bytes) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let body = body.clone();
        async move {
            // An unread body would end the connection.
            let _ = request.into_body().collect().await;
            let mut response = Response::new(Full::new(body));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok::<_, Infallible>(response)
        }
    });
    // A client that goes away in the middle is that client's failure.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await;
}

#[cfg(test)]
mod tests {
    use greenapi_model::{Body, Contract};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::{example, mocked};

    #[tokio::test]
    async fn wiremock_gives_the_same_answer() {
        let server = mocked(example().unwrap()).await;
        let mut socket = TcpStream::connect(server.address()).await.unwrap();
        let request =
            "POST /any HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}".as_bytes();
        socket.write_all(request).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("\r\ncontent-type: application/json\r\n"), "{answer}");
        assert!(answer.ends_with(Contract::default().examples(Body::Response)[0].body()), "{answer}");
        assert!(server.received_requests().await.is_none(), "it does not record");
    }
}

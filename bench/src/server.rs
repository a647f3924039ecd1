//! The server that all clients call: hyper itself, on one thread, with one answer.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::net::Ipv4Addr;

use bytes::Bytes;
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

use crate::Failure;

/// Serves until stdin ends, and says where on the first line of `out`.
pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let (stdin_ended, ended) = oneshot::channel();
    std::thread::spawn(move || {
        // However it ends, whoever started the server is gone.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = stdin_ended.send(());
    });
    let body = example()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        writeln!(out, "http://{}", listener.local_addr()?)?;
        out.flush()?;
        tokio::select! {
            served = serve(listener, body) => served,
            _ = ended => Ok(()),
        }
    })
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

use std::io;

use http::StatusCode;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::connection::{head, linger};
use super::endpoint::Endpoint;
use crate::wire::{Wire, WireStop};

/// Serves one connection by TLS. What a fault does to the bytes is done within TLS, but for a reset, which is one of the socket.
pub(super) async fn serve_securely(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    endpoint: Endpoint,
    stop: WireStop,
) {
    let Endpoint { front, limits } = &endpoint;
    if front.closes_after_accept() {
        return;
    }
    let secured = tokio::select! {
        biased;
        () = stop.until_stopped() => return,
        secured = tokio::time::timeout(limits.head_timeout, secured(stream, acceptor)) => secured,
    };
    match secured {
        Ok(Ok(stream)) => {
            endpoint.serve_accepted(Some(stream), &stop).await;
        }
        Ok(Err(Unsecured::Failed(error, stream))) => {
            tracing::debug!(%error, "a handshake of TLS failed");
            linger(&mut Wire::new(stream), &stop).await;
        }
        Ok(Err(Unsecured::Plain(mut stream))) => {
            tracing::warn!("a request without TLS was refused");
            let has_real_time = front.emulation().has_real_time();
            // The other side may be gone, and then there is nobody to tell.
            let _ = stream.write_all(head(StatusCode::BAD_REQUEST, has_real_time).as_bytes()).await;
            linger(&mut Wire::new(stream), &stop).await;
        }
        Ok(Err(Unsecured::Gone)) => {}
        Err(_) => tracing::debug!("a handshake of TLS did not end in time"),
    }
}

/// Why a connection has no TLS.
enum Unsecured {
    /// The client has closed it.
    Gone,
    /// It began with text, as a client of HTTP does.
    Plain(TcpStream),
    Failed(io::Error, TcpStream),
}

async fn secured(stream: TcpStream, acceptor: TlsAcceptor) -> Result<TlsStream<TcpStream>, Unsecured> {
    let mut first = [0];
    match stream.peek(&mut first).await {
        Ok(0) | Err(_) => Err(Unsecured::Gone),
        Ok(_) if first[0].is_ascii_graphic() => Err(Unsecured::Plain(stream)),
        Ok(_) => {
            let accepted = acceptor.accept(stream).into_fallible().await;
            accepted.map_err(|(error, stream)| Unsecured::Failed(error, stream))
        }
    }
}

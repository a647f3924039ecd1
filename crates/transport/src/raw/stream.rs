//! A connection's bytes, with TLS around them or without.

use tokio::net::TcpStream;

#[cfg(feature = "tls")]
pub(crate) type Stream =
    tokio_util::either::Either<TcpStream, Box<tokio_rustls::client::TlsStream<TcpStream>>>;

#[cfg(not(feature = "tls"))]
pub(crate) type Stream = TcpStream;

/// The stream without TLS.
pub(crate) fn plain(stream: TcpStream) -> Stream {
    #[cfg(feature = "tls")]
    return Stream::Left(stream);
    #[cfg(not(feature = "tls"))]
    return stream;
}

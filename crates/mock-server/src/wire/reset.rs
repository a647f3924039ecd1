use tokio::io::DuplexStream;
use tokio::net::TcpStream;

/// A stream that may be able to end by a reset instead of an orderly close.
pub trait Reset {
    /// Makes sure that the other side sees a reset once this is dropped. A stream that has no such thing just ends.
    fn reset(&mut self) {}
}

impl Reset for TcpStream {
    fn reset(&mut self) {
        // It fails for a socket that is gone already, and then there is nothing to reset.
        let _ = self.set_zero_linger();
    }
}

/// A reset of what carries it, without a word of TLS.
#[cfg(feature = "tls")]
impl<S: Reset> Reset for tokio_rustls::server::TlsStream<S> {
    fn reset(&mut self) {
        self.get_mut().0.reset();
    }
}

/// Without a reset.
impl Reset for DuplexStream {}

/// Without a reset.
#[cfg(unix)]
impl Reset for tokio::net::UnixStream {}

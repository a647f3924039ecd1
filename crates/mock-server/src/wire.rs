//! Faults on the wire: a connection whose answers can be hurt on their way.

mod hurt;
mod latency;

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

use self::hurt::Hurt;
pub use self::latency::Latency;

/// What is done to the bytes of one answer on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireFault {
    /// The connection is reset before a byte of the answer.
    ResetBefore,
    /// The connection is reset after the head and half of the body, or half of the head if there is no body.
    ResetInside,
    /// The connection is closed without a byte.
    EmptyReply,
    /// Bytes that are not HTTP come instead of the answer, then the connection is closed.
    Garbage,
    /// The head comes with its `Content-Length`, then half of the body, then the connection is closed. Half of the head if
    /// there is no body.
    ShortBody,
    /// The head comes at once, the body byte by byte with this pause before each.
    Dribble(Duration),
    /// Nothing comes. The connection stays open until the client ends its side, or the server is told to stop.
    NoAnswer,
}

/// A connection that can be reset.
pub trait Reset {
    /// From here on, dropping the connection resets it, if it can be; otherwise it is closed.
    fn reset_on_drop(&mut self);
}

impl Reset for TcpStream {
    fn reset_on_drop(&mut self) {
        // A connection that is gone already needs no reset.
        let _ = self.set_zero_linger();
    }
}

impl Reset for tokio::io::DuplexStream {
    fn reset_on_drop(&mut self) {}
}

/// A connection whose answers can be hurt, for a server of your own: see [`EmulationService::on`](crate::EmulationService::on).
///
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// use std::sync::Arc;
///
/// use greenapi_mock_server::{Emulation, EmulationService, Wire};
/// use greenapi_model::Contract;
/// use hyper::server::conn::http1;
/// use hyper_util::rt::TokioIo;
/// use tokio::net::TcpListener;
///
/// let service = EmulationService::new(Arc::new(Emulation::new(Contract::default())?));
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// tokio::spawn(async move {
///     while let Ok((stream, _)) = listener.accept().await {
///         let wire = Wire::new(stream);
///         let service = service.on(wire.handle());
///         tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(wire), service));
///     }
/// });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })
/// # .map_err(|error| std::io::Error::other(error.to_string()))?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Wire<S> {
    stream: S,
    shared: Arc<Shared>,
    hurt: Option<Box<Hurt>>,
    stopping: Option<watch::Receiver<bool>>,
}

#[derive(Debug, Default)]
struct Shared {
    armed: AtomicBool,
    fault: Mutex<Option<WireFault>>,
}

/// How a service tells the connection that it serves what to do to the next answer.
#[derive(Clone)]
pub struct WireHandle(Arc<Shared>);

impl WireHandle {
    /// The next answer that is written is hurt so.
    pub fn arm(&self, fault: WireFault) {
        *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        self.0.armed.store(true, Ordering::Release);
    }
}

impl fmt::Debug for WireHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WireHandle").finish_non_exhaustive()
    }
}

impl<S> Wire<S> {
    /// Wraps a connection. Nothing is done to it until its [handle](Self::handle) is armed.
    pub fn new(stream: S) -> Self {
        Self { stream, shared: Arc::default(), hurt: None, stopping: None }
    }

    /// What arms the faults of this connection.
    pub fn handle(&self) -> WireHandle {
        WireHandle(Arc::clone(&self.shared))
    }

    /// A call that is never answered ends once this says so, or its sender is gone.
    pub(crate) fn stopped_by(self, stopping: watch::Receiver<bool>) -> Self {
        Self { stopping: Some(stopping), ..self }
    }

    /// What is done to the answer that is being written, if something is.
    fn hurt(&mut self) -> Option<&mut Hurt> {
        if self.hurt.is_none() {
            // Nearly always there is nothing to do, and this load is all that it costs.
            if !self.shared.armed.load(Ordering::Relaxed) {
                return None;
            }
            self.shared.armed.store(false, Ordering::Relaxed);
            let fault = self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner).take()?;
            self.hurt = Some(Box::new(Hurt::new(fault, self.stopping.clone())));
        }
        self.hurt.as_deref_mut()
    }
}

impl<S: AsyncRead + AsyncWrite + Reset + Unpin> Wire<S> {
    /// Brings out what is held back; once all of a hurt answer is out, the connection is as it was before.
    fn bring_out(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(hurt) = &mut self.hurt else { return Poll::Ready(Ok(())) };
        let brought = std::task::ready!(hurt.bring_out(&mut self.stream, context))?;
        if brought.is_over {
            self.hurt = None;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Reset + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.hurt().is_none() {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        }
        // What was held back before has to be out first, so that little is held at a time.
        std::task::ready!(this.bring_out(context))?;
        match this.hurt() {
            Some(hurt) => Poll::Ready(Ok(hurt.take(bytes))),
            None => Pin::new(&mut this.stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.hurt().is_none() {
            return Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        }
        let first = parts.iter().find(|part| !part.is_empty());
        self.poll_write(context, first.map_or(&[], |part| part))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.bring_out(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.bring_out(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const NEXT: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

    fn answer(body: usize) -> Vec<u8> {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {body}\r\n\r\n");
        [head.as_bytes(), &vec![b'x'; body]].concat()
    }

    /// What comes out of a small pipe if an answer, and another one behind it, are written in pieces of these sizes.
    fn come_out(fault: WireFault, body: usize, pieces: &[usize]) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (near, mut far) = tokio::io::duplex(16);
            let mut wire = Wire::new(near);
            wire.handle().arm(fault);
            let writing = async move {
                let bytes = [&answer(body), NEXT].concat();
                let mut rest = &bytes[..];
                for size in pieces.iter().cycle() {
                    let (piece, behind) = rest.split_at((*size).min(rest.len()));
                    wire.write_all(piece).await?;
                    wire.flush().await?;
                    rest = behind;
                    if rest.is_empty() {
                        break;
                    }
                }
                io::Result::Ok(())
            };
            let mut bytes = Vec::new();
            let (_, read) = tokio::join!(writing, far.read_to_end(&mut bytes));
            read.unwrap();
            bytes
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_comes_out_does_not_depend_on_the_pieces(
            body in 0_usize..3000,
            pieces in prop::collection::vec(1_usize..500, 1..20),
        ) {
            let whole = answer(body);
            let head = whole.len() - body;
            let half = if body == 0 { &whole[..head / 2] } else { &whole[..head + body / 2] };
            let both = [&whole, NEXT].concat();
            for (fault, expected) in [
                (WireFault::ResetBefore, &[][..]),
                (WireFault::EmptyReply, &[]),
                (WireFault::ShortBody, half),
                (WireFault::ResetInside, half),
                (WireFault::Dribble(Duration::ZERO), &both),
            ] {
                let found = come_out(fault, body, &pieces);
                prop_assert!(found == expected, "{:?}: {}", fault, found.escape_ascii());
            }
            let garbage = come_out(WireFault::Garbage, body, &pieces);
            prop_assert!(!garbage.is_empty() && !garbage.windows(5).any(|window| window == b"HTTP/"));
        }
    }
}

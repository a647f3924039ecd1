use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::hurt::Hurt;
use super::{Activity, Reset, WireHandle, WireStop, end};

/// A connection whose answers can be hurt.
///
/// It wraps what hyper reads and writes, below `TokioIo`. As long as no fault is armed, bytes pass as they are, for the
/// price of a relaxed load and a few stores.
///
/// A fault that ends the connection drops the wrapped stream; each later write is an error and each read the end, so
/// that hyper ends too. It is for servers of HTTP/1.1 without `pipeline_flush`, with any body that hyper can send.
pub struct Wire<S> {
    /// None once a fault has ended the connection.
    pub(super) stream: Option<S>,
    /// The fault that is being carried out; it is not there nearly always.
    pub(super) hurt: Option<Box<Hurt>>,
    pub(super) handle: WireHandle,
    pub(super) stop: Option<WireStop>,
    /// How many bytes hyper wanted to write at last, but could not: they belong to an answer that no fault is meant for.
    pub(super) owed: usize,
    /// What was read of the stream before, and comes first.
    unread: Bytes,
}

impl<S> Wire<S> {
    /// A connection on this stream, with no fault armed.
    pub fn new(stream: S) -> Self {
        Self::of(Some(stream))
    }

    /// The same, or one that a fault has ended already.
    pub(crate) fn of(stream: Option<S>) -> Self {
        let (handle, unread) = Default::default();
        Self { stream, hurt: None, handle, stop: None, owed: 0, unread }
    }

    /// The same connection, whose faults hold nothing up once this is stopped.
    #[must_use]
    pub fn until(mut self, stop: &WireStop) -> Self {
        self.stop = Some(stop.clone());
        self
    }

    /// How the service tells this connection what to do.
    #[must_use]
    pub fn handle(&self) -> WireHandle {
        self.handle.clone()
    }

    /// Has these bytes read before those that come.
    pub(crate) fn read_again(&mut self, unread: Bytes) {
        self.unread = unread;
    }

    fn activity(&self) -> &Activity {
        self.handle.activity()
    }

    /// Whether bytes pass as they are.
    fn is_whole(&self) -> bool {
        self.hurt.is_none() && !self.handle.is_armed()
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    /// Something of the stream, unless a fault has ended it.
    pub(super) fn inner(&mut self) -> io::Result<Pin<&mut S>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(end::error)
    }

    pub(super) fn passed(&mut self, offered: usize, written: &Poll<io::Result<usize>>) {
        self.owed = match written {
            Poll::Ready(Ok(count)) => offered - count.min(&offered),
            Poll::Ready(Err(_)) => 0,
            Poll::Pending => offered,
        };
    }
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Wire").field("ended", &self.stream.is_none()).finish_non_exhaustive()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.unread.is_empty() {
            let Some(stream) = &mut this.stream else { return Poll::Ready(Ok(())) };
            let before = buffer.filled().len();
            ready!(Pin::new(stream).poll_read(context, buffer))?;
            if buffer.filled().len() == before {
                return Poll::Ready(Ok(()));
            }
        } else {
            let length = this.unread.len().min(buffer.remaining());
            buffer.put_slice(&this.unread.split_to(length));
            if this.unread.is_empty() {
                // An empty slice would keep what it is one of.
                this.unread = Bytes::new();
            }
        }
        this.activity().hear();
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Reset + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.activity().owe(true);
        if !this.is_whole() {
            return this.poll_write_hurt(context, bytes, bytes.len());
        }
        let written = this.inner()?.poll_write(context, bytes);
        this.passed(bytes.len(), &written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.activity().owe(true);
        let offered = slices.iter().map(|slice| slice.len()).sum();
        if !this.is_whole() {
            let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
            return this.poll_write_hurt(context, first, offered);
        }
        let written = this.inner()?.poll_write_vectored(context, slices);
        this.passed(offered, &written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = match &this.hurt {
            Some(_) => this.poll_flush_hurt(context),
            None => this.inner()?.poll_flush(context),
        };
        this.activity().owe(!matches!(flushed, Poll::Ready(Ok(()))));
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Nothing is flushed any more, so that it is busy until its end.
        this.activity().owe(true);
        if this.stream.is_some() && this.hurt.is_some() {
            ready!(this.poll_flush_hurt(context))?;
        }
        match &mut this.stream {
            Some(stream) => Pin::new(stream).poll_shutdown(context),
            None => Poll::Ready(Ok(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn what_was_read_before_comes_first() {
        let (mut client, server) = duplex(100);
        let mut wire = Wire::new(server);
        client.write_all(b"cde").await.unwrap();
        drop(client);
        wire.read_again(Bytes::from_static(b"ab"));
        let mut piece = [0];
        wire.read_exact(&mut piece).await.unwrap();
        let mut rest = Vec::new();
        wire.read_to_end(&mut rest).await.unwrap();
        assert_eq!((&piece, &*rest), (b"a", &b"bcde"[..]));
    }

    #[tokio::test]
    async fn what_happens_is_noted() {
        let (mut client, server) = duplex(4);
        let mut wire = Wire::new(server);
        let handle = wire.handle();
        let noted = || (handle.activity().has_heard(), handle.activity().is_busy());
        assert_eq!(noted(), (false, false));
        client.write_all(b"a").await.unwrap();
        wire.read_u8().await.unwrap();
        assert_eq!((noted(), noted()), ((true, false), (false, false)));
        wire.write_all(b"abcd").await.unwrap();
        assert_eq!(noted(), (false, true));
        wire.flush().await.unwrap();
        assert_eq!(noted(), (false, false));
        drop(client);
        // The end is no byte.
        assert_eq!(wire.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(noted(), (false, false));
        wire.shutdown().await.unwrap();
        assert_eq!(noted(), (false, true));
    }
}

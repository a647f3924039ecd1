//! How a fault ends a connection.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::Reset;

/// How long bytes have to arrive before a reset, which throws away those that the system has not sent yet.
const ARRIVAL: Duration = Duration::from_millis(20);
/// How much is read at a time of what nobody wants.
const UNWANTED: usize = 1 << 10;
/// How often that is read before a connection is closed.
const UNWANTED_READS: usize = 256;

/// How a connection ends. The stream is to be dropped once this is ready.
pub(super) enum End {
    Close,
    Reset { wait: Option<Duration>, waiting: Option<Pin<Box<Sleep>>> },
}

/// What hyper gets to see when a fault has ended the connection.
pub(super) fn error() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "a fault ended the connection")
}

impl End {
    /// A reset at once.
    pub(super) fn reset() -> Self {
        Self::Reset { wait: None, waiting: None }
    }

    /// A reset that lets the bytes before it arrive.
    pub(super) fn reset_after_bytes() -> Self {
        Self::Reset { wait: Some(ARRIVAL), waiting: None }
    }

    pub(super) fn poll<S>(&mut self, context: &mut Context<'_>, mut stream: Pin<&mut S>) -> Poll<()>
    where
        S: AsyncRead + AsyncWrite + Reset + Unpin,
    {
        match self {
            Self::Reset { wait, waiting } => {
                if let Some(wait) = *wait {
                    ready!(stream.as_mut().poll_flush(context)).ok();
                    ready!(waiting.get_or_insert_with(|| Box::pin(sleep(wait))).as_mut().poll(context));
                }
                stream.get_mut().reset();
            }
            Self::Close => {
                // If the stream fails, it has ended by itself.
                ready!(stream.as_mut().poll_shutdown(context)).ok();
                // A socket that is closed with bytes left to read sends a reset after its FIN.
                for _ in 0..UNWANTED_READS {
                    if !matches!(poll_unwanted(context, stream.as_mut()), Poll::Ready(Ok(1..))) {
                        break;
                    }
                }
            }
        }
        Poll::Ready(())
    }
}

/// Is ready once the other side has ended the connection, or only its side of it: the two look the same from here.
pub(super) fn poll_closed<S: AsyncRead>(context: &mut Context<'_>, mut stream: Pin<&mut S>) -> Poll<()> {
    while let Ok(1..) = ready!(poll_unwanted(context, stream.as_mut())) {}
    Poll::Ready(())
}

/// Reads what nobody wants, and says how much it was.
fn poll_unwanted<S: AsyncRead>(context: &mut Context<'_>, stream: Pin<&mut S>) -> Poll<io::Result<usize>> {
    let mut bytes = [0; UNWANTED];
    let mut buffer = ReadBuf::new(&mut bytes);
    ready!(stream.poll_read(context, &mut buffer))?;
    Poll::Ready(Ok(buffer.filled().len()))
}

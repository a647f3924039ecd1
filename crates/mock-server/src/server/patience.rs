//! How long a connection is waited for: for a request, and for the rest of its head.
//!
//! Hyper has one time for both, which begins with the wait for a request. Its timer is ours, and learns from what is read when the
//! head began.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::rt::{Sleep, Timer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

/// The timer of one connection. Hyper asks it for a sleep of the idle time whenever it begins to wait for a request.
///
/// No sleep wakes anybody by itself: whoever serves the connection polls [`watch`](Self::watch) beside it, which does. So a request
/// costs no timer of tokio, and no lock.
#[derive(Clone)]
pub(super) struct Patience(Arc<Shared>);

/// Only the task of the connection reads and writes it, so no order is asked for.
struct Shared {
    start: tokio::time::Instant,
    head_timeout: Duration,
    idle_timeout: Duration,
    /// Whether a byte has come since hyper began to wait.
    heard: AtomicBool,
    in_head: AtomicBool,
    /// When the wait ends, in nanoseconds after the start; [`NEVER`] if hyper waits for nothing.
    deadline: AtomicU64,
    has_ended: AtomicBool,
    /// Whether something was written and not flushed.
    owes: AtomicBool,
    /// Whether the beginning of a wait is to be told, which is seldom, so that most requests tell nobody.
    is_awaited: AtomicBool,
    begun: Notify,
}

const NEVER: u64 = u64::MAX;

impl Patience {
    pub(super) fn new(head_timeout: Duration, idle_timeout: Duration) -> Self {
        Self(Arc::new(Shared {
            start: tokio::time::Instant::now(),
            head_timeout,
            idle_timeout,
            heard: AtomicBool::new(false),
            in_head: AtomicBool::new(false),
            deadline: AtomicU64::new(NEVER),
            has_ended: AtomicBool::new(false),
            owes: AtomicBool::new(false),
            is_awaited: AtomicBool::new(false),
            begun: Notify::new(),
        }))
    }

    /// A stream whose bytes this hears of, after those that were read of it before.
    pub(super) fn hearing<S>(&self, stream: S, unread: Bytes) -> Heard<S> {
        Heard { stream, unread, shared: Arc::clone(&self.0) }
    }

    /// Has hyper look at its sleep whenever it has waited for too long.
    pub(super) async fn watch(&self) -> Infallible {
        loop {
            self.look_on(Duration::MAX).await;
        }
    }

    /// The same, until hyper has waited for so long without a byte having come, or one of an answer being left to be written. Gives how
    /// long it would wait on.
    pub(super) async fn until_rest(&self, rest: Duration) -> Duration {
        let shared = &*self.0;
        loop {
            let left = shared.left();
            let waited = shared.idle_timeout.saturating_sub(left);
            let is_silent = !shared.heard.load(Ordering::Relaxed) && !shared.owes.load(Ordering::Relaxed);
            if left.is_zero() {
                self.look_on(rest).await;
            } else if !(shared.waits() && is_silent) {
                shared.until_next_wait(left).await;
            } else if waited < rest {
                self.look_on(rest.saturating_sub(waited)).await;
            } else {
                return left;
            }
        }
    }

    /// Has hyper look if it is time, and waits until there may be something to look at, or for `most`.
    async fn look_on(&self, most: Duration) {
        let shared = &*self.0;
        // A wait that begins from now on is no shorter than this, so that to look again then is early enough.
        let shortest = shared.head_timeout.min(shared.idle_timeout).min(most);
        let left = shared.left();
        if left.is_zero() {
            shared.has_ended.store(true, Ordering::Relaxed);
            // This wakes the task, and so hyper.
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(if left.is_zero() { shortest } else { left.min(shortest) }).await;
    }
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let deadline = deadline.saturating_duration_since(self.0.start.into_std());
        self.0.heard.store(false, Ordering::Relaxed);
        self.0.in_head.store(false, Ordering::Relaxed);
        self.0.has_ended.store(false, Ordering::Relaxed);
        self.0.deadline.store(nanoseconds(deadline), Ordering::Relaxed);
        if self.0.is_awaited.load(Ordering::Relaxed) {
            self.0.begun.notify_one();
        }
        Box::pin(Waiting(Arc::clone(&self.0)))
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Shared {
    /// Whether hyper waits for a request or for the rest of a head.
    fn waits(&self) -> bool {
        self.deadline.load(Ordering::Relaxed) != NEVER
    }

    /// Until hyper begins to wait for a request, or its wait is over. A call may take for ever, and has nobody look at it.
    async fn until_next_wait(&self, left: Duration) {
        self.is_awaited.store(true, Ordering::Relaxed);
        tokio::select! {
            () = self.begun.notified() => {}
            () = tokio::time::sleep(left), if self.waits() => {}
        }
        self.is_awaited.store(false, Ordering::Relaxed);
    }

    /// How long it waits on.
    fn left(&self) -> Duration {
        Duration::from_nanos(self.deadline.load(Ordering::Relaxed).saturating_sub(self.now()))
    }

    /// In nanoseconds after the start.
    fn now(&self) -> u64 {
        nanoseconds(self.start.elapsed())
    }
}

/// As many as there are in 500 years at most.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(NEVER)
}

/// The wait for one request. Hyper polls it whenever there is nothing to read.
struct Waiting(Arc<Shared>);

impl Sleep for Waiting {}

impl Future for Waiting {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let shared = &*self.0;
        if shared.heard.load(Ordering::Relaxed) && !shared.in_head.load(Ordering::Relaxed) {
            shared.in_head.store(true, Ordering::Relaxed);
            let deadline = shared.now().saturating_add(nanoseconds(shared.head_timeout));
            shared.deadline.store(deadline, Ordering::Relaxed);
        }
        if shared.has_ended.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.deadline.store(NEVER, Ordering::Relaxed);
    }
}

/// A stream that tells when bytes come.
pub(super) struct Heard<S> {
    stream: S,
    unread: Bytes,
    shared: Arc<Shared>,
}

impl<S> Heard<S> {
    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.unread.is_empty() {
            let length = this.unread.len().min(buffer.remaining());
            buffer.put_slice(&this.unread.split_to(length));
            this.shared.heard.store(true, Ordering::Relaxed);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            this.shared.heard.store(true, Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.shared.owes.store(true, Ordering::Relaxed);
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.shared.owes.store(true, Ordering::Relaxed);
        Pin::new(&mut this.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        this.shared.owes.store(!matches!(flushed, Poll::Ready(Ok(()))), Ordering::Relaxed);
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

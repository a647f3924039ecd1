//! How long a connection is waited for: for a request, and for the rest of its head.
//!
//! Hyper has one time for both, which begins with the wait for a request. Its timer is ours, and learns from what is read when the
//! head began.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The timer of one connection. Hyper asks it for a sleep of the idle time whenever it begins to wait for a request.
#[derive(Clone)]
pub(super) struct Patience(Arc<Shared>);

struct Shared {
    head_timeout: Duration,
    /// Whether a byte has come since hyper began to wait.
    heard: AtomicBool,
    alarm: Mutex<Alarm>,
}

/// One alarm for all the waiting of a connection: it is set anew only when it goes off too early, or has to go off earlier.
struct Alarm {
    sleep: Pin<Box<tokio::time::Sleep>>,
    deadline: tokio::time::Instant,
    in_head: bool,
    /// Whom it wakes, once it is set.
    wakes: Option<Waker>,
}

impl Patience {
    pub(super) fn new(head_timeout: Duration, idle_timeout: Duration) -> Self {
        let deadline = tokio::time::Instant::now() + idle_timeout;
        let sleep = Box::pin(tokio::time::sleep_until(deadline));
        let alarm = Mutex::new(Alarm { sleep, deadline, in_head: false, wakes: None });
        Self(Arc::new(Shared { head_timeout, heard: AtomicBool::new(false), alarm }))
    }

    /// A stream whose bytes this hears of.
    pub(super) fn hearing<S>(&self, stream: S) -> Heard<S> {
        Heard { stream, shared: Arc::clone(&self.0) }
    }
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.0.heard.store(false, Ordering::Relaxed);
        let mut alarm = self.0.alarm();
        alarm.deadline = deadline.into();
        alarm.in_head = false;
        Box::pin(Waiting(Arc::clone(&self.0)))
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Shared {
    fn alarm(&self) -> MutexGuard<'_, Alarm> {
        self.alarm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The wait for one request. Hyper polls it whenever there is nothing to read.
struct Waiting(Arc<Shared>);

impl Sleep for Waiting {}

impl Future for Waiting {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut alarm = self.0.alarm();
        if !alarm.in_head && self.0.heard.load(Ordering::Relaxed) {
            alarm.in_head = true;
            alarm.deadline = tokio::time::Instant::now() + self.0.head_timeout;
        }
        let deadline = alarm.deadline;
        if deadline < alarm.sleep.deadline() {
            alarm.sleep.as_mut().reset(deadline);
            alarm.wakes = None;
        }
        // It is set, and has not gone off: nothing is to be done, which is so nearly always.
        let is_set = alarm.wakes.as_ref().is_some_and(|waker| waker.will_wake(context.waker()));
        if is_set && !alarm.sleep.is_elapsed() {
            return Poll::Pending;
        }
        alarm.wakes = Some(context.waker().clone());
        loop {
            ready!(alarm.sleep.as_mut().poll(context));
            if deadline <= alarm.sleep.deadline() {
                return Poll::Ready(());
            }
            alarm.sleep.as_mut().reset(deadline);
        }
    }
}

/// A stream that tells when bytes come.
pub(super) struct Heard<S> {
    stream: S,
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
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

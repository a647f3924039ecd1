//! How a fault is carried out.
//!
//! The head is held back until it is known whether a body follows: until the first byte of it, or until hyper flushes.
//! Then the fault begins. Own bytes ([`Hurt::out`]) always go before those that hyper offers.

use std::future::Future;
use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Sleep, sleep};

use super::end::{self, End};
use super::head::Head;
use super::stop::Stopped;
use super::stream::Wire;
use super::{Reset, WireFault, WireStop};

/// A fault that is being carried out.
pub(super) struct Hurt {
    fault: WireFault,
    /// Bytes that were taken from hyper, or put in the place of its own, and have not been sent yet.
    out: Vec<u8>,
    stage: Stage,
}

enum Stage {
    /// The head is coming.
    Head(Head),
    /// The head has ended, and is held back.
    Held(Head),
    /// So many bytes of the body pass, then the connection ends.
    Cut { body: u64, end: End },
    /// So many bytes of the body pass, if that is known, one at a time; then the fault is over.
    Dribble { left: Option<u64>, pause: Duration, sleep: Option<Pin<Box<Sleep>>>, stopped: Stopped },
    /// Nothing passes.
    Silent(Stopped),
}

impl Hurt {
    fn new(fault: WireFault) -> Self {
        Self { fault, out: Vec::new(), stage: Stage::Head(Head::default()) }
    }

    /// The head has come. What follows an interim one is a head again.
    fn head_ended(&mut self, head: Head) {
        if head.is_interim() {
            self.out = head.into_bytes();
        } else {
            self.stage = Stage::Held(head);
        }
    }

    /// So many bytes of the body are at hand; if none are, there is no body.
    fn begin(&mut self, head: Head, at_hand: usize, stop: Option<&WireStop>) {
        let length = if at_hand == 0 { Some(0) } else { head.content_length() };
        let half = length.unwrap_or(at_hand as u64) / 2;
        let head = head.into_bytes();
        let cut = if at_hand == 0 { &head[..head.len() / 2] } else { &head[..] };
        let closed = |body| Stage::Cut { body, end: End::Close };
        (self.out, self.stage) = match self.fault {
            WireFault::ResetBefore => (Vec::new(), Stage::Cut { body: 0, end: End::reset() }),
            WireFault::ResetInside => {
                (cut.to_vec(), Stage::Cut { body: half, end: End::reset_after_bytes() })
            }
            WireFault::EmptyReply => (Vec::new(), closed(0)),
            WireFault::Garbage => (WireFault::GARBAGE.to_vec(), closed(0)),
            WireFault::ShortBody => (cut.to_vec(), closed(half)),
            WireFault::Dribble(pause) => {
                let stopped = WireStop::stopped(stop);
                (head, Stage::Dribble { left: length, pause, sleep: None, stopped })
            }
            WireFault::NoAnswer => (Vec::new(), Stage::Silent(WireStop::stopped(stop))),
        };
    }

    /// Sends what is to go before anything else.
    fn poll_out<S>(&mut self, context: &mut Context<'_>, mut stream: Pin<&mut S>) -> Poll<io::Result<()>>
    where
        S: AsyncWrite,
    {
        while !self.out.is_empty() {
            let written = ready!(stream.as_mut().poll_write(context, &self.out))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.out.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

/// What comes of hyper's wish to write or to flush.
enum Step {
    /// It is done so, with so many bytes.
    Done(usize),
    /// It goes to the stream as it is, with at most so many bytes.
    Pass(usize),
    /// The fault is over, and the connection is as before.
    Over,
}

impl<S: AsyncRead + AsyncWrite + Reset + Unpin> Wire<S> {
    /// Writes while a fault is armed or being carried out. `bytes` are the first of those `offered`.
    pub(super) fn poll_write_hurt(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        offered: usize,
    ) -> Poll<io::Result<usize>> {
        if self.hurt.is_none() && self.owed > 0 {
            let owed = bytes.len().min(self.owed);
            let written = ready!(self.inner()?.poll_write(context, &bytes[..owed]))?;
            self.owed -= written;
            return Poll::Ready(Ok(written));
        }
        if self.hurt.is_none() {
            self.hurt = self.handle.take().map(|fault| Box::new(Hurt::new(fault)));
        }
        match ready!(self.poll_step(context, Some((bytes, offered))))? {
            Step::Done(count) => Poll::Ready(Ok(count)),
            Step::Pass(count) => {
                let written = ready!(self.inner()?.poll_write(context, &bytes[..count]))?;
                if let Some(hurt) = &mut self.hurt {
                    hurt.passed(written);
                }
                Poll::Ready(Ok(written))
            }
            Step::Over => {
                self.hurt = None;
                let written = self.inner()?.poll_write(context, bytes);
                self.passed(offered, &written);
                written
            }
        }
    }

    /// Flushes while a fault is being carried out. Hyper has nothing left to write then.
    pub(super) fn poll_flush_hurt(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Step::Over = ready!(self.poll_step(context, None))? {
            self.hurt = None;
        }
        self.inner()?.poll_flush(context)
    }

    /// Goes on with the fault until there is something to say about what hyper has: bytes, or none because it flushes.
    fn poll_step(
        &mut self,
        context: &mut Context<'_>,
        write: Option<(&[u8], usize)>,
    ) -> Poll<io::Result<Step>> {
        let (bytes, at_hand) = write.unwrap_or_default();
        loop {
            let Some(hurt) = &mut self.hurt else { return Poll::Ready(Ok(Step::Over)) };
            let Some(stream) = &mut self.stream else { return Poll::Ready(Err(end::error())) };
            let mut stream = Pin::new(stream);
            ready!(hurt.poll_out(context, stream.as_mut()))?;
            match &mut hurt.stage {
                Stage::Head(head) => {
                    let (taken, ended) = head.take(bytes);
                    if ended {
                        let head = mem::take(head);
                        hurt.head_ended(head);
                    }
                    return Poll::Ready(Ok(Step::Done(taken)));
                }
                Stage::Held(head) => {
                    let head = mem::take(head);
                    hurt.begin(head, at_hand, self.stop.as_ref());
                }
                Stage::Cut { body: 0, end } => {
                    ready!(end.poll(context, stream));
                    (self.stream, self.hurt) = (None, None);
                    return Poll::Ready(Err(end::error()));
                }
                Stage::Cut { body, .. } => {
                    let most = usize::try_from(*body).unwrap_or(usize::MAX);
                    return Poll::Ready(Ok(Step::Pass(bytes.len().min(most))));
                }
                Stage::Dribble { left: Some(0), .. } => return Poll::Ready(Ok(Step::Over)),
                Stage::Dribble { left: None, .. } if write.is_none() => return Poll::Ready(Ok(Step::Over)),
                Stage::Dribble { sleep, stopped, .. } => {
                    if stopped.is_ready(context) {
                        return Poll::Ready(Ok(Step::Over));
                    }
                    if let (Some(pause), Some(_)) = (sleep.as_mut(), write) {
                        ready!(pause.as_mut().poll(context));
                        *sleep = None;
                    }
                    return Poll::Ready(Ok(Step::Pass(bytes.len().min(1))));
                }
                Stage::Silent(stopped) => {
                    if !stopped.is_ready(context) {
                        ready!(end::poll_closed(context, stream));
                    }
                    hurt.stage = Stage::Cut { body: 0, end: End::Close };
                }
            }
        }
    }
}

impl Hurt {
    /// So many bytes of the body went to the stream.
    fn passed(&mut self, written: usize) {
        let written = written as u64;
        match &mut self.stage {
            Stage::Cut { body, .. } => *body = body.saturating_sub(written),
            Stage::Dribble { left, pause, sleep: waiting, .. } => {
                *left = left.map(|left| left.saturating_sub(written));
                *waiting = (*pause > Duration::ZERO).then(|| Box::pin(sleep(*pause)));
            }
            Stage::Head(_) | Stage::Held(_) | Stage::Silent(_) => {}
        }
    }
}

//! What a fault makes of the bytes of one answer.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::Sleep;

use super::{Reset, WireFault};

/// Not HTTP, and nothing that could be taken for it.
const GARBAGE: &[u8] = b"\x16\x03\x01\x00\x05\xff\xfe\x00 this is not HTTP \x00\x01\x02\r\n\r\n";

/// A head is never longer here; what is longer counts as a head without a body.
const LONGEST_HEAD: usize = 64 * 1024;

/// One answer on its way, from its first byte to its last.
pub(super) struct Hurt {
    fault: WireFault,
    /// All that was taken, until the head is whole.
    head: Vec<u8>,
    /// Where the answer ends and what of it may go, once the head is whole.
    plan: Option<Plan>,
    /// How much of the answer was taken.
    taken: usize,
    /// What is to go out, and how much of it did.
    out: Vec<u8>,
    sent: usize,
    pause: Option<Pin<Box<Sleep>>>,
    stopping: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

/// Where an answer ends, in bytes from its first one.
#[derive(Clone, Copy)]
struct Plan {
    head: usize,
    whole: usize,
    /// So much of it goes out.
    allowed: usize,
}

/// Whether the answer is out, and was the last thing that was hurt.
pub(super) struct Brought {
    pub(super) is_over: bool,
}

impl fmt::Debug for Hurt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hurt").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl Hurt {
    pub(super) fn new(fault: WireFault, stopping: Option<watch::Receiver<bool>>) -> Self {
        let stopping = stopping.filter(|_| fault == WireFault::NoAnswer).map(|mut stopping| {
            Box::pin(async move {
                // An error is the sender being gone, which means the same.
                let _ = stopping.wait_for(|stopping| *stopping).await;
            }) as Pin<Box<dyn Future<Output = ()> + Send + Sync>>
        });
        let (head, out) = (Vec::new(), Vec::new());
        Self { fault, head, plan: None, taken: 0, out, sent: 0, pause: None, stopping }
    }

    /// Takes bytes of the answer, and says how many.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        match self.fault {
            WireFault::ResetBefore | WireFault::EmptyReply | WireFault::Garbage | WireFault::NoAnswer => {
                if self.fault == WireFault::Garbage && self.out.is_empty() {
                    self.out.extend_from_slice(GARBAGE);
                }
                self.taken += bytes.len();
                bytes.len()
            }
            WireFault::ResetInside | WireFault::ShortBody | WireFault::Dribble(_) => self.take_by_plan(bytes),
        }
    }

    fn take_by_plan(&mut self, bytes: &[u8]) -> usize {
        let Some(plan) = self.plan else {
            self.head.extend_from_slice(bytes);
            if let Some(plan) = self.planned() {
                self.plan = Some(plan);
                self.taken = self.head.len();
                // What comes behind an answer that goes whole belongs to the next one.
                let allowed = if plan.allowed == plan.whole { self.taken } else { plan.allowed };
                self.out = std::mem::take(&mut self.head);
                self.out.truncate(allowed);
            }
            return bytes.len();
        };
        let room = plan.whole.saturating_sub(self.taken).min(bytes.len());
        let allowed = plan.allowed.saturating_sub(self.taken).min(room);
        self.out.extend_from_slice(&bytes[..allowed]);
        self.taken += room;
        room
    }

    /// The plan, once the head is whole.
    fn planned(&self) -> Option<Plan> {
        let end = self.head.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4);
        let head = match end {
            Some(end) => end,
            None if self.head.len() > LONGEST_HEAD => self.head.len(),
            None => return None,
        };
        let body = content_length(&self.head[..head]).unwrap_or_default();
        let whole = head + body;
        let allowed = match self.fault {
            WireFault::Dribble(_) => whole,
            _ if body == 0 => head / 2,
            _ => head + body / 2,
        };
        Some(Plan { head, whole, allowed })
    }

    /// Brings out what was taken and may go. An error ends the connection.
    pub(super) fn bring_out<S>(
        &mut self,
        stream: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Brought>>
    where
        S: AsyncRead + AsyncWrite + Reset + Unpin,
    {
        if self.taken == 0 && self.head.is_empty() {
            // Armed, and the answer has not begun.
            return Poll::Ready(Ok(Brought { is_over: false }));
        }
        if self.fault == WireFault::NoAnswer {
            return self.wait_for_the_end(stream, context);
        }
        while self.sent < self.out.len() {
            let next = ready!(self.portion(context));
            let sent = ready!(Pin::new(&mut *stream).poll_write(context, &self.out[self.sent..next]))?;
            self.sent += sent;
            if self.pause.is_some() {
                ready!(Pin::new(&mut *stream).poll_flush(context))?;
                self.pause = None;
            }
        }
        ready!(Pin::new(&mut *stream).poll_flush(context))?;
        match (self.fault, self.plan) {
            (WireFault::ResetBefore, _) => {
                stream.reset_on_drop();
                Poll::Ready(Err(ended()))
            }
            (WireFault::ResetInside, Some(plan)) if self.sent >= plan.allowed => {
                stream.reset_on_drop();
                Poll::Ready(Err(ended()))
            }
            (WireFault::ShortBody, Some(plan)) if self.sent >= plan.allowed => Poll::Ready(Err(ended())),
            (WireFault::EmptyReply | WireFault::Garbage, _) => Poll::Ready(Err(ended())),
            (WireFault::Dribble(_), Some(plan)) => {
                Poll::Ready(Ok(Brought { is_over: self.sent >= plan.whole }))
            }
            _ => Poll::Ready(Ok(Brought { is_over: false })),
        }
    }

    /// Up to where the next bytes may go: all that there are, or in a body that dribbles one more after a pause.
    fn portion(&mut self, context: &mut Context<'_>) -> Poll<usize> {
        let (WireFault::Dribble(pause), Some(plan)) = (self.fault, self.plan) else {
            return Poll::Ready(self.out.len());
        };
        if self.sent < plan.head {
            return Poll::Ready(plan.head.min(self.out.len()));
        }
        if self.sent >= plan.whole {
            return Poll::Ready(self.out.len());
        }
        let sleep = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
        if pause > Duration::ZERO {
            ready!(sleep.as_mut().poll(context));
        }
        Poll::Ready(self.sent + 1)
    }

    /// Nothing is sent. What the client sends is thrown away, so that its end is seen.
    fn wait_for_the_end<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Brought>> {
        if self.stopping.as_mut().is_some_and(|stopping| stopping.as_mut().poll(context).is_ready()) {
            return Poll::Ready(Err(ended()));
        }
        let mut bytes = [0; 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(ended()));
            }
        }
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "a fault on the wire ended the connection")
}

/// The value of `Content-Length` in a head.
fn content_length(head: &[u8]) -> Option<usize> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let line = str::from_utf8(line).ok()?;
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}

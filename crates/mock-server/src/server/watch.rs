use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use super::seldom::Seldom;
use crate::limits::Limits;
use crate::wire::Activity;

/// How often a connection is looked at while hyper has it.
pub(super) const PACE: Duration = Duration::from_millis(25);
/// It is not looked at more often, however short its times are.
const LEAST_PACE: Duration = Duration::from_millis(1);

/// Looks at a connection now and then, until hyper waits in vain for more of a head.
///
/// It is to be polled after the connection by the same task, whenever that is. Nobody looks while there is a call under way or an
/// answer left to be written, however long that takes. Of a head that begins while hyper has the connection it is known to a look when.
pub(super) struct Watch<'c> {
    activity: &'c Activity,
    head_timeout: Duration,
    pace: Duration,
    /// Whether silence is enough.
    ends_with_silence: bool,
    /// Since when there is no call.
    since: Instant,
    /// How many calls had begun by then.
    calls: u32,
    next_look: Seldom<Pin<Box<Sleep>>>,
    is_awaiting_end_of_call: bool,
}

/// What was seen of a connection that waits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen {
    /// No byte has come between two looks.
    Silence,
    /// A head takes too long.
    Lateness,
}

impl<'c> Watch<'c> {
    /// `since` is when the head began, if it has begun.
    pub(super) fn new(activity: &'c Activity, limits: &Limits, since: Instant) -> Self {
        let pace = PACE.min(limits.head_timeout).min(limits.idle_timeout).max(LEAST_PACE);
        Self {
            activity,
            head_timeout: limits.head_timeout,
            pace,
            ends_with_silence: true,
            since,
            calls: activity.calls(),
            next_look: Seldom::new(Box::pin(sleep(pace))),
            is_awaiting_end_of_call: false,
        }
    }

    /// From now on a head that takes too long is all that there is to be seen.
    pub(super) fn bear_silence(&mut self) {
        self.ends_with_silence = false;
    }

    /// Since when there is no call, or the head is under way.
    pub(super) fn since(&self) -> Instant {
        self.since
    }

    fn look(&mut self) -> Option<Seen> {
        let has_heard = self.activity.has_heard();
        if self.activity.is_busy() {
            self.is_awaiting_end_of_call = true;
            return None;
        }
        if self.activity.calls() != self.calls {
            self.begin_wait();
            return None;
        }
        if self.ends_with_silence && !has_heard {
            return Some(Seen::Silence);
        }
        let left = self.head_timeout.saturating_sub(self.since.elapsed());
        if left.is_zero() {
            return Some(Seen::Lateness);
        }
        self.look_after(left.min(self.pace));
        None
    }

    /// The last call has ended.
    fn begin_wait(&mut self) {
        self.is_awaiting_end_of_call = false;
        self.since = Instant::now();
        self.calls = self.activity.calls();
        self.look_after(self.pace);
    }

    fn look_after(&mut self, time: Duration) {
        self.next_look.change().as_mut().reset(Instant::now() + time);
    }
}

impl Future for Watch<'_> {
    type Output = Seen;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Seen> {
        loop {
            if self.is_awaiting_end_of_call {
                // What ends it polls the connection, and so this.
                if self.activity.is_busy() {
                    return Poll::Pending;
                }
                self.begin_wait();
            }
            ready!(Pin::new(&mut self.next_look).poll(context));
            if let Some(seen) = self.look() {
                return Poll::Ready(seen);
            }
        }
    }
}

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use super::seldom::Seldom;
use crate::limits::Limits;
use crate::wire::Activity;

/// How soon a connection is looked at at first, so that one on which little comes soon rests.
const FIRST_PACE: Duration = Duration::from_millis(5);
/// How seldom it is looked at in the end, so that one on which much comes is hardly looked at.
pub(super) const LAST_PACE: Duration = Duration::from_millis(100);
/// However short its times are, it is looked at no more often than this.
const LEAST_PACE: Duration = Duration::from_millis(1);

/// A wait for a request, or for the rest of its head.
#[derive(Clone, Copy)]
pub(super) struct Wait {
    /// When it began: with the first byte of the head, or when nothing was left to be done before it.
    since: Instant,
    /// How soon a look is worth it. It grows within a head, so that one that comes in many pieces is seldom begun anew by hyper.
    pace: Duration,
}

impl Wait {
    pub(super) fn begin() -> Self {
        Self { since: Instant::now(), pace: FIRST_PACE }
    }

    /// How much of its time is left.
    pub(super) fn left_of(&self, time: Duration) -> Duration {
        time.saturating_sub(self.since.elapsed())
    }
}

/// Looks at a connection now and then, until hyper waits in vain for more of a head.
///
/// It is to be polled after the connection by the same task, whenever that is. Nobody looks while there is a call under way or an
/// answer left to be written, however long that takes. Of a head that begins while hyper has the connection it is known to a look when.
pub(super) struct Watch<'c> {
    activity: &'c Activity,
    head_timeout: Duration,
    /// How long it is from the next look to the one after it.
    pace: Duration,
    last_pace: Duration,
    /// Whether silence is enough.
    ends_with_silence: bool,
    wait: Wait,
    /// How many calls had begun before it.
    calls: u32,
    next_look: Seldom<Pin<Box<Sleep>>>,
    is_awaiting_end_of_call: bool,
}

/// What was seen of a connection that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// No byte has come between two looks.
    Silence,
    /// A head takes too long.
    Lateness,
}

impl<'c> Watch<'c> {
    pub(super) fn new(activity: &'c Activity, limits: &Limits, wait: Wait) -> Self {
        let last_pace = LAST_PACE.min(limits.head_timeout).min(limits.idle_timeout).max(LEAST_PACE);
        Self {
            activity,
            head_timeout: limits.head_timeout,
            pace: wait.pace,
            last_pace,
            ends_with_silence: true,
            wait,
            calls: activity.calls(),
            next_look: Seldom::new(Box::pin(sleep(wait.pace.min(last_pace)))),
            is_awaiting_end_of_call: false,
        }
    }

    /// From now on a head that takes too long is all that there is to be seen.
    pub(super) fn bear_silence(&mut self) {
        self.ends_with_silence = false;
    }

    pub(super) fn wait(&self) -> Wait {
        self.wait
    }

    fn look(&mut self) -> Option<Seen> {
        let has_heard = self.activity.has_heard();
        if self.activity.is_busy() {
            self.is_awaiting_end_of_call = true;
            return None;
        }
        // A body that the last call has left is no head, but once hyper was polled again it is read, or the connection is closed.
        if self.activity.calls() != self.calls {
            self.begin_wait();
            return None;
        }
        if self.ends_with_silence && !has_heard {
            return Some(Seen::Silence);
        }
        let left = self.wait.left_of(self.head_timeout);
        if left.is_zero() {
            return Some(Seen::Lateness);
        }
        self.look_within(left);
        self.wait.pace = self.pace;
        None
    }

    /// The last call has ended.
    fn begin_wait(&mut self) {
        self.is_awaiting_end_of_call = false;
        self.wait = Wait::begin();
        self.calls = self.activity.calls();
        self.look_within(self.last_pace);
    }

    fn look_within(&mut self, most: Duration) {
        self.next_look.change().as_mut().reset(Instant::now() + self.pace.min(most));
        self.pace = (2 * self.pace).min(self.last_pace);
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::poll_fn;

    use tokio::time::timeout;

    use super::*;
    use crate::wire::WireHandle;

    const DAY: Duration = Duration::from_secs(24 * 3_600);

    /// What is seen within a day, after how many milliseconds, and how often it was looked for, if this happens whenever it is.
    async fn seen(
        watch: &mut Watch<'_>,
        meanwhile: impl Fn(&Activity),
        time: Duration,
    ) -> (Option<Seen>, u128, u32) {
        let (start, polls) = (Instant::now(), Cell::new(0));
        let watched = poll_fn(|context| {
            polls.set(polls.get() + 1);
            meanwhile(watch.activity);
            Pin::new(&mut *watch).poll(context)
        });
        let seen = timeout(time, watched).await.ok();
        (seen, start.elapsed().as_millis(), polls.get())
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_seen_soon_and_lateness_in_time() {
        let handle = WireHandle::default();
        let (limits, nothing) = (Limits::default(), |_: &Activity| {});
        let watch = || Watch::new(handle.activity(), &limits, Wait::begin());
        assert_eq!(seen(&mut watch(), nothing, DAY).await, (Some(Seen::Silence), 5, 2));
        handle.activity().hear();
        assert_eq!(seen(&mut watch(), nothing, DAY).await, (Some(Seen::Silence), 10, 3));
        let (late, after, _) = seen(&mut watch(), Activity::hear, DAY).await;
        assert_eq!((late, after), (Some(Seen::Lateness), 30_000));
        let mut patient = watch();
        patient.bear_silence();
        let (late, after, _) = seen(&mut patient, nothing, DAY).await;
        assert_eq!((late, after), (Some(Seen::Lateness), 30_000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_used_is_looked_at_less_and_less_often() {
        let handle = WireHandle::default();
        let mut watch = Watch::new(handle.activity(), &Limits::default(), Wait::begin());
        let call = |activity: &Activity| {
            activity.begin_call();
            activity.end_call();
        };
        let (none, _, polls) = seen(&mut watch, call, Duration::from_secs(60)).await;
        assert!(none.is_none() && (600..610).contains(&polls), "{polls}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_in_many_pieces_rests_less_and_less_often() {
        let handle = WireHandle::default();
        let mut wait = Wait::begin();
        for expected in [10, 20, 40, 80, 160, 200, 200] {
            let limits = Limits::default();
            let mut watch = Watch::new(handle.activity(), &limits, wait);
            handle.activity().hear();
            let (silence, after, _) = seen(&mut watch, |_| {}, DAY).await;
            assert_eq!((silence, after), (Some(Seen::Silence), expected));
            wait = watch.wait();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_was_used_rests_soon_the_next_time() {
        let handle = WireHandle::default();
        let limits = Limits::default();
        let mut watch = Watch::new(handle.activity(), &limits, Wait::begin());
        let call = |activity: &Activity| {
            activity.begin_call();
            activity.end_call();
        };
        seen(&mut watch, call, Duration::from_secs(60)).await;
        seen(&mut watch, |_| {}, DAY).await;
        let mut watch = Watch::new(handle.activity(), &limits, watch.wait());
        call(handle.activity());
        assert_eq!(seen(&mut watch, |_| {}, DAY).await, (Some(Seen::Silence), 10, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_looks_at_a_call_however_long_it_takes() {
        let handle = WireHandle::default();
        let mut watch = Watch::new(handle.activity(), &Limits::default(), Wait::begin());
        let nothing = |_: &Activity| {};
        handle.activity().begin_call();
        assert_eq!(seen(&mut watch, nothing, DAY).await, (None, DAY.as_millis(), 3));
        handle.activity().end_call();
        handle.activity().owe(true);
        assert_eq!(seen(&mut watch, nothing, DAY).await, (None, DAY.as_millis(), 2));
        handle.activity().owe(false);
        // The wait for a request begins with the end of all that.
        assert_eq!(seen(&mut watch, nothing, DAY).await, (Some(Seen::Silence), 5, 2));
        assert_eq!(watch.wait().left_of(DAY).abs_diff(DAY).as_millis(), 5);
    }
}

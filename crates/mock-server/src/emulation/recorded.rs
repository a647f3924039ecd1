use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Tells those who wait for it that a call was put into the journal.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    notify: Notify,
    /// How many wait, so that a call for which nobody waits costs no lock.
    waiting: AtomicUsize,
}

impl Recorded {
    /// To be called once the call is in the journal. That the journal is behind a lock gives the count its order: either the
    /// waiting one finds the call there, or it is counted before the count is read here.
    pub(crate) fn tell(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.notify.notify_waiters();
        }
    }

    /// Waits until `look`, which looks into the journal, finds something. It looks now, and after each call.
    pub(crate) async fn until<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        let _waiting = Waiting::count(&self.waiting);
        loop {
            let mut told = std::pin::pin!(self.notify.notified());
            told.as_mut().enable();
            if let Some(found) = look() {
                return found;
            }
            told.await;
        }
    }
}

/// Counts one who waits, until it is dropped.
struct Waiting<'w>(&'w AtomicUsize);

impl<'w> Waiting<'w> {
    fn count(waiting: &'w AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What happens on a connection, for whoever decides how long it is waited for.
///
/// Only the task of the connection writes and reads it, so no order is asked for, and to note something costs a store.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    heard: AtomicBool,
    is_answering: AtomicBool,
    owes: AtomicBool,
    calls: AtomicU32,
}

impl Activity {
    pub(crate) fn hear(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }

    /// Whether a byte has come since this was asked last.
    pub(crate) fn has_heard(&self) -> bool {
        let heard = self.heard.load(Ordering::Relaxed);
        self.heard.store(false, Ordering::Relaxed);
        heard
    }

    /// Notes whether something was written that has not been flushed.
    pub(crate) fn owe(&self, owes: bool) {
        self.owes.store(owes, Ordering::Relaxed);
    }

    pub(crate) fn begin_call(&self) {
        self.calls.store(self.calls().wrapping_add(1), Ordering::Relaxed);
        self.is_answering.store(true, Ordering::Relaxed);
    }

    pub(crate) fn end_call(&self) {
        self.is_answering.store(false, Ordering::Relaxed);
    }

    /// How many calls have begun.
    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether a call is under way, or its answer is left to be written.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_answering.load(Ordering::Relaxed) || self.owes.load(Ordering::Relaxed)
    }
}

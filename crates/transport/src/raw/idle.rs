use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::raw::connection::Connection;

/// The connections that wait for the next call, the latest used last.
pub(crate) struct Idle(Mutex<Vec<Kept>>);

struct Kept {
    since: Instant,
    connection: Box<Connection>,
}

impl Idle {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The connection of this runtime that was used last, as the server is the least likely to have closed it. Those that
    /// have waited for longer than `timeout` go.
    pub(crate) fn take(&self, now: Instant, timeout: Duration) -> Option<Box<Connection>> {
        let mut list = self.list();
        let fresh = list.iter().position(|kept| now.duration_since(kept.since) <= timeout);
        let old = fresh.unwrap_or(list.len());
        list.drain(..old);
        if list.is_empty() {
            return None;
        }
        let runtime = Handle::current().id();
        let at = list.iter().rposition(|kept| kept.connection.runtime() == runtime)?;
        Some(list.remove(at).connection)
    }

    /// Keeps a connection; where there are `most` already, the one that was used longest ago goes.
    pub(crate) fn keep(&self, now: Instant, connection: Box<Connection>, most: usize) {
        let kept = Kept { since: now, connection };
        let mut list = self.list();
        list.push(kept);
        let surplus = list.len().saturating_sub(most);
        list.drain(..surplus);
    }

    fn list(&self) -> MutexGuard<'_, Vec<Kept>> {
        // The list is whole after each of its operations, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

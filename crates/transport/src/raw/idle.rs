use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::raw::connection::Connection;

/// The connections that wait for the next call, the latest used last.
pub(crate) struct Idle(Mutex<Vec<Connection>>);

impl Idle {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The connection that was used last: the server is the least likely to have closed it.
    pub(crate) fn take(&self) -> Option<Connection> {
        self.list().pop()
    }

    /// Keeps a connection; where there are `most` already, the one that was used longest ago goes.
    pub(crate) fn keep(&self, connection: Connection, most: usize) {
        let mut list = self.list();
        list.push(connection);
        let surplus = list.len().saturating_sub(most);
        list.drain(..surplus);
    }

    fn list(&self) -> MutexGuard<'_, Vec<Connection>> {
        // The list is whole after each of its operations, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

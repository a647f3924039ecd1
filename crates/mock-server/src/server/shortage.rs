use std::io;
use std::time::Duration;

/// How long to wait after an error of `accept` that is not about one connection, such as too many open files.
const BACK_OFF: Duration = Duration::from_millis(50);

/// A time in which no connection can be accepted, such as while too many files are open. It is logged when it begins, and when it is
/// over; not at each try.
#[derive(Debug, Default)]
pub(super) struct Shortage {
    tries: u64,
}

impl Shortage {
    /// A connection was accepted.
    pub(super) fn end(&mut self) {
        if self.tries > 0 {
            tracing::warn!(tries = self.tries, "connections are accepted again");
            self.tries = 0;
        }
    }

    /// Waits for a while, unless the error is over with the one connection that it is about.
    pub(super) async fn wait(&mut self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
            return;
        }
        if self.tries == 0 {
            tracing::warn!(%error, "cannot accept a connection; trying on");
        }
        self.tries += 1;
        tokio::time::sleep(BACK_OFF).await;
    }
}

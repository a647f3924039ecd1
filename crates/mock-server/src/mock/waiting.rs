use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::MockServer;
use crate::verify::{Verification, Verified};

impl MockServer {
    /// Waits until the calls are as the verification says, at any instance or none; it looks after each call, and does not
    /// poll. The time limit is one of the real clock, also where a test stops that of its runtime.
    ///
    /// # Panics
    ///
    /// If they are not so in time, with the explanation.
    pub async fn wait_for(&self, verification: Verification, limit: Duration) {
        let (verified, told) = oneshot::channel();
        self.wait(verification, limit, verified);
        enough(told.await.ok().as_ref(), limit);
    }

    /// The same for tests that are not async.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use greenapi_mock_server::{CallPattern, MockServer, Times, Verification};
    ///
    /// let server = MockServer::start_blocking();
    /// let address = server.url().trim_start_matches("http://");
    /// std::thread::scope(|scope| {
    ///     // The client under test calls when it likes.
    ///     scope.spawn(|| {
    ///         use std::io::Write;
    ///         let mut stream = std::net::TcpStream::connect(address)?;
    ///         stream.write_all(b"GET /waInstance7103000001/createGroup/any-token HTTP/1.1\r\nHost: localhost\r\n\r\n")
    ///     });
    ///     let one_call = Verification::of(CallPattern::any().instance(7103000001), Times::exactly(1));
    ///     server.wait_for_blocking(one_call, Duration::from_secs(20));
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// As for [`wait_for`](Self::wait_for); and in async code, where what is waited for might never come.
    #[track_caller]
    pub fn wait_for_blocking(&self, verification: Verification, limit: Duration) {
        let (verified, told) = oneshot::channel();
        self.wait(verification, limit, verified);
        enough(told.blocking_recv().ok().as_ref(), limit);
    }

    /// Waits on the runtime of the server, whose clock nobody stops.
    fn wait(&self, verification: Verification, limit: Duration, verified: oneshot::Sender<Verified>) {
        let emulation = Arc::clone(&self.emulation);
        self.thread.spawn(async move {
            let look = || verification.verify(&emulation.all_calls());
            let holds = emulation.recorded().until(|| Some(look()).filter(Verified::holds));
            let result = tokio::time::timeout(limit, holds).await.unwrap_or_else(|_| look());
            // Nobody waits any more.
            let _ = verified.send(result);
        });
    }
}

#[track_caller]
fn enough(verified: Option<&Verified>, limit: Duration) {
    match verified.map(Verified::explanation) {
        Some(None) => {}
        Some(Some(explanation)) => panic!("after {limit:?}: {explanation}"),
        None => panic!("the server ended while it was waited for"),
    }
}

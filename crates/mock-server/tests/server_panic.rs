//! A panic of the server is a failure of the test. This is alone in its file, as the log of one thread can be cut off by the
//! tests beside it (tokio-rs/tracing, issue 3611).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::panic::catch_unwind;

use greenapi_mock_server::MockServer;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What logs by this panics in the middle of an answer.
struct BrokenLog;

impl Subscriber for BrokenLog {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        assert!(!event.metadata().target().ends_with("::service"), "the log is broken");
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_panic_of_the_server_reaches_the_test_when_the_server_is_dropped() {
    let panic = catch_unwind(|| {
        // The server logs by what the test logs by.
        let _log = tracing::subscriber::set_default(BrokenLog);
        let server = MockServer::start_blocking();
        for _ in 0..2 {
            // The connection ends without an answer, and the server goes on.
            let head = "POST /waInstance7/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\n\r\n";
            assert_eq!(support::exchange(server.url(), head.as_bytes()), "");
        }
        assert_eq!(server.requests().len(), 2);
    });
    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"the log is broken"));
}

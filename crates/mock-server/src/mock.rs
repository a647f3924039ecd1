//! The endpoint as a fixture of a test: started in the process, verified when it goes.
#![allow(clippy::panic)] // A fixture that cannot do its work is a test that fails, and a test fails by a panic.

mod builder;
mod expectation;
mod injected;
mod instance;
mod thread;
mod waiting;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use greenapi_model::InstanceId;

pub use self::builder::MockServerBuilder;
use self::builder::Serving;
pub use self::expectation::{Expect, Expected};
use self::expectation::{Expectations, Whose};
pub use self::injected::{Injectable, Injected, InjectionGuard};
pub use self::instance::MockInstance;
use self::thread::ServerThread;
use crate::emulation::{Emulation, Scope};
use crate::injection::Injection;
use crate::journal::Entry;
use crate::verify::CallPattern;

/// The endpoint inside a test, on a free port of this machine, with a state of its own.
///
/// It serves in a thread of its own, so a test that blocks does not stop it, and it works alike in a plain `#[test]` and
/// under any runtime. What is [expected](Self::expect) of the calls is verified when it is dropped, at the latest.
///
/// ```
/// use greenapi_mock_server::{CallPattern, MockServer};
/// # use std::io::{Read, Write};
/// # fn create_group(url: &str) {
/// #     let mut stream = std::net::TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
/// #     let body = r#"{"groupName": "Hiking", "phones": [79001234567]}"#;
/// #     let length = body.len();
/// #     write!(
/// #         stream,
/// #         "POST /waInstance7103000001/createGroup/any-token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
/// #          Content-Length: {length}\r\n\r\n{body}"
/// #     )
/// #     .unwrap();
/// #     stream.read_to_end(&mut Vec::new()).unwrap();
/// # }
///
/// let server = MockServer::start_blocking();
/// let instance = server.instance(7103000001);
/// instance.script(["starting", "ok"]);
/// instance.expect(CallPattern::created()).exactly(1);
/// instance.expect(CallPattern::any().outcome("instance-starting")).exactly(1).and_nothing_else();
///
/// create_group(server.url()); // A client of yours: it is told that the instance is starting,
/// create_group(server.url()); // and comes again.
/// // Here the server is dropped, and panics if anything else came.
/// ```
///
/// # Panics
///
/// A method panics where a test is wrong, with the line of the test: a text that is no step or no fault, a pattern with a
/// name that the contract does not have. Dropping it panics if the calls are not as expected, or if the server did; not if
/// the thread is panicking already, as that is then what the test fails by.
#[must_use = "the server stops when this is dropped"]
pub struct MockServer {
    emulation: Arc<Emulation>,
    thread: ServerThread,
    expectations: Mutex<Expectations>,
}

impl MockServer {
    /// Starts a server for the default contract, with the default settings. It is there as soon as this is called, before
    /// anything is awaited.
    ///
    /// # Panics
    ///
    /// If the system has no port or no thread for it.
    #[track_caller]
    pub fn start() -> impl Future<Output = Self> + Send {
        Self::builder().start()
    }

    /// The same for tests that are not async. It may be called anywhere.
    ///
    /// # Panics
    ///
    /// As for [`start`](Self::start).
    #[track_caller]
    pub fn start_blocking() -> Self {
        Self::builder().start_blocking()
    }

    /// For another contract, other settings, instances that are there from the start, or `https`.
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder::default()
    }

    fn serve(emulation: Emulation, serving: Serving) -> std::io::Result<Self> {
        let emulation = Arc::new(emulation);
        let thread = ServerThread::start(Arc::clone(&emulation), serving)?;
        Ok(Self { emulation, thread, expectations: Mutex::default() })
    }

    /// Where the server is reached, such as `http://127.0.0.1:43210`.
    #[must_use]
    pub fn url(&self) -> &str {
        self.thread.url()
    }

    /// What the server answers by.
    #[must_use]
    pub fn emulation(&self) -> &Arc<Emulation> {
        &self.emulation
    }

    /// A handle to one instance. It need not be there: it is made when it is called or steered.
    pub fn instance(&self, id: impl Into<InstanceId>) -> MockInstance<'_> {
        MockInstance::new(self, id.into())
    }

    /// A fault from its text, to say for how many calls or with which probability it is to be switched on.
    ///
    /// ```
    /// use greenapi_mock_server::MockServer;
    ///
    /// let server = MockServer::start_blocking();
    /// server.instance(1101000001).inject(server.fault("wire.latency=50ms").calls(2));
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no such fault.
    #[track_caller]
    pub fn fault(&self, text: &str) -> Injection {
        orderly(text.injection(&self.emulation))
    }

    /// Switches a fault on for all instances, and for calls to none.
    ///
    /// # Panics
    ///
    /// If there is no such fault, or there are too many switched on.
    #[track_caller]
    pub fn inject_everywhere(&self, fault: impl Injectable) -> Injected {
        Injected::inject(&self.emulation, Scope::Everywhere, fault)
    }

    /// The calls that came and are kept, to any instance or to none, in the order in which they were decided.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<Entry>> {
        self.emulation.all_calls().kept
    }

    /// How many older calls are not kept any more.
    #[must_use]
    pub fn calls_dropped(&self) -> u64 {
        self.emulation.all_calls().dropped
    }

    /// Expects calls like this, to any instance or to none. How many is said next.
    ///
    /// ```should_panic
    /// use greenapi_mock_server::{CallPattern, MockServer};
    ///
    /// let server = MockServer::start_blocking();
    /// server.expect(CallPattern::created()).at_least(1);
    /// server.verify(); // Panics, as nobody called.
    /// ```
    ///
    /// # Panics
    ///
    /// If the pattern has a name that the contract does not have, so that no call could ever be like it.
    #[track_caller]
    pub fn expect(&self, pattern: CallPattern) -> Expect<'_> {
        Expect::new(self, Whose::All, pattern)
    }

    /// Expects a call like each of these, in this order. Others may come between them.
    ///
    /// ```should_panic
    /// use greenapi_mock_server::{CallPattern, MockServer};
    ///
    /// let server = MockServer::start_blocking();
    /// server.expect_in_order([CallPattern::any().outcome("instance-starting"), CallPattern::created()]);
    /// drop(server); // Panics, as nobody called.
    /// ```
    ///
    /// # Panics
    ///
    /// As for [`expect`](Self::expect).
    #[track_caller]
    pub fn expect_in_order(&self, patterns: impl IntoIterator<Item = CallPattern>) -> Expected<'_> {
        Expected::in_order(self, Whose::All, patterns)
    }

    /// Verifies now what is expected of the calls. It is verified once more when the server is dropped.
    ///
    /// # Panics
    ///
    /// If something does not hold, with the calls that did come. It is not reported again on drop.
    #[track_caller]
    pub fn verify(&self) {
        let failure = self.expectations().take_failure(&self.emulation);
        if let Some(report) = failure {
            panic!("{report}");
        }
    }

    /// Puts everything back to how it was at the start, [`Emulation::reset`], and forgets what was expected: what is to be
    /// verified is [verified](Self::verify) before.
    pub fn reset(&self) {
        self.emulation.reset();
        *self.expectations() = Expectations::default();
    }

    fn expectations(&self) -> MutexGuard<'_, Expectations> {
        self.expectations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The value, or a panic at the line of the test.
#[track_caller]
fn orderly<T, E: fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MockServer").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        let ended = self.thread.stop();
        if std::thread::panicking() {
            return;
        }
        if let Err(panic) = ended {
            std::panic::resume_unwind(panic);
        }
        self.verify();
    }
}

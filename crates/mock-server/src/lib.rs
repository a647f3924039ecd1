//! An endpoint that behaves like GREEN-API's createGroup, for tests and for development without a phone.
//!
//! - [`Emulation`] is the method with the state of its instances, made from a [`Contract`](greenapi_model::Contract).
//! - [`EmulationService`] is the same as a hyper service, for a server of your own.
//! - [`ControlPlane`] steers it over HTTP, and tells what happened.
//! - [`Server`] puts both behind a socket. The binary `greenapi-mock` is that with a command line.
//! - [`MockServer`] is the fixture of a test: a server in the process that verifies what was expected of the calls.
//! - The feature `wiremock` has the method as a matcher and a responder of the crate of that name.
//!
//! # What decides an answer
//!
//! First the path and the HTTP method, then the size of the body, then the state of the instance and the request, in the
//! order in which the contract lists its errors. Each answer names the clause that promises it ([`Outcome::clause`]).
//!
//! The state belongs to an instance: two test suites that use two ids do not see each other. The [test
//! instances](Emulation::test_instances) are there without any set-up; any other id is an authorized instance, made at its
//! first call. [`Config`] reads further ones, and all that can be set, from a file.
//!
//! Nothing depends on chance or on the time of day unless it is asked for: the seed decides ids and links, and the clock
//! stands still ([`Settings`]).
//!
//! # Limits
//!
//! Instances, kept groups and the size of a body are bounded ([`Settings`], [`Emulation::body_limit`]). The head of a request
//! has 30 seconds and is bounded by hyper's buffer.

mod admin;
mod chance;
mod clock;
mod config;
mod emulation;
mod fault;
mod injection;
mod instance;
mod instances;
mod journal;
mod metrics;
mod mint;
mod mock;
mod outcome;
mod prefer;
mod script;
mod server;
mod service;
mod test_instances;
mod verify;
mod wire;
#[cfg(feature = "wiremock")]
pub mod wiremock;

pub use admin::{BearerToken, ControlPlane, InvalidBearerToken};
pub use clock::{Clock, FixedTime, InvalidTime};
#[cfg(feature = "schemars")]
pub use config::config_schema;
pub use config::{Config, InvalidConfig, InvalidRetryWindow, LogFormat, Problem, RetryWindow, SetUp};
pub use emulation::{Call, Emulation, Scope, Settings, Unemulable, UnknownStep};
pub use fault::{Fault, Faults, KnownFault, UnknownFault};
pub use injection::{Injection, InvalidProbability};
pub use instance::{Behaviour, Groups, InstanceView};
pub use journal::{Calls, Entry, JournalLimits, RecordedBody};
pub use metrics::Metrics;
pub use mock::{
    Expect, Expected, Injectable, Injected, InjectionGuard, MockInstance, MockServer, MockServerBuilder,
};
pub use outcome::{Answer, Ending, Outcome};
pub use script::{Script, Step, Then};
pub use server::{Running, Server};
pub use service::{ConnectionHurt, EmulationService};
pub use test_instances::{TEST_TOKEN, TestInstance};
pub use verify::{CallPattern, InvalidTimes, Times, UnknownName, Verification, Verified};
pub use wire::{Latency, Reset, Wire, WireFault, WireHandle, WireStop};

//! An endpoint that behaves like GREEN-API's createGroup, for tests and for development without a phone.
//!
//! - [`Emulation`] is the method with the state of its instances, made from a [`Contract`](greenapi_model::Contract).
//! - [`EmulationService`] is the same as a hyper service, for a server of your own.
//! - [`ControlPlane`] steers it over HTTP, and tells what happened.
//! - [`Endpoint`] serves any stream with both, such as one in memory.
//! - [`Server`] puts it behind a socket. The binary `greenapi-mock` is that with a command line.
//! - [`MockServer`] is the fixture of a test: a server in the process that verifies what was expected of the calls.
//! - The feature `wiremock` has the method as a matcher and a responder of the crate of that name.
//!
//! # What decides an answer
//!
//! First the path, the HTTP method and the token, then the size of the body, then the state of the instance and the request, in
//! the order in which the contract lists its errors. Each answer names the clause that promises it ([`Outcome::clause`]). A
//! [`Script`], an [`Injection`] of a [`Fault`], or the header `Prefer` say otherwise.
//!
//! The state belongs to an instance: two test suites that use two ids do not see each other. The [test
//! instances](Emulation::test_instances) are there without any set-up; any other id is an authorized instance, made at its
//! first call. [`Config`] reads further ones, and all that can be set, from a file.
//!
//! Nothing depends on chance or on the time of day unless it is asked for: the seed decides ids, links and whether a fault with a
//! probability strikes, and the clock stands still ([`Settings`]). How long an answer takes is real time, and so is the window in
//! which a body that comes again looks like a blind retry.
//!
//! # Limits
//!
//! Instances, kept groups, kept calls and faults that are switched on are bounded by [`Settings`], the size of a body by the contract
//! ([`Emulation::body_limit`]), and what a server bears of its clients by [`Limits`].
//!
//! # Features
//!
//! - `tls`, on by default: `Server::tls`, by rustls with ring.
//! - `wiremock`: the module of that name, for those whose tests use that crate.
//! - `schemars`: the function `config_schema`, the JSON Schema of the configuration file.

mod admin;
mod chance;
mod clock;
mod config;
mod cors;
mod emulation;
mod fault;
mod headers;
mod host;
mod injection;
mod instance;
mod instances;
mod journal;
mod limits;
mod metrics;
mod mint;
mod mock;
mod outcome;
mod prefer;
mod script;
mod server;
mod service;
mod test_instances;
#[cfg(feature = "tls")]
mod tls;
mod verify;
mod wire;
#[cfg(feature = "wiremock")]
pub mod wiremock;

pub use admin::{BearerToken, ControlPlane, InvalidBearerToken};
pub use clock::{Clock, FixedTime, InvalidTime};
#[cfg(feature = "schemars")]
pub use config::config_schema;
pub use config::{Config, InvalidConfig, InvalidPeriod, LogFormat, Period, Problem, SetUp};
pub use cors::{InvalidOrigin, Origin};
pub use emulation::{Call, Emulation, Scope, Settings, Unemulable, UnknownStep};
pub use fault::{Fault, Faults, KnownFault, UnknownFault};
pub use host::{Host, InvalidHost};
pub use injection::{Injection, InvalidProbability};
pub use instance::{Behaviour, Groups, InstanceView};
pub use journal::{Calls, Entry, JournalLimits, RecordedBody};
pub use limits::Limits;
pub use metrics::Metrics;
pub use mock::{
    Expect, Expected, Injectable, Injected, InjectionGuard, MockInstance, MockServer, MockServerBuilder,
};
pub use outcome::{Answer, Ending, Outcome};
pub use script::{Script, Step, Then};
pub use server::{Endpoint, Running, Server};
pub use service::{ConnectionHurt, EmulationService};
pub use test_instances::{TEST_TOKEN, TestInstance};
#[cfg(feature = "tls")]
pub use tls::{InvalidTls, Tls};
pub use verify::{CallPattern, InvalidTimes, Times, UnknownName, Verification, Verified};
pub use wire::{Latency, Reset, Wire, WireFault, WireHandle, WireStop};

/// The README, so that its examples are compiled and run.
#[cfg(all(doctest, feature = "tls"))]
#[doc = include_str!("../README.md")]
struct Readme;

//! Proves whether an endpoint keeps the contract of GREEN-API's createGroup.
//!
//! A [`Target`] is an endpoint at a URL, or a handler in this process. The [`Harness`] makes requests from the contract, sends
//! them, judges the answers, and gives a [`Report`]: for each clause whether it is kept, broken (with the smallest request that
//! shows it) or was not checked (with the reason).
//!
//! ```no_run
//! use greenapi_harness::{Harness, Target};
//!
//! #[tokio::test]
//! async fn my_fake_keeps_the_contract() {
//!     let target = Target::new("http://127.0.0.1:8080", "any-token".parse().unwrap()).unwrap().authorized(1101000001);
//!     Harness::default().run(&target).await.unwrap().assert_kept();
//! }
//! ```
//!
//! Where a clause is broken, the panic's message has its sentence from the contract, the request, the answer, and a line of
//! curl. The same without a socket: [`Target::in_process`] takes a handler.
//!
//! Everything is derived from the contract: an edition, or a contract of your own, needs no other harness.
//!
//! # What is sent
//!
//! The [phases](Phase) send the contract's examples, a table of boundaries for each member, generated requests that keep the
//! contract or break one clause, other content types, sizes, paths and methods, calls in each state of an instance, several calls
//! at once, and what HTTP and JSON allow. Each is a case with an id; the same seed gives the same cases in the same order, and
//! [`Harness::only_case`] sends one of them alone.
//!
//! **A valid request makes a group.** Do not point the harness at the real service without [`Harness::live`].
//!
//! # States
//!
//! What depends on the state of an instance is checked where an instance in that state is named ([`Target::instance`]), or where
//! [`Target::states`] says how to bring one there: by a URL in Pact's shape ([`StatesUrl`]), by a command
//! ([`StatesCommand`]), or by a function. What cannot be set up is "not checked", never "kept".
//!
//! # How much it matters
//!
//! A broken clause is a failure where it is documented, and a warning where it is observed or assumed, unless the run is
//! [strict](Harness::strict). [`AcceptedDeviations`] makes notes of those that are known. Where a valid request is refused that
//! is of a kind of which nothing is known, such as a number that is written `7.9e10`, it is a warning too, whatever the clause.
//!
//! # Features
//!
//! - `cli`: what the binary `greenapi-contract` needs. On by default.
//! - `schemars`: `report_schema`, the JSON Schema of [`Report::to_json`].
//!
//! # Secrets
//!
//! The token stands in no report, no snapshot, no kept failure, no script and no error: its place is taken by `$TOKEN`.

mod case;
mod comparison;
mod editions;
mod endpoint;
mod event;
mod export;
mod gauge;
mod harness;
mod join;
mod json_text;
mod judge;
mod ledger;
mod limits;
mod phase;
mod phases;
mod replay;
mod report;
mod smaller;
mod snapshot;
mod socket;
mod states;
mod target;
mod text;
mod wire;

pub use comparison::{Answers, Comparison};
pub use editions::{Change, ChangeKind, Difference, Side, Statement, compare_editions};
pub use endpoint::{Answering, Endpoint, EndpointError};
pub use event::{Event, Observe};
pub use export::pact;
pub use harness::Harness;
pub use limits::Live;
pub use phase::Phase;
pub use replay::Replay;
#[cfg(feature = "schemars")]
pub use report::report_schema;
pub use report::{
    Accepted, AcceptedDeviations, Agreement, ClauseResult, Counterexample, Coverage, Deviation,
    DeviationFound, Report, RunTimings, Severity, Summary, Verdict,
};
pub use snapshot::{Exchange, assert_snapshots};
pub use states::{SetState, StateChange, StateSet, StatesCommand, StatesUrl};
pub use target::{Target, TargetError};

/// The README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! Proves whether an endpoint keeps the contract of GREEN-API's createGroup.
//!
//! A [`Target`] is known by its URL alone. The [`Harness`] generates requests from the contract, sends them, judges the
//! answers, and gives a [`Report`]: for each clause whether it is kept, broken (with the smallest request that shows it) or
//! was not checked (with the reason).
//!
//! ```no_run
//! use greenapi_harness::{Harness, Target};
//! use greenapi_model::{Contract, InstanceState};
//!
//! let target = Target::new("http://127.0.0.1:8080", "any-token".parse()?)?
//!     .instance(InstanceState::Authorized, 1101000001.into())
//!     .instance(InstanceState::Starting, 1101000002.into());
//! let report = Harness::new(Contract::default()).seed(7).run(&target)?;
//! print!("{report}");
//! assert!(report.is_kept());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What depends on an instance, on its state ([`Target::instance`]) or on its token ([`Target::other_token`]), is checked where
//! such an instance is named; else the report says that it was not.
//!
//! Everything is derived from the contract: an edition, or a contract of your own, needs no other harness.
//!
//! # What is sent
//!
//! Each case is one HTTP request; a valid one on an authorized instance makes a group. **Do not point the harness at the
//! real service:** it sends some thousands of them.
//!
//! The same seed gives the same cases in the same order.
//!
//! # Secrets
//!
//! The token stands in no report, no snapshot and no error: its place is taken by `$TOKEN`.

mod case;
mod editions;
mod export;
mod gauge;
mod harness;
mod judge;
mod ledger;
mod phases;
mod report;
mod snapshot;
mod target;

pub use editions::{Change, ChangeKind, Difference, Side, Statement, compare_editions};
pub use export::pact;
pub use harness::{Event, Harness};
pub use report::{Agreement, ClauseResult, Counterexample, Report, Verdict};
pub use snapshot::{Exchange, assert_snapshots};
pub use target::{Target, TargetError};

//! Raw bytes on a socket, right and wrong: each row says what has to come back, and by which section of an RFC or clause of the
//! contract. `docs/robustness.md` sums the table up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod any_bytes;
mod bodies;
mod encodings;
mod exchange;
mod framing;
mod methods;
mod paths;
mod row;
#[path = "../support/mod.rs"]
mod support;

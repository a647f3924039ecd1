//! The typed client against wiremock, and against sockets that say what they are told.

#![allow(clippy::unwrap_used, reason = "clippy sees a test in a test function only, not in what it calls")]

mod answers;
#[cfg(feature = "blocking")]
mod blocking;
mod building;
mod cancellation;
mod given;
mod promises;
mod retries;
#[path = "../raw/server.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod server;
mod wire;

//! The raw layer against sockets that say what they are told, and against wiremock.

#![allow(clippy::unwrap_used, reason = "clippy sees a test in a test function only, not in what it calls")]

mod against_wiremock;
mod connections;
mod secrecy;
#[allow(dead_code, reason = "each target uses a part of it")]
mod server;
mod shown;
mod wire;

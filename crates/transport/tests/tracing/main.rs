//! What a client says of its calls by `tracing`, and that nothing of it holds the token.

#![allow(clippy::unwrap_used, reason = "clippy sees a test in a test function only, not in what it calls")]

#[path = "../client/given.rs"]
#[allow(dead_code, reason = "the other tests need the rest of it")]
mod given;
mod lines;
mod secrecy;
#[path = "../raw/server.rs"]
#[allow(dead_code, reason = "the other tests need the rest of it")]
mod server;
#[path = "../raw/shown.rs"]
mod shown;
mod spans;

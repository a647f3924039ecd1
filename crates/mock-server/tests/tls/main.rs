//! A server that speaks `https`, as clients see it: whom they trust, what faults look like, and what holds nobody up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod certificates;
mod faults;
mod fixture;
mod handshake;
mod in_process;

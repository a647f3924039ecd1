//! The control plane over a socket: every route, every error, and that its OpenAPI document is true.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod access;
mod contract;
mod document;
mod endpoint;
mod faults;
mod fixture;
mod instances;
mod journal;
mod patterns;
mod provider_states;
mod verify;

//! What the fuzz targets assert, as functions of any bytes that panic where a property is broken.
//!
//! - [`request`]: the readers of the model, on a body and a path.
//! - [`service`]: the mock as a whole, on the bytes of a connection.
//! - [`agreement`]: the three readers of the contract, on one body.
//!
//! Each is a binary of libFuzzer in `fuzz_targets/`. `cargo xtask fuzz --help` teaches how to run them, `docs/robustness.md` says
//! what they have seen.

#![allow(clippy::missing_panics_doc)] // To panic is what they are for.

mod agreement;
mod exchange;
mod log;
mod plant;
mod request;
mod service;

pub use agreement::agreement;
pub use request::request;
pub use service::service;

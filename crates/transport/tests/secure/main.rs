//! Both clients over TLS, through proxies, and where there is no way to the service.

#![allow(clippy::unwrap_used, reason = "clippy sees a test in a test function only, not in what it calls")]

mod calls;
mod certificates;
mod environment;
mod handshake;
mod kept;
mod proxy;
#[path = "../raw/server.rs"]
#[allow(dead_code, reason = "each target uses a part of it")]
mod server;
mod service;
#[path = "../raw/shown.rs"]
mod shown;
mod trust;

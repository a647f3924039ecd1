pub(crate) mod base;
pub(crate) mod client;
pub(crate) mod connection;
pub(crate) mod error;
pub(crate) mod idle;
pub(crate) mod request;
pub(crate) mod response;

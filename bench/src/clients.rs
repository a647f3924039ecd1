//! The clients that are compared. Each does the same for a call: it writes the request as JSON, posts it with the same
//! headers to the same path, reads the status and the whole body, and takes the group from it.

pub(crate) mod bare;
pub(crate) mod ours;
mod plain;
pub(crate) mod reqwest;

use greenapi_model::{ApiToken, Contract, InstanceId};

use crate::Failure;

/// The group that each call makes.
const NAME: &str = "Hiking on Sunday";
const PHONES: [u64; 2] = [79_001_234_567, 79_001_234_568];

const MEDIA_TYPE: &str = "application/json";
const AGENT: &str = "client-bench";

/// A client that makes one call after another. Those that call at the same time are a client each.
pub(crate) trait Client: Send + Sized + 'static {
    /// As many clients as call at the same time, sharing what the kind of client shares.
    fn several(endpoint: &Endpoint, count: usize) -> impl Future<Output = Result<Vec<Self>, Failure>> + Send;

    /// Makes a group. That the service says it made none is a failure.
    fn call(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Where the calls go.
pub(crate) struct Endpoint {
    /// Scheme, host and port.
    base: String,
    instance: InstanceId,
    token: ApiToken,
}

impl Endpoint {
    pub(crate) fn new(base: &str) -> Result<Self, Failure> {
        let (instance, token) = (InstanceId::new(1_101_000_001), "any-token-will-do".parse()?);
        Ok(Self { base: base.to_owned(), instance, token })
    }

    /// Host and port.
    fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    fn path(&self) -> String {
        Contract::default().path(self.instance, &self.token)
    }
}

/// What is wrong where an answer is read well and makes no sense.
fn check(status: http::StatusCode, created: bool) -> Result<(), Failure> {
    if status == http::StatusCode::OK && created {
        Ok(())
    } else {
        Err(format!("an answer with status {status} and created: {created}").into())
    }
}

#[cfg(test)]
mod tests;

//! Sends HTTP requests to a service whose method must not be called twice, and whose token stands in the path.
//!
//! [`RawClient`] is the raw layer: it sends any request over a kept connection and gives back what came, without a
//! judgement. It knows nothing of createGroup.
//!
//! ```
//! use greenapi_transport::{RawClient, RawRequest};
//! use http::{Method, StatusCode};
//! use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start().await;
//! Mock::given(method("POST")).respond_with(ResponseTemplate::new(200).set_body_string("{}")).mount(&server).await;
//!
//! let client = RawClient::new(&server.uri())?;
//! let request = RawRequest::new(Method::POST, "/waInstance1101000001/createGroup/token")
//!     .header("content-type", "application/json")
//!     .body(r#"{"groupName":"Hiking","phones":[79001234567]}"#);
//! let response = client.send(&request).await?;
//! assert_eq!(response.status, StatusCode::OK);
//! assert_eq!(response.body, "{}");
//! # Ok(())
//! # }
//! ```
//!
//! # A request is sent at most once
//!
//! A call makes a real group, so this crate never repeats a request that may have reached the service. A kept
//! connection that is found closed before anything was written to it is replaced by a new one; every other failure is
//! an error of the call, and [`RawError::may_have_reached`] says whether the group may exist.
//!
//! # Cancellation
//!
//! Dropping the future of [`RawClient::send`] closes the connection of that call at once and touches no other. The
//! request may have reached the service by then, in whole or in part: treat it as an error for which
//! `may_have_reached` is true. The client stays usable. No task runs in the background: a connection lives in the
//! future of its call, and lies still between two calls.
//!
//! # Secrets
//!
//! The token is a part of the path, and the service's error bodies echo the path. So no `Debug` or `Display` of this
//! crate, nor that of any error's source, holds a path, a header's value or a body. The fields of [`RawResponse`] are
//! the response itself: whoever prints them prints what the service sent.

#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod clock;
mod decode;
mod error;
mod raw;
mod retry;
mod trace;

pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use error::{Error, ErrorKind, Quota};
pub use raw::client::RawClient;
pub use raw::error::RawError;
pub use raw::phase::Phase;
pub use raw::proxy::Proxy;
pub use raw::request::RawRequest;
pub use raw::response::RawResponse;
pub use raw::timings::Timings;
#[cfg(feature = "tls")]
pub use raw::tls::Tls;
pub use retry::RetryPolicy;

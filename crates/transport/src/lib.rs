//! A client of GREEN-API's createGroup, whose method must not be called twice, and whose token stands in the path.
//!
//! [`Client`] is the typed layer: one call gives a group, or an [`Error`] that says whether the group may exist.
//!
//! ```no_run
//! use greenapi_model::CreateGroup;
//! use greenapi_transport::Client;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder(1101000001, "any-token".parse()?).api_url("http://127.0.0.1:8080").build()?;
//! let request = CreateGroup::named("Hiking on Sunday").phone(79001234567);
//! match client.create_group(&request).await {
//!     Ok(group) => println!("{} {}", group.chat_id(), group.group_invite_link()),
//!     Err(error) if error.is_ambiguous() => println!("look whether the group is there: {error}"),
//!     Err(error) => println!("no group was made: {error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`RawClient`] is the raw layer below it: it sends any request over a kept connection and gives back what came, with its
//! times and without a judgement. It knows nothing of createGroup.
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
//! an error, and [`Error::is_ambiguous`] or [`RawError::may_have_reached`] says whether the group may exist. What a
//! [`RetryPolicy`] makes again certainly made no group; the one exception is named
//! [`even_if_two_groups`](RetryPolicy::even_if_two_groups).
//!
//! # Cancellation
//!
//! Dropping the future of a call closes the connection of that call at once and touches no other. The request may have
//! reached the service by then, in whole or in part: treat it as an error that is ambiguous. The client stays usable.
//! No task runs in the background: a connection lives in the future of its call, and lies still between two calls.
//!
//! # Secrets
//!
//! The token is a part of the path, and the service's error bodies echo the path. So no `Debug` or `Display` of this
//! crate, nor that of any error's source, nor a span or an event, holds a path, a header's value or a body. The fields of
//! [`RawResponse`] are the response itself: whoever prints them prints what the service sent.
//!
//! # Features
//!
//! - `tls`, on by default: `https`, by rustls with ring, and the certificates of the platform.
//! - `webpki-roots`: `Tls::webpki_roots`, Mozilla's certificates instead.
//! - `tracing`: a span a call and one a request, with the fields of OpenTelemetry's conventions for HTTP clients; the path is
//!   its template. An event where a call waits to be made again.
//! - `blocking`: the module `blocking`, for programs that are not async.

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

/// The README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

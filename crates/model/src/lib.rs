//! GREEN-API's createGroup as a machine-readable contract, and the types that go with it.
//!
//! GREEN-API is a WhatsApp gateway; createGroup makes a WhatsApp group. This crate holds what is known of the method as
//! one OpenAPI document per [`Edition`], and reads from it, at run time, all that it does:
//!
//! - [`Contract::request`], [`Contract::response`] and [`Contract::error`] read a body and say which clauses it breaks,
//!   and where;
//! - [`Contract::clauses`] lists the promises, each with a stable id and how it is known;
//! - [`Contract::errors`] lists the errors, and when each is the answer; [`Contract::possible_answers`] lists what else the
//!   service may answer;
//! - [`Contract::content_faults`] lists the ways to break each promise, for an endpoint that does so on demand;
//! - [`Contract::json_schema`] and [`Contract::document`] give the same to other tools.
//!
//! ```
//! use greenapi_model::{Contract, CreateGroup};
//!
//! let request = CreateGroup::named("Hiking on Sunday").phone(79001234567);
//! let body = serde_json::to_vec(&request)?;
//! assert_eq!(Contract::default().request(&body), Ok(request));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Where the facts come from
//!
//! The default edition is GREEN-API's own page of 2020-06-29. What that page says is [`Evidence::Documented`]; what is
//! known from later pages, recorded answers and official clients is [`Evidence::Observed`]; where nothing is known, the
//! choice is [`Evidence::Assumed`]. Each clause says which it is.
//!
//! # Features
//!
//! - `schemars`: [`CreateGroup`], [`Group`], [`ApiError`] and the ids implement `schemars::JsonSchema`. That schema has
//!   the structure (names, types, what is required); limits are in the contract's own.
//! - `proptest`: the module `strategy`, for tests of your own.
//!
//! A build in which `serde_json` has its feature `arbitrary_precision` is not supported: numbers then come as something
//! else than numbers.
//!
//! # Known differences of JSON itself
//!
//! A body is what `serde_json` reads into a `Value`. Where other readers of JSON differ from that, so do they from this
//! crate: a lone surrogate (`"\ud800"`), a number beyond the range of a double (`1e400`) and 128 or more levels of nesting are
//! refused wherever they stand; of a repeated key the last one counts; a fraction that a double cannot tell from an
//! integer is none.
//!
//! One difference is of patterns: to Python's validators `$` also matches before a line feed that ends the text, so that they
//! accept a group's id with one behind it. ECMA-262 and this crate do not.

mod answer;
mod api_error;
mod clause;
mod content_fault;
mod contract;
mod contract_error;
mod document;
mod edition;
mod fields;
mod ids;
mod json_schema;
mod operation;
mod pattern;
mod pointer;
mod possible;
mod reader;
mod request;
mod response;
mod route;
mod rules;
mod schema;
mod shape;
mod state;
#[cfg(feature = "proptest")]
pub mod strategy;
mod variation;
mod violation;

pub use answer::{Condition, ErrorCase, Example, PlainAnswer, Repeat};
pub use api_error::{ApiError, ApiErrorKind};
pub use clause::{Clause, Evidence, Part};
pub use content_fault::{AnswerKind, AnswerParts, ContentFault, RequestParts, Way};
pub use contract::{Body, Contract};
pub use contract_error::ContractError;
pub use edition::{Edition, UnknownEdition};
pub use ids::{
    ApiToken, ChatId, ChatKind, InstanceId, InvalidApiToken, InvalidInstanceId, InviteLink, Phone,
};
pub use pointer::Pointer;
pub use possible::PossibleAnswer;
pub use request::{CreateGroup, NoParticipant, Unpeopled};
pub use response::Group;
pub use route::Address;
pub use state::InstanceState;
pub use violation::{Violation, Violations};

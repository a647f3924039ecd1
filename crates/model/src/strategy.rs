//! Generators for property tests: requests that keep the contract, requests that break one clause of it, responses.
//!
//! Everything is derived from the contract, so a limit that is changed there is changed here. Each generator shrinks. Some of
//! them filter, so a run of more than some ten thousand cases wants a higher `max_local_rejects` in proptest's configuration.
//!
//! ```
//! use greenapi_model::{Contract, strategy};
//! use proptest::prelude::*;
//!
//! let contract = Contract::default();
//! let name_is_required = contract.clause("request.groupName.required").unwrap();
//! proptest!(|(
//!     request in strategy::request(&contract),
//!     nameless in strategy::breaking(&contract, name_is_required).unwrap(),
//! )| {
//!     // Give both to the code under test. Here, to the contract itself:
//!     prop_assert!(contract.request(&serde_json::to_vec(&request)?).is_ok());
//!     let violations = contract.request(nameless.as_bytes()).unwrap_err();
//!     prop_assert_eq!(violations.first().clause().id(), "request.groupName.required");
//! });
//! ```

mod breaking;
mod json;
mod object;
mod path;
mod spelling;
mod value;

use std::fmt;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub use breaking::breaking;
pub use json::any_json;
pub use path::{breaking_path, path};

use crate::contract::{Body, Contract};
use crate::request::CreateGroup;
use crate::response::Group;

/// The bytes of a body, which need not be JSON. `Debug` shows them as text, with what is not printable escaped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawBody(Vec<u8>);

impl RawBody {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, given away.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "b\"{}\"", self.0.escape_ascii())
    }
}

/// Requests that keep the contract.
pub fn request(contract: &Contract) -> BoxedStrategy<CreateGroup> {
    let reader = contract.clone();
    object::valid(&contract.rules(Body::Request).object)
        .prop_filter_map("the contract reads what it generates", move |value| {
            reader.request(value.to_string().as_bytes()).ok()
        })
        .boxed()
}

/// Responses that keep the contract: mostly of a group that was made.
pub fn response(contract: &Contract) -> BoxedStrategy<Group> {
    let reader = contract.clone();
    object::valid(&contract.rules(Body::Response).object)
        .prop_filter_map("the contract reads what it generates", move |value| {
            reader.response(value.to_string().as_bytes()).ok()
        })
        .boxed()
}

/// Bodies that keep the contract, in all the spellings that JSON has for them: white space, escapes, `7.9e10` for an
/// integer, members in any order, repeated keys of which the last one counts, members that the contract does not name.
pub fn valid(contract: &Contract, body: Body) -> BoxedStrategy<RawBody> {
    spelling::spelled(object::valid(&contract.rules(body).object))
}

/// Any JSON at all, most of it near to what the contract asks for: the right names with wrong values, right ones, and none.
pub fn any(contract: &Contract, body: Body) -> BoxedStrategy<RawBody> {
    let rules = &contract.rules(body).object;
    spelling::spelled(
        prop_oneof![
            1 => any_json(),
            2 => object::valid(rules),
            2 => object::loose(rules),
            4 => object::near(rules),
        ]
        .boxed(),
    )
}

/// After so many candidates of which none will do, there is none.
const TRIES: u32 = 10_000;

/// The strategy, or `None` if its filters let nothing through.
fn that_finds<T: fmt::Debug>(strategy: BoxedStrategy<T>) -> Option<BoxedStrategy<T>> {
    let few = Config { max_local_rejects: TRIES, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(few, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    strategy.new_tree(&mut runner).is_ok().then_some(strategy)
}

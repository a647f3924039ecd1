use greenapi_model::{InstanceId, InstanceState};

use crate::instance::Behaviour;

/// An instance that is there without any set-up: a client only has to pick its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestInstance {
    /// The id to call.
    pub id: InstanceId,
    /// How it behaves.
    pub behaviour: Behaviour,
    /// The same in words, to follow "is": "authorized".
    pub summary: &'static str,
}

/// The test instances of every emulation, in the manner of a payment provider's test cards. Any token will do.
#[must_use]
pub fn test_instances() -> Vec<TestInstance> {
    let starting = Behaviour::of(InstanceState::Starting);
    let authorized = Behaviour::of(InstanceState::Authorized);
    let starting_twice = authorized.clone().after(2, InstanceState::Starting);
    [
        (1_101_000_001, authorized, "authorized"),
        (1_101_000_002, starting, "starting"),
        (1_101_000_003, Behaviour::of(InstanceState::NotAuthorized), "not authorized"),
        (1_101_000_004, starting_twice, "starting for its first two calls, then authorized"),
    ]
    .map(|(id, behaviour, summary)| TestInstance { id: InstanceId::new(id), behaviour, summary })
    .into()
}

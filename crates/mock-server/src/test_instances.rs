use greenapi_model::{InstanceId, InstanceState};

use crate::emulation::Emulation;
use crate::injection::Injection;
use crate::instance::Behaviour;
use crate::script::{Script, Step};

/// An instance that is there without any set-up: a client only has to pick its id.
#[derive(Clone, Debug, PartialEq)]
pub struct TestInstance {
    /// The id to call.
    pub id: InstanceId,
    /// How it behaves.
    pub behaviour: Behaviour,
    /// The same in words, to follow "is": "authorized".
    pub summary: &'static str,
}

impl TestInstance {
    /// Whether it is in its state at each call, and nothing else is special about it.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let behaviour = &self.behaviour;
        behaviour.steps().is_empty() && behaviour.faults().is_empty() && !behaviour.minds_token()
    }

    /// Whether it is starting at first, and authorized after some calls.
    #[must_use]
    pub fn is_recovering(&self) -> bool {
        let starting = |step: &Step| matches!(step, Step::State(InstanceState::Starting));
        !self.behaviour.steps().is_empty() && self.behaviour.steps().steps().all(starting)
    }
}

/// The token of the test instance that minds it.
pub const TEST_TOKEN: &str = "the-one-token-of-1101000005";

/// What is special about a test instance.
enum Special {
    Nothing,
    Steps(&'static [&'static str]),
    Fault(&'static str),
    Token,
}

use Special::{Fault, Nothing, Steps, Token};

const AUTHORIZED: InstanceState = InstanceState::Authorized;

/// In the manner of a payment provider's test cards. A fault has an instance here if a client library can meet it.
const TABLE: [(u64, InstanceState, Special, &str); 25] = [
    (1_101_000_001, AUTHORIZED, Nothing, "authorized"),
    (1_101_000_002, InstanceState::Starting, Nothing, "starting"),
    (1_101_000_003, InstanceState::NotAuthorized, Nothing, "not authorized"),
    (
        1_101_000_004,
        AUTHORIZED,
        Steps(&["starting", "starting"]),
        "starting for its first two calls, then authorized",
    ),
    (1_101_000_005, AUTHORIZED, Token, "authorized, and takes the token `the-one-token-of-1101000005` alone"),
    (
        1_101_000_101,
        AUTHORIZED,
        Fault("domain.not-created"),
        "answering 200 with `created: false`, and makes no group",
    ),
    (1_101_000_102, AUTHORIZED, Fault("domain.no-invite-link"), "answering 200 with an empty invite link"),
    (1_101_000_103, AUTHORIZED, Fault("domain.500-but-created"), "answering 500 although it made the group"),
    (1_101_000_104, AUTHORIZED, Fault("domain.too-many-requests"), "answering 429"),
    (1_101_000_105, AUTHORIZED, Fault("domain.quota-exceeded"), "answering 466, its quota exceeded"),
    (
        1_101_000_106,
        AUTHORIZED,
        Fault("domain.rate-overlimit"),
        "answering 500 `rate overlimit`: throttled by WhatsApp",
    ),
    (
        1_101_000_107,
        AUTHORIZED,
        Fault("domain.internal-server-error"),
        "answering 500 `Internal Server Error`",
    ),
    (1_101_000_108, AUTHORIZED, Fault("domain.bad-gateway"), "answering 502 with a page of HTML"),
    (
        1_101_000_109,
        InstanceState::Starting,
        Fault("wire.plain-text-error"),
        "starting, and says so in plain text",
    ),
    (1_101_000_201, AUTHORIZED, Fault("wire.latency"), "answering a second late"),
    (
        1_101_000_202,
        AUTHORIZED,
        Fault("wire.reset-before-response"),
        "resetting the connection before the answer",
    ),
    (
        1_101_000_203,
        AUTHORIZED,
        Fault("wire.reset-inside-response"),
        "resetting the connection inside the answer",
    ),
    (1_101_000_204, AUTHORIZED, Fault("wire.empty-reply"), "closing the connection without an answer"),
    (1_101_000_205, AUTHORIZED, Fault("wire.garbage"), "answering with what is not HTTP"),
    (1_101_000_206, AUTHORIZED, Fault("wire.short-body"), "ending the body before its announced length"),
    (1_101_000_207, AUTHORIZED, Fault("wire.dribble"), "sending the body byte by byte"),
    (1_101_000_208, AUTHORIZED, Fault("wire.no-answer"), "never answering"),
    (
        1_101_000_301,
        AUTHORIZED,
        Steps(&["500-but-created"]),
        "answering its first call with 500 although it made the group",
    ),
    (1_101_000_302, AUTHORIZED, Steps(&["too-many-requests"]), "answering its first call with 429"),
    (
        1_101_000_303,
        AUTHORIZED,
        Steps(&["reset-before-response"]),
        "resetting the connection at its first call, after it made the group",
    ),
];

/// The test instances for which the emulated contract has what they need.
pub(crate) fn of(emulation: &Emulation) -> Vec<TestInstance> {
    TABLE
        .iter()
        .filter_map(|(id, state, special, summary)| {
            let plain = Behaviour::of(state.clone());
            let behaviour = match special {
                Nothing => plain,
                Steps(steps) => {
                    let steps = steps.iter().map(|step| emulation.step(step));
                    plain.script(Script::of(steps.collect::<Result<Vec<_>, _>>().ok()?))
                }
                Fault(fault) => plain.fault(Injection::of(emulation.fault(fault).ok()?)),
                Token => plain.token(TEST_TOKEN.parse().ok()?),
            };
            emulation.check(&behaviour).is_ok().then_some(TestInstance {
                id: InstanceId::new(*id),
                behaviour,
                summary,
            })
        })
        .collect()
}

use greenapi_model::Evidence;

use crate::replay::Replay;
use crate::report::curl;

/// The smallest request that was found to break a clause. The token in it is masked.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Counterexample {
    /// The id of the case, by which it can be sent again alone with the same seed.
    pub case: String,
    /// What was found, in words.
    pub found: String,
    /// How it is known that this breaks the clause: the clause's own evidence, or a weaker one where the request is of a
    /// kind that the contract does not speak of.
    pub evidence: Evidence,
    /// What was expected, in words.
    pub expected: String,
    /// The request as text.
    pub request: String,
    /// The answer as text.
    pub answer: String,
    /// The same request for a machine.
    pub replay: Replay,
    pub(crate) url: String,
}

impl Counterexample {
    /// A script for `sh` that sends the request by curl and prints the answer. It takes the token from the variable `TOKEN`.
    #[must_use]
    pub fn curl(&self) -> String {
        curl::script(&self.url, &self.replay)
    }
}

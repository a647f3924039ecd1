//! Writes the contract for other tools. The document and the JSON Schemas are the [`Contract`]'s own.

mod interaction;
mod rules;

use greenapi_model::{ApiToken, Contract, InstanceId};
use serde_json::{Value, json};

use self::interaction::Interactions;

/// A Pact file of the contract, in version 3 of Pact's specification, which all of its verifiers read.
///
/// It has an interaction for each example of a request, and one for each error that the request or the state of the
/// instance brings about. A wrong token is left out, as no state says what an instance's token is, and so is a body that is
/// too large where the limit is beyond 256 KB. Errors that any request may get are no promises, so they are not here.
///
/// The states are `the instance is authorized`, `the instance is not authorized` and so on, with the parameter
/// `idInstance`; the mock takes them at `/__admin/provider-states`. All calls are to that one instance. The paths hold the
/// token, so it has to be one that is no secret.
///
/// The expected answers are the contract's: statuses, identifiers, media types, required members. What is another one each
/// time has a matching rule, made from the schema.
///
/// A Pact file cannot say all of the contract. Of a schema it has what is required, types and patterns, so not what `anyOf`
/// says, and not that no two answers have the same value; of a request's example it has the JSON without its line ends. It
/// is stricter in one thing: the case of letters in an identifier matters.
///
/// ```
/// use greenapi_harness::pact;
/// use greenapi_model::Contract;
///
/// let file = pact(&Contract::default(), "my-client", "GREEN-API", 1101000001.into(), &"any-token".parse()?);
/// assert_eq!(file["interactions"][0]["response"]["status"], 200);
/// # Ok::<(), greenapi_model::InvalidApiToken>(())
/// ```
#[must_use]
pub fn pact(
    contract: &Contract,
    consumer: &str,
    provider: &str,
    instance: InstanceId,
    token: &ApiToken,
) -> Value {
    json!({
        "consumer": { "name": consumer },
        "provider": { "name": provider },
        "interactions": Interactions::new(contract, instance, token).all(),
        "metadata": {
            "pactSpecification": { "version": "3.0.0" },
            "contract": { "title": contract.title(), "edition": contract.edition() },
        },
    })
}

//! A request and what its answer has to be, as JSON that can be sent again.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use greenapi_model::{Contract, InstanceId, InstanceState};
use serde::{Deserialize, Serialize};

use crate::case::{Case, Expected, Near, Request};
use crate::target::{TOKEN, Target};

/// What stands for the instance in the path of a request that is kept.
const INSTANCE: &str = "$INSTANCE";

/// A request that can be sent again, and what its answer has to be. The token is not in it.
///
/// It reads and writes itself as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replay {
    /// The edition of the contract that it was made from.
    pub(crate) edition: String,
    pub(crate) seed: u64,
    /// The id of the case.
    pub(crate) case: String,
    /// The clause that was broken.
    pub(crate) clause: String,
    pub(crate) instance: u64,
    /// Whether that was the instance of the run, so that it stands for the one of another run.
    pub(crate) own: bool,
    /// The state that the instance has to be in.
    pub(crate) state: String,
    pub(crate) request: KeptRequest,
    pub(crate) expected: KeptExpected,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeptRequest {
    pub(crate) method: String,
    /// Path and query, with `$TOKEN` and `$INSTANCE` in their places.
    pub(crate) target: String,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(flatten)]
    pub(crate) body: KeptBody,
}

/// A body: as text where it is UTF-8.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum KeptBody {
    #[serde(rename = "body")]
    Text(String),
    #[serde(rename = "bodyBase64")]
    Base64(String),
}

/// What the answer has to be, by names of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum KeptExpected {
    /// A group; the request is near to this clause.
    Group { near: Option<String> },
    /// The error of this slug, as the request breaks a clause or for another reason.
    Error { slug: String, breaks: Option<String> },
    /// The answer to this HTTP method.
    Plain { method: String },
}

impl Replay {
    pub(crate) fn of(case: &Case, clause: &str, state: &InstanceState, run: &Run<'_>) -> Self {
        let Run { contract, target, seed, instance } = run;
        let request = &case.request;
        let body = match std::str::from_utf8(&request.body) {
            Ok(text) => KeptBody::Text(text.to_owned()),
            Err(_) => KeptBody::Base64(STANDARD.encode(&request.body)),
        };
        let id = |clause: &std::sync::Arc<greenapi_model::Clause>| clause.id().to_owned();
        let called = contract.address(request.path()).map_or(*instance, |address| address.instance());
        Self {
            edition: contract.edition().to_owned(),
            seed: *seed,
            case: case.id.clone(),
            clause: clause.to_owned(),
            instance: called.number(),
            own: called == *instance,
            state: state.to_string(),
            request: KeptRequest {
                method: request.method.clone(),
                target: target.masked(&request.target).replacen(&called.to_string(), INSTANCE, 1),
                headers: request.headers.clone(),
                body,
            },
            expected: match &case.expected {
                Expected::Success(near) => {
                    KeptExpected::Group { near: near.as_ref().map(|near| id(&near.clause)) }
                }
                Expected::Error(error) => KeptExpected::Error { slug: error.slug().to_owned(), breaks: None },
                Expected::Refused(clause, error) => {
                    KeptExpected::Error { slug: error.slug().to_owned(), breaks: Some(id(clause)) }
                }
                Expected::Plain(plain) => KeptExpected::Plain { method: plain.method().to_owned() },
            },
        }
    }

    /// The clause that it broke when it was kept.
    #[must_use]
    pub fn clause(&self) -> &str {
        &self.clause
    }

    /// The id of its case.
    #[must_use]
    pub fn case(&self) -> &str {
        &self.case
    }

    /// The state that the instance has to be in.
    pub(crate) fn state(&self) -> InstanceState {
        self.state.parse().unwrap_or(InstanceState::Authorized)
    }

    pub(crate) fn body(&self) -> Result<Cow<'_, [u8]>, String> {
        match &self.request.body {
            KeptBody::Text(text) => Ok(Cow::Borrowed(text.as_bytes())),
            KeptBody::Base64(text) => STANDARD
                .decode(text)
                .map(Cow::Owned)
                .map_err(|error| format!("`bodyBase64` is not Base64: {error}")),
        }
    }

    /// Path and query, with `$TOKEN` for the token.
    pub(crate) fn target(&self, instance: InstanceId) -> String {
        self.request.target.replacen(INSTANCE, &instance.to_string(), 1)
    }

    /// The case, for this target; or which name in it the contract does not know.
    pub(crate) fn case_for(&self, contract: &Contract, target: &Target) -> Result<Case, String> {
        let clause = |id: &str| {
            contract.clause(id).ok_or_else(|| format!("edition {} has no clause `{id}`", contract.edition()))
        };
        let expected = match &self.expected {
            KeptExpected::Group { near: None } => Expected::Success(None),
            KeptExpected::Group { near: Some(near) } => Expected::Success(Some(Near::to(clause(near)?))),
            KeptExpected::Error { slug, breaks } => {
                let error = contract
                    .error_case(slug)
                    .ok_or_else(|| format!("edition {} has no error `{slug}`", contract.edition()))?;
                match breaks {
                    None => Expected::Error(error.clone()),
                    Some(id) => Expected::Refused(clause(id)?.clone(), error.clone()),
                }
            }
            KeptExpected::Plain { method } => contract
                .plain_answers()
                .iter()
                .find(|plain| plain.method() == method)
                .map(|plain| Expected::Plain(plain.clone()))
                .ok_or_else(|| format!("edition {} says nothing of {method}", contract.edition()))?,
        };
        let request = Request {
            method: self.request.method.clone(),
            target: self.target(self.instance.into()).replace(TOKEN, target.token.expose()),
            headers: self.request.headers.clone(),
            body: Bytes::from(self.body()?.into_owned()),
        };
        Ok(Case { id: self.case.clone(), request, expected })
    }

    /// The same on another instance.
    #[must_use]
    pub fn on(mut self, instance: InstanceId) -> Self {
        self.instance = instance.number();
        self
    }
}

/// What a replay takes of the run that it comes from.
pub(crate) struct Run<'r> {
    pub(crate) contract: &'r Contract,
    pub(crate) target: &'r Target,
    pub(crate) seed: u64,
    pub(crate) instance: InstanceId,
}

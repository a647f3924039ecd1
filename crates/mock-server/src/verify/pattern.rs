use std::fmt;

use greenapi_model::InstanceId;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::difference;
use crate::journal::Entry;

/// What a call is to be like. All that is left out may be anything.
///
/// As JSON it has the members `instance`, `outcome`, `status`, `clause`, `fault`, `method`, `body`, `bodyContains`,
/// `madeGroup` and `suspectedRetry`; any other one is refused.
///
/// What a call is compared with is the journal: where it masks phone numbers, a pattern cannot name them.
///
/// ```
/// use greenapi_mock_server::CallPattern;
/// use serde_json::json;
///
/// let pattern: CallPattern = serde_json::from_value(json!({"outcome": "created", "body": {"groupName": "Hiking"}}))?;
/// assert_eq!(pattern, CallPattern::created().body(json!({"groupName": "Hiking"})));
/// assert_eq!(pattern.to_string(), r#"outcome `created`, body {"groupName":"Hiking"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "a pattern does nothing until calls are verified by it"]
pub struct CallPattern {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instance: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub(super) body: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body_contains: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) made_group: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) suspected_retry: Option<bool>,
}

/// A `null` that is given is a body to look for.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl CallPattern {
    /// Any call.
    pub fn any() -> Self {
        Self::default()
    }

    /// A call that made a group, and was told so.
    pub fn created() -> Self {
        Self::any().outcome("created")
    }

    /// A call to this instance.
    pub fn instance(self, id: impl Into<InstanceId>) -> Self {
        Self { instance: Some(id.into().number()), ..self }
    }

    /// A call that ended like this: [`Outcome::name`](crate::Outcome::name).
    pub fn outcome(self, name: impl Into<String>) -> Self {
        Self { outcome: Some(name.into()), ..self }
    }

    /// A call whose answer has this status.
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// A call whose answer is promised by the clause with this id, or whose request breaks it.
    pub fn clause(self, id: impl Into<String>) -> Self {
        Self { clause: Some(id.into()), ..self }
    }

    /// A call that met this fault: its id, with or without its parameter; what stands before the first dot may be left out
    /// of `wire.` and `domain.`.
    pub fn fault(self, id: impl Into<String>) -> Self {
        Self { fault: Some(id.into()), ..self }
    }

    /// A call by this HTTP method.
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: Some(method.into()), ..self }
    }

    /// A call whose body is JSON and has at least this in it: of an object the members that are given, each of which is looked
    /// at in the same way; anything else is equal, arrays too.
    pub fn body(self, body: impl Into<Value>) -> Self {
        Self { body: Some(body.into()), ..self }
    }

    /// A call with this text in its body, as it was sent.
    pub fn body_contains(self, text: impl Into<String>) -> Self {
        Self { body_contains: Some(text.into()), ..self }
    }

    /// A call that made a group, or made none, whatever its answer says.
    pub fn made_group(self, made: bool) -> Self {
        Self { made_group: Some(made), ..self }
    }

    /// A call that looks like a blind retry, or does not: [`Entry::suspected_retry_of`].
    pub fn suspected_retry(self, suspected: bool) -> Self {
        Self { suspected_retry: Some(suspected), ..self }
    }

    /// Whether a call is like this.
    #[must_use]
    pub fn matches(&self, entry: &Entry) -> bool {
        difference::all(self, entry).next().is_none()
    }
}

impl fmt::Display for CallPattern {
    /// What is given, as `outcome `created`, status 200`; `anything` if nothing is.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted =
            |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} `{value}`"));
        let parts = [
            self.instance.map(|id| format!("instance {id}")),
            self.method.as_ref().map(|method| format!("method {method}")),
            quoted("outcome", &self.outcome),
            self.status.map(|status| format!("status {status}")),
            quoted("clause", &self.clause),
            quoted("fault", &self.fault),
            self.body.as_ref().map(|body| format!("body {body}")),
            self.body_contains.as_ref().map(|text| format!("{text:?} in its body")),
            self.made_group.map(|made| if made { "a group made" } else { "no group made" }.to_owned()),
            self.suspected_retry
                .map(|is| if is { "suspicion of a retry" } else { "no suspicion of a retry" }.to_owned()),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        formatter.write_str(if parts.is_empty() { "anything" } else { "" })?;
        formatter.write_str(&parts.join(", "))
    }
}

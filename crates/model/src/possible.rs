use crate::answer::{Repeat, filled};
use crate::clause::Evidence;
use crate::document::Node;
use crate::shape::TIMESTAMP;

/// An answer that any request may get, by what lies outside of it: the pace of calls, a quota, WhatsApp itself.
///
/// Nobody can foretell it, so the contract promises nothing of it: it has no clause, and no check. It is for a client to be
/// ready for, and for an endpoint to give on demand.
///
/// ```
/// use greenapi_model::{Contract, Repeat};
///
/// let contract = Contract::default();
/// let quota = contract.possible_answer("quota-exceeded").unwrap();
/// assert_eq!((quota.status(), quota.repeat()), (466, Repeat::Never));
/// let body = quota.body("POST", "/waInstance1/createGroup/secret", "2026-01-02T03:04:05.678Z");
/// assert!(String::from_utf8_lossy(&body).contains("QUOTE_EXCEEDED"));
/// ```
#[derive(Clone, Debug)]
pub struct PossibleAnswer {
    pub(crate) slug: String,
    pub(crate) status: u16,
    pub(crate) content: Option<Content>,
    pub(crate) makes_group: bool,
    pub(crate) repeat: Repeat,
    pub(crate) evidence: Evidence,
    pub(crate) summary: String,
}

/// The body of such an answer, as the contract's example has it.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) media_type: String,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// The envelope that all errors have. The template of the path stands for that of the request.
    Envelope { value: Node, timestamp: String, message: String, template: String },
    /// JSON of another form.
    Json { value: Node, template: String },
    /// A text that is no JSON. It stands as it is.
    Text(String),
}

impl PossibleAnswer {
    /// The name of the answer, such as `rate-overlimit`. No error of the contract has the same.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The media type of the body, such as `text/html`, or `None` where the body is empty.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.content.as_ref().map(|content| content.media_type.as_str())
    }

    /// Whether the group is made, although the answer says otherwise.
    #[must_use]
    pub fn makes_group(&self) -> bool {
        self.makes_group
    }

    /// Whether the call may be repeated.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// How it is known that the service answers so.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }

    /// What it means, in a sentence or two.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// A time of the form that the contract's example has, where the body is the envelope of an error.
    #[must_use]
    pub fn example_timestamp(&self) -> Option<&str> {
        match self.value()? {
            Value::Envelope { timestamp, .. } => Some(timestamp),
            Value::Json { .. } | Value::Text(_) => None,
        }
    }

    /// The text by which the service names the error, where the body is the envelope of one. In it `{method}`, and the
    /// template of the path, stand for those of the request.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        match self.value()? {
            Value::Envelope { message, .. } => Some(message),
            Value::Json { .. } | Value::Text(_) => None,
        }
    }

    /// The body as the answer to a request, empty where there is none. An envelope holds the path, and so the token.
    #[must_use]
    pub fn body(&self, method: &str, path: &str, timestamp: &str) -> Vec<u8> {
        let json = match self.value() {
            None => return Vec::new(),
            Some(Value::Text(text)) => return text.clone().into_bytes(),
            Some(Value::Json { value, template }) => completed(value, template, method, path),
            Some(Value::Envelope { value, template, .. }) => {
                let mut envelope = completed(value, template, method, path);
                if let Node::Object(members) = &mut envelope {
                    for (_, value) in members.iter_mut().filter(|(name, _)| name == TIMESTAMP) {
                        *value = Node::Text(timestamp.to_owned());
                    }
                }
                envelope
            }
        };
        // Writing to memory cannot fail, and all keys are texts.
        serde_json::to_vec(&json).unwrap_or_default()
    }

    fn value(&self) -> Option<&Value> {
        self.content.as_ref().map(|content| &content.value)
    }
}

/// The value with what stands for a part of the request filled in, in all its texts.
fn completed(value: &Node, template: &str, method: &str, path: &str) -> Node {
    match value {
        Node::Text(text) => Node::Text(filled(text, template, method, path)),
        Node::List(items) => {
            Node::List(items.iter().map(|item| completed(item, template, method, path)).collect())
        }
        Node::Object(members) => Node::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), completed(value, template, method, path)))
                .collect(),
        ),
        Node::Null | Node::Boolean(_) | Node::Number(_) => value.clone(),
    }
}

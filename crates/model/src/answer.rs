use std::fmt;
use std::sync::Arc;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::clause::{Clause, Evidence};
use crate::state::InstanceState;

/// When an error is the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// The path is not that of the method.
    OtherPath,
    /// The path is that of the method, the HTTP method is another one.
    OtherMethod,
    /// The token is not that of the instance.
    OtherToken,
    /// The body has more bytes than this.
    BodyAbove(u64),
    /// The instance is in this state.
    Instance(InstanceState),
    /// The request breaks a clause.
    InvalidRequest,
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherPath => formatter.write_str("the path is not that of the method"),
            Self::OtherMethod => formatter.write_str("the HTTP method is another one"),
            Self::OtherToken => formatter.write_str("the token is not that of the instance"),
            Self::BodyAbove(bytes) => write!(formatter, "the body has more than {bytes} bytes"),
            Self::Instance(state) => write!(formatter, "the instance is {state}"),
            Self::InvalidRequest => formatter.write_str("the request is not valid"),
        }
    }
}

/// Whether a call that got an error may be repeated as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// No group was made, and the same call may succeed after some seconds.
    Later,
    /// The same call would get the same error until somebody changes something.
    Never,
}

/// One error of the contract: its slug, its status, when it is the answer, and its body.
#[derive(Clone, Debug)]
pub struct ErrorCase {
    pub(crate) slug: String,
    pub(crate) status: u16,
    pub(crate) condition: Condition,
    pub(crate) repeat: Repeat,
    pub(crate) clause: Arc<Clause>,
    pub(crate) envelope: Option<Envelope>,
}

/// The body of an error, as the contract's example has it.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) timestamp: String,
    /// The identifier. `{method}`, and the template of the path, stand for those of the request.
    pub(crate) message: String,
    /// The template of the path.
    pub(crate) template: String,
}

impl ErrorCase {
    /// The name of the error, such as `instance-starting`.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Which of the documented errors it is.
    #[must_use]
    pub fn kind(&self) -> ApiErrorKind {
        ApiErrorKind::from_slug(&self.slug)
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// When it is the answer.
    #[must_use]
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Whether the call may be repeated.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// The clause `error.<slug>`.
    #[must_use]
    pub fn clause(&self) -> &Arc<Clause> {
        &self.clause
    }

    /// The text by which the service names the error, or `None` where the body is empty. In it `{method}`, and the
    /// template of the path, stand for those of the request.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        self.envelope.as_ref().map(|envelope| envelope.message.as_str())
    }

    /// The identifier as it stands in the answer to a request, or `None` where the body is empty. It may hold the path, and so
    /// the token.
    #[must_use]
    pub fn identifier_for(&self, method: &str, path: &str) -> Option<String> {
        let Envelope { message, template, .. } = self.envelope.as_ref()?;
        Some(filled(message, template, method, path))
    }

    /// A time of the form that the contract's example has.
    #[must_use]
    pub fn example_timestamp(&self) -> Option<&str> {
        self.envelope.as_ref().map(|envelope| envelope.timestamp.as_str())
    }

    /// The body of the error as the answer to a request, or `None` where the body is empty.
    #[must_use]
    pub fn body(&self, method: &str, path: &str, timestamp: &str) -> Option<ApiError> {
        Some(ApiError::new(self.status, timestamp, path, self.identifier_for(method, path)?))
    }

    /// Whether an answer could be this error, whatever the request was: the status is the same, and so is the identifier
    /// but for case and for what stands for a part of the request.
    #[must_use]
    pub fn is(&self, error: &ApiError) -> bool {
        self.status == error.status_code()
            && self.identifier().is_some_and(|identifier| {
                let message = error.raw_message().trim();
                match identifier.split_once('{') {
                    None => message.eq_ignore_ascii_case(identifier),
                    Some((start, _)) => {
                        message.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
                    }
                }
            })
    }

    /// Whether an answer is this error for a request with this method and path: its identifier is the same but for case.
    #[must_use]
    pub fn is_for(&self, error: &ApiError, method: &str, path: &str) -> bool {
        self.body(method, path, error.timestamp()).is_some_and(|own| {
            let same = own.raw_message().eq_ignore_ascii_case(error.raw_message().trim());
            same && self.status == error.status_code()
        })
    }
}

/// A text of an error with the method and the path of a request in the place of what stands for them.
pub(crate) fn filled(text: &str, template: &str, method: &str, path: &str) -> String {
    text.replace("{method}", method).replace(template, path)
}

/// The answer to another HTTP method, which has no body and tells nothing of the instance.
#[derive(Clone, Debug)]
pub struct PlainAnswer {
    pub(crate) method: String,
    pub(crate) status: u16,
    pub(crate) clause: Arc<Clause>,
}

impl PlainAnswer {
    /// The HTTP method in capitals: `OPTIONS`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The clause, such as `options.204`.
    #[must_use]
    pub fn clause(&self) -> &Arc<Clause> {
        &self.clause
    }
}

/// An example of the contract: a body that is valid for the schema it stands beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) evidence: Evidence,
    pub(crate) body: String,
}

impl Example {
    /// Its name in the document.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// How it is known.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }

    /// The body, byte for byte.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use greenapi_model::{Clause, InstanceId, Violations};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, StatusCode};

use crate::fault::Fault;
use crate::wire::WireFault;

/// The `Content-Type` of an answer that is text for a person.
pub(crate) const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// An answer, and how it came about. Its `Debug` does not show the body, as an error repeats the path with the token.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body, if there is one.
    pub content_type: Option<HeaderValue>,
    /// The body.
    pub body: Vec<u8>,
    /// The preference of the request that was followed, for the header `Preference-Applied` (RFC 7240, section 3).
    pub preference_applied: Option<HeaderValue>,
    /// How long to wait before the answer is sent.
    pub delay: Duration,
    /// What is to be done to the bytes of the answer.
    pub wire: Option<WireFault>,
    /// How the call ended. It holds no secret.
    pub outcome: Outcome,
    /// The earlier call that this one seems to repeat, see [`Entry::suspected_retry_of`](crate::Entry::suspected_retry_of).
    pub suspected_retry_of: Option<u64>,
}

impl Answer {
    pub(crate) fn new(content_type: Option<HeaderValue>, body: Vec<u8>, outcome: Outcome) -> Self {
        Self {
            status: outcome.status,
            content_type,
            body,
            preference_applied: None,
            delay: Duration::ZERO,
            wire: None,
            outcome,
            suspected_retry_of: None,
        }
    }

    /// The status. A contract is compiled with those from 200 to 599.
    pub(crate) fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The headers, but for those that belong to HTTP.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (HeaderName, &HeaderValue)> {
        let headers = [(CONTENT_TYPE, &self.content_type), (PREFERENCE_APPLIED, &self.preference_applied)];
        headers.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
    }

    /// An answer of this endpoint's own, which the emulated service does not give.
    pub(crate) fn own(status: u16, message: &str) -> Self {
        let body = format!("greenapi-mock: {message}\n").into_bytes();
        Self::new(Some(PLAIN_TEXT), body, Outcome::own(status, message))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// How a call ended. It holds no secret.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub(crate) ending: Ending,
    pub(crate) status: u16,
    pub(crate) instance: Option<InstanceId>,
    pub(crate) clause: Option<Arc<Clause>>,
    pub(crate) violations: Option<Box<Violations>>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) made_group: bool,
}

/// How a call ended, in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// A group was made, and the answer says so.
    Created,
    /// The answer of success says that no group was made.
    NotCreated,
    /// An error of the contract, by its slug.
    Error(Arc<str>),
    /// The answer to another HTTP method, which says nothing.
    Plain,
    /// One of the contract's possible answers, by its slug: a fault of the domain.
    Possible(Arc<str>),
    /// An answer of this endpoint's own: a limit of it was reached, or a preference was not understood.
    Own(Arc<str>),
}

impl Outcome {
    pub(crate) fn new(ending: Ending, status: u16, instance: Option<InstanceId>) -> Self {
        let (clause, violations, faults) = (None, None, Vec::new());
        Self { ending, status, instance, clause, violations, faults, made_group: false }
    }

    pub(crate) fn own(status: u16, message: &str) -> Self {
        Self::new(Ending::Own(message.into()), status, None)
    }

    /// The name of the outcome: `created`, `not-created`, the slug of an error or of a possible answer, `plain` or `own`.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.ending {
            Ending::Created => "created",
            Ending::NotCreated => "not-created",
            Ending::Error(slug) | Ending::Possible(slug) => slug,
            Ending::Plain => "plain",
            Ending::Own(_) => "own",
        }
    }

    /// The same with what belongs to it.
    #[must_use]
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The clause that promises this answer; `None` for a fault of the domain and for an answer of this endpoint's own.
    #[must_use]
    pub fn clause(&self) -> Option<&Arc<Clause>> {
        self.clause.as_ref()
    }

    /// The instance that was called, if the path names one.
    #[must_use]
    pub fn instance(&self) -> Option<InstanceId> {
        self.instance
    }

    /// What is wrong with the request, if something is.
    #[must_use]
    pub fn violations(&self) -> Option<&Violations> {
        self.violations.as_deref()
    }

    /// The faults that were switched on for this call.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether a group was made, whatever the answer says.
    #[must_use]
    pub fn made_group(&self) -> bool {
        self.made_group
    }
}

use std::fmt;
use std::sync::Arc;

use greenapi_model::{Clause, InstanceId, Violations};

/// An answer, and how it came about. Its `Debug` does not show the body, as an error repeats the path with the token.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body, if there is one.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// How the call ended. It holds no secret.
    pub outcome: Outcome,
}

impl Answer {
    /// A limit of this endpoint, which the emulated service may not have.
    pub(crate) fn beyond_a_limit(status: u16, message: &str) -> Self {
        Self {
            status,
            content_type: Some("text/plain; charset=utf-8".to_owned()),
            body: format!("greenapi-mock: {message}\n").into_bytes(),
            outcome: Outcome::BeyondALimit { message: message.to_owned() },
        }
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

/// How a call ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// A group was made.
    Created {
        /// The clause that promises this answer.
        clause: Arc<Clause>,
        /// The instance that made it.
        instance: InstanceId,
    },
    /// An error of the contract.
    Error {
        /// The name of the error.
        slug: String,
        /// The clause `error.<slug>`.
        clause: Arc<Clause>,
        /// The instance that was called, if the path names one.
        instance: Option<InstanceId>,
        /// What is wrong with the request, if something is.
        violations: Option<Violations>,
    },
    /// The answer to another HTTP method, which says nothing.
    Plain {
        /// The clause that promises this answer.
        clause: Arc<Clause>,
    },
    /// A limit of this endpoint was reached, which is no part of the contract.
    BeyondALimit {
        /// Which limit.
        message: String,
    },
}

impl Outcome {
    /// The clause that promises this answer; `None` where a limit of this endpoint was reached.
    #[must_use]
    pub fn clause(&self) -> Option<&Arc<Clause>> {
        match self {
            Self::Created { clause, .. } | Self::Error { clause, .. } | Self::Plain { clause } => {
                Some(clause)
            }
            Self::BeyondALimit { .. } => None,
        }
    }

    /// The instance that was called, if the path names one.
    #[must_use]
    pub fn instance(&self) -> Option<InstanceId> {
        match self {
            Self::Created { instance, .. } => Some(*instance),
            Self::Error { instance, .. } => *instance,
            Self::Plain { .. } | Self::BeyondALimit { .. } => None,
        }
    }

    /// What is wrong with the request, if something is.
    #[must_use]
    pub fn violations(&self) -> Option<&Violations> {
        match self {
            Self::Error { violations, .. } => violations.as_ref(),
            _ => None,
        }
    }
}

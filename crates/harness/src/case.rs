//! One request, what its answer has to be, and what came back.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use greenapi_model::{Body, Clause, Contract, ErrorCase, Evidence, InstanceId, PlainAnswer};
use http::HeaderMap;

use crate::target::Target;

/// The largest body that is sent to find out about a limit.
pub(crate) const LARGEST: usize = 16 << 20;

/// The size, if a body of it is sent to find out about a limit.
pub(crate) fn size_to_send(bytes: u64) -> Option<usize> {
    usize::try_from(bytes).ok().filter(|size| *size <= LARGEST)
}

/// A request, with an id by which it can be sent again alone, and what its answer has to be.
#[derive(Clone)]
pub(crate) struct Case {
    /// Where it comes from, and which one it is there: `valid/17`.
    pub(crate) id: String,
    pub(crate) request: Request,
    pub(crate) expected: Expected,
}

/// A request as it goes over the wire. Its path holds the token.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With its query, if it has one.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// What the answer to a case has to be.
#[derive(Clone)]
pub(crate) enum Expected {
    /// A group. The request keeps all clauses; where it is not taken, the clause that it is near to is what is broken.
    Success(Option<Near>),
    /// An error of the contract.
    Error(ErrorCase),
    /// That error, as the request breaks a clause.
    Refused(Arc<Clause>, ErrorCase),
    /// The answer to another HTTP method.
    Plain(PlainAnswer),
}

impl Expected {
    /// The clause that the request is about, if it is about one.
    pub(crate) fn clause(&self) -> Option<&Arc<Clause>> {
        match self {
            Self::Success(near) => near.as_ref().map(|near| &near.clause),
            Self::Error(error) => Some(error.clause()),
            Self::Refused(clause, _) => Some(clause),
            Self::Plain(plain) => Some(plain.clause()),
        }
    }
}

/// The clause that a valid request is about, and how it is known that such a request is valid.
#[derive(Clone)]
pub(crate) struct Near {
    pub(crate) clause: Arc<Clause>,
    pub(crate) evidence: Evidence,
}

impl Near {
    pub(crate) fn to(clause: &Arc<Clause>) -> Self {
        Self { clause: Arc::clone(clause), evidence: clause.evidence() }
    }

    /// The same, where it is this project's choice that such a request is valid.
    pub(crate) fn assumed(clause: &Arc<Clause>) -> Self {
        Self { clause: Arc::clone(clause), evidence: Evidence::Assumed }
    }
}

impl Request {
    /// A call of the method on an instance.
    pub(crate) fn call(
        contract: &Contract,
        target: &Target,
        instance: InstanceId,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            method: contract.method().to_owned(),
            target: contract.path(instance, &target.token),
            headers: vec![("content-type".to_owned(), contract.media_type(Body::Request).to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn with_method(self, method: &str) -> Self {
        Self { method: method.to_owned(), ..self }
    }

    pub(crate) fn with_target(self, target: impl Into<String>) -> Self {
        Self { target: target.into(), ..self }
    }

    pub(crate) fn with_body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The request with this `Content-Type`, or with none.
    pub(crate) fn with_content_type(mut self, content_type: Option<&str>) -> Self {
        self.headers.retain(|(name, _)| name != "content-type");
        self.headers.extend(content_type.map(|value| ("content-type".to_owned(), value.to_owned())));
        self
    }

    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request with spaces behind the body, up to this many bytes.
    pub(crate) fn padded_to(self, size: usize) -> Self {
        let mut body = self.body.to_vec();
        body.resize(body.len().max(size), b' ');
        Self { body: body.into(), ..self }
    }

    /// Without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether somebody who is not careful could make a group of it.
    pub(crate) fn may_make_a_group(&self, contract: &Contract) -> bool {
        self.method == contract.method() && !self.path().trim_matches('/').is_empty()
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer(Answer),
    /// Nothing did, because of this.
    Nothing(String),
    /// Nothing was sent, because of this.
    Withheld(String),
}

/// An answer with its whole body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// From the first byte that was sent to the last that came.
    pub(crate) took: Duration,
}

impl Reply {
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(answer) => Some(answer.status),
            Self::Nothing(_) | Self::Withheld(_) => None,
        }
    }

    pub(crate) fn is_withheld(&self) -> bool {
        matches!(self, Self::Withheld(_))
    }
}

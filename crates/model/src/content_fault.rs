//! Departures from the contract, one clause each: what an endpoint does that keeps all clauses but one.

mod compile;
mod edit;
mod parts;
mod strict;

use std::fmt;
use std::sync::Arc;

pub use self::parts::{AnswerKind, AnswerParts, RequestParts};

pub(crate) use self::compile::all;
use self::edit::Edit;
use self::strict::Strict;
use crate::clause::Clause;
use crate::contract::Body;
use crate::operation::Operation;
use crate::violation::Violations;

/// One way to break one clause, and no other: `response.chatId.required/drop`.
///
/// All of them are derived from the contract ([`Contract::content_faults`](crate::Contract::content_faults)), so a clause that
/// is added there can be broken without a line of code. An endpoint that has such a fault on demand shows what a client makes
/// of it, and whether a check finds it.
///
/// A fault is about an answer, about what requests are accepted, or about an error that is left out; the other questions
/// it answers with no:
///
/// ```
/// use greenapi_model::{AnswerKind, AnswerParts, Contract, RequestParts};
///
/// let contract = Contract::default();
/// let fault = |id| contract.content_fault(id).unwrap();
///
/// let mut answer = AnswerParts {
///     status: 200,
///     content_type: Some("application/json".to_owned()),
///     body: br#"{"created":true,"chatId":"12345678910-1112131415@g.us","groupInviteLink":""}"#.to_vec(),
/// };
/// assert!(fault("response.chatId.required/drop").change(AnswerKind::Success, &mut answer));
/// assert_eq!(answer.body, br#"{"created":true,"groupInviteLink":""}"#);
///
/// let nameless = contract.request(br#"{"phones": [79001234567]}"#).unwrap_err();
/// assert!(fault("request.groupName.required/not-enforced").accepts(&nameless));
///
/// let path = "/waInstance1101000001/createGroup/secret";
/// let body = br#"{"groupName": "Hiking", "phones": [7.9e10]}"#;
/// let request = RequestParts { path, query: None, content_type: None, body };
/// assert!(fault("request.phones.items.integer/too-strict").refuses(request));
///
/// assert!(fault("error.instance-starting/not-enforced").ignores("instance-starting"));
/// ```
#[derive(Clone)]
pub struct ContentFault {
    id: String,
    clause: Arc<Clause>,
    way: Way,
    summary: String,
    action: Action,
    operation: Arc<Operation>,
}

/// How a fault breaks its clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Way {
    /// A member is left out.
    Drop,
    /// A value is null.
    Null,
    /// A value, or the whole body, is of another JSON type.
    WrongType,
    /// A value of the right type is beyond a limit, or does not go with the others.
    WrongValue,
    /// A member is there that nobody named, where that is ruled out.
    Added,
    /// A value that no two answers share is always the same.
    Repeated,
    /// The body is cut off, so it is no JSON.
    NotJson,
    /// The `Content-Type` names another media type.
    WrongContentType,
    /// There is no `Content-Type`.
    NoContentType,
    /// The HTTP status is another one.
    WrongStatus,
    /// The error has the identifier of another one.
    WrongIdentifier,
    /// What breaks the clause is treated as if it did not.
    NotEnforced,
    /// Something that keeps the clause is refused.
    TooStrict,
}

impl Way {
    /// The word for it, which is the last part of a fault's id: `wrong-type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Null => "null",
            Self::WrongType => "wrong-type",
            Self::WrongValue => "wrong-value",
            Self::Added => "added",
            Self::Repeated => "repeated",
            Self::NotJson => "not-json",
            Self::WrongContentType => "wrong-content-type",
            Self::NoContentType => "no-content-type",
            Self::WrongStatus => "wrong-status",
            Self::WrongIdentifier => "wrong-identifier",
            Self::NotEnforced => "not-enforced",
            Self::TooStrict => "too-strict",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What a fault does.
#[derive(Clone)]
enum Action {
    /// Changes the body of an answer, or its content type.
    Edit(Body, Edit),
    /// Another status.
    Status(AnswerOf, u16),
    /// Another identifier in the error of this slug.
    Identifier { slug: String, message: String },
    /// Leaves out the error of this slug.
    Ignore(String),
    /// Accepts requests that break the clause.
    Accept,
    /// Refuses requests that keep it.
    Refuse(Strict),
}

/// The answers that a status belongs to.
#[derive(Clone)]
enum AnswerOf {
    Success,
    Error(String),
    Plain(String),
}

impl AnswerOf {
    fn is(&self, kind: AnswerKind<'_>) -> bool {
        match (self, kind) {
            (Self::Success, AnswerKind::Success) => true,
            (Self::Error(own), AnswerKind::Error(slug)) => own == slug,
            (Self::Plain(own), AnswerKind::Plain(method)) => own == method,
            _ => false,
        }
    }
}

impl ContentFault {
    /// The stable id: that of the clause, a slash, and the way: `response.chatId.pattern/wrong-value`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The clause that it breaks.
    #[must_use]
    pub fn clause(&self) -> &Arc<Clause> {
        &self.clause
    }

    /// How it breaks the clause.
    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    /// What an endpoint with this fault does, in a sentence.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Changes an answer that keeps the contract into one that breaks the clause alone, and says whether it did.
    ///
    /// It leaves alone what the fault is not about, what does not keep the contract to begin with, and an answer that cannot break this clause without breaking another:
    /// one without a group has no id of a wrong form, for instance. Members stay in their order; white space around them
    /// does not stay.
    pub fn change(&self, kind: AnswerKind<'_>, answer: &mut AnswerParts) -> bool {
        match (&self.action, kind) {
            (Action::Edit(Body::Response, edit), AnswerKind::Success) => {
                edit.apply(&self.operation.response, &self.clause, answer)
            }
            (Action::Edit(Body::Error, edit), AnswerKind::Error(slug)) if self.is_promised(slug) => {
                edit.apply(&self.operation.error, &self.clause, answer)
            }
            (Action::Status(of, status), kind) if of.is(kind) && answer.status != *status => {
                answer.status = *status;
                true
            }
            (Action::Identifier { slug, message }, AnswerKind::Error(own)) if slug == own => {
                edit::identifier(&self.operation.error, message, answer)
            }
            _ => false,
        }
    }

    fn is_promised(&self, slug: &str) -> bool {
        self.operation.errors.iter().any(|case| case.slug == slug)
    }

    /// Whether a request that is not valid is accepted all the same: the fault does not enforce its clause, and the request
    /// breaks no other.
    #[must_use]
    pub fn accepts(&self, violations: &Violations) -> bool {
        let own = self.clause.id();
        matches!(self.action, Action::Accept)
            && violations.iter().all(|violation| violation.clause().id() == own)
    }

    /// Whether a request is refused although it is valid: the fault takes its clause too strictly.
    ///
    /// Of a request that is not valid it says no, as that one is refused anyway.
    #[must_use]
    pub fn refuses(&self, request: RequestParts<'_>) -> bool {
        match &self.action {
            Action::Refuse(strict) => strict.refuses(&self.operation, request),
            _ => false,
        }
    }

    /// Whether the error of this slug is left out: where it would be the answer, the call goes on as if its condition did
    /// not hold.
    #[must_use]
    pub fn ignores(&self, slug: &str) -> bool {
        matches!(&self.action, Action::Ignore(own) if own == slug)
    }
}

impl fmt::Debug for ContentFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ContentFault").field("id", &self.id).finish_non_exhaustive()
    }
}

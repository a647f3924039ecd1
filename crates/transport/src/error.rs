use std::fmt;
use std::time::Duration;

use greenapi_model::ApiErrorKind;
use http::StatusCode;

use crate::raw::error::RawError;
use crate::raw::phase::Phase;

/// Why a call gave no group.
///
/// The first question is [`is_ambiguous`](Self::is_ambiguous): where it is true, the group may exist, and the same call may
/// make a second one. Neither this error nor any of its sources shows the token, the path or a body.
///
/// ```
/// use greenapi_transport::{Error, ErrorKind};
/// use greenapi_model::ApiErrorKind;
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         _ if error.is_ambiguous() => "look whether the group is there before you call again",
///         ErrorKind::Api(ApiErrorKind::InstanceNotAuthorized) => "scan the QR code",
///         ErrorKind::QuotaExceeded => "wait for the next month",
///         _ if error.is_retryable() => "call again later",
///         _ => "something has to be mended first",
///     }
/// }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    cause: Cause,
    attempts: u32,
    /// An attempt before the last one may have made a group.
    earlier_group: bool,
}

enum Cause {
    /// A client that cannot be built.
    Invalid(String),
    /// No answer came.
    Raw(RawError),
    /// An answer came.
    Answer(Answer),
}

/// An answer that is no group.
pub(crate) struct Answer {
    pub(crate) kind: ErrorKind,
    pub(crate) status: StatusCode,
    pub(crate) slug: Option<String>,
    pub(crate) identifier: Option<String>,
    pub(crate) quota: Option<Quota>,
    pub(crate) retry_after: Option<Duration>,
    /// What is said of the body, where that is all that there is to say.
    pub(crate) body: &'static str,
    /// Whether a group may have been made.
    pub(crate) may_exist: bool,
    /// Whether the same call may succeed later.
    pub(crate) may_pass: bool,
}

/// What happened, to choose by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built: a URL, an instance or a header that is not valid.
    Invalid,
    /// The name did not resolve, or nobody listens. Nothing was sent.
    Connect,
    /// The proxy gave no tunnel. Nothing was sent to the service.
    Proxy,
    /// No handshake of TLS, or a certificate that is not trusted. No request was sent.
    Tls,
    /// The connect timeout or the deadline passed in this phase.
    Timeout(Phase),
    /// The connection failed before the answer was complete.
    Disconnected,
    /// What came back is not HTTP.
    Protocol,
    /// The body of the answer is larger than the client takes.
    TooLarge,
    /// An error by which the service refuses the call: one of the contract, or one of the same kind that the contract does
    /// not know ([`ApiErrorKind::Other`]). No group was made. [`Error::slug`] and [`Error::identifier`] have its name.
    Api(ApiErrorKind),
    /// 429: too many calls. No group was made.
    RateLimited,
    /// 466: the quota of the account's plan is used up, see [`Error::quota`]. No group was made.
    QuotaExceeded,
    /// The service answered 200 and says that it made no group.
    NotCreated,
    /// A status that says nothing of createGroup: 500, 502, a redirection.
    UnexpectedStatus,
    /// 200 with a body that does not say whether there is a group.
    UnexpectedBody,
}

/// How much of a quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// How many calls were made.
    pub used: u64,
    /// How many the plan allows.
    pub total: u64,
}

impl Error {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0.cause {
            Cause::Invalid(_) => ErrorKind::Invalid,
            Cause::Answer(answer) => answer.kind,
            Cause::Raw(raw) => match raw.phase() {
                Some(phase) => ErrorKind::Timeout(phase),
                None if raw.is_invalid() => ErrorKind::Invalid,
                None if raw.is_tls() => ErrorKind::Tls,
                None if raw.is_proxy() => ErrorKind::Proxy,
                None if raw.is_connect() => ErrorKind::Connect,
                None if raw.is_protocol() => ErrorKind::Protocol,
                None if raw.is_too_large() => ErrorKind::TooLarge,
                None => ErrorKind::Disconnected,
            },
        }
    }

    /// Whether the group may exist. The same call may then make a second group, so look first whether the first is there.
    ///
    /// It is false only where a group was certainly not made: the request did not reach the service, the service refused it
    /// (400 to 499, but for 408 and 499), it answered a 500 of the contract that says so, or it said `created: false`.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.0.earlier_group
            || match &self.0.cause {
                Cause::Invalid(_) => false,
                Cause::Raw(raw) => raw.may_have_reached(),
                Cause::Answer(answer) => answer.may_exist,
            }
    }

    /// Whether the same call may succeed later, and certainly made no group so far: the service was not reached, the
    /// instance is starting, or there were too many calls.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        !self.is_ambiguous()
            && match &self.0.cause {
                Cause::Invalid(_) => false,
                Cause::Raw(raw) => raw.may_pass(),
                Cause::Answer(answer) => answer.may_pass,
            }
    }

    /// The HTTP status, if an answer came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.answer().map(|answer| answer.status)
    }

    /// The text by which the service names the error: in the contract's own wording where the contract knows it
    /// (`bad request data`), else as it came, on one line and with what stands for a path masked.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        self.answer()?.identifier.as_deref()
    }

    /// The contract's name of the answer, where it knows it: `instance-starting`, `too-many-requests`, `rate-overlimit`.
    #[must_use]
    pub fn slug(&self) -> Option<&str> {
        self.answer()?.slug.as_deref()
    }

    /// How much of the quota is used, where the answer says so.
    #[must_use]
    pub fn quota(&self) -> Option<Quota> {
        self.answer()?.quota
    }

    /// How long the service asks to wait before the next call, by `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.answer()?.retry_after
    }

    /// How many attempts were made: 1 unless the [`RetryPolicy`](crate::RetryPolicy) made more, 0 where the client could not
    /// be built.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    fn answer(&self) -> Option<&Answer> {
        match &self.0.cause {
            Cause::Answer(answer) => Some(answer),
            Cause::Invalid(_) | Cause::Raw(_) => None,
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::of(Cause::Invalid(message.into()), 0)
    }

    pub(crate) fn unbuilt(error: RawError) -> Self {
        Self::of(Cause::Raw(error), 0)
    }

    pub(crate) fn raw(error: RawError) -> Self {
        Self::of(Cause::Raw(error), 1)
    }

    pub(crate) fn answered(answer: Answer) -> Self {
        Self::of(Cause::Answer(answer), 1)
    }

    /// The error of a call of so many attempts.
    pub(crate) fn of_call(mut self, attempts: u32, earlier_group: bool) -> Self {
        self.0.attempts = attempts;
        self.0.earlier_group = earlier_group;
        self
    }

    fn of(cause: Cause, attempts: u32) -> Self {
        Self(Box::new(Inner { cause, attempts, earlier_group: false }))
    }
}

impl ErrorKind {
    /// Its name for logs and metrics: `api`, `timeout`, `not_created`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Timeout(_) => "timeout",
            Self::Disconnected => "disconnected",
            Self::Protocol => "protocol",
            Self::TooLarge => "too_large",
            Self::Api(_) => "api",
            Self::RateLimited => "rate_limited",
            Self::QuotaExceeded => "quota_exceeded",
            Self::NotCreated => "not_created",
            Self::UnexpectedStatus => "unexpected_status",
            Self::UnexpectedBody => "unexpected_body",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Invalid(message) => formatter.write_str(message)?,
            Cause::Raw(raw) => write!(formatter, "{raw}")?,
            Cause::Answer(answer) => write!(formatter, "{answer}")?,
        }
        if self.attempts() > 1 {
            write!(formatter, ", at the last of {} attempts", self.attempts())?;
        }
        if self.is_ambiguous() {
            formatter.write_str("; the group may exist")?;
        }
        Ok(())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.as_u16();
        match (self.kind, &self.identifier, self.quota) {
            (ErrorKind::NotCreated, ..) => {
                write!(formatter, "the service made no group, and answered {status}")
            }
            (ErrorKind::QuotaExceeded, _, Some(Quota { used, total })) => {
                write!(formatter, "HTTP {status}: the quota is exceeded, {used} calls of {total} are used")
            }
            (_, Some(identifier), _) => write!(formatter, "HTTP {status}: {identifier}"),
            (_, None, _) => write!(formatter, "HTTP {status} with {}", self.body),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Error");
        shown
            .field("kind", &self.kind())
            .field("is_ambiguous", &self.is_ambiguous())
            .field("attempts", &self.attempts());
        match &self.0.cause {
            Cause::Invalid(message) => shown.field("message", message),
            Cause::Raw(raw) => shown.field("raw", raw),
            Cause::Answer(answer) => shown
                .field("status", &answer.status.as_u16())
                .field("slug", &answer.slug)
                .field("identifier", &answer.identifier)
                .field("body", &answer.body),
        };
        shown.finish()
    }
}

impl std::error::Error for Error {
    /// What the system, TLS or HTTP said, where no answer came.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Raw(raw) => raw.source(),
            Cause::Invalid(_) | Cause::Answer(_) => None,
        }
    }
}

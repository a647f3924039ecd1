use std::borrow::Cow;
use std::fmt;

use greenapi_model::InstanceId;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, PROXY_AUTHORIZATION};
use jiff::Timestamp;

use super::masking::{self, Secrets};
use crate::outcome::{Answer, Outcome};

/// So many bytes of headers are kept, and those of one header beyond it.
const MOST_HEADERS: usize = 16 * 1024;

/// So many bytes a violation takes, about.
const VIOLATION: usize = 128;

/// One call as the journal keeps it. It holds no token: where one stood there is `$TOKEN`.
#[derive(Clone)]
pub struct Entry {
    number: u64,
    time: Timestamp,
    method: Box<str>,
    path: Box<str>,
    /// Each name, each value, with a NUL behind: neither can hold one.
    headers: Box<[u8]>,
    body: RecordedBody,
    outcome: Outcome,
    retry_of: Option<u64>,
}

/// The body of a call as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordedBody {
    /// All of it, byte for byte but for what is masked.
    Whole(Box<[u8]>),
    /// It had more bytes than the endpoint reads.
    TooLarge,
    /// The connection ended before it did.
    CutOff,
    /// It decided nothing, so it was not looked at.
    Unread,
    /// It alone is larger than what the journal of the instance may hold.
    Omitted,
}

/// What of a request comes before its body.
pub(crate) struct Head<'h> {
    pub(crate) method: &'h str,
    /// Masked.
    pub(crate) path: String,
    pub(crate) headers: &'h HeaderMap,
    pub(crate) secrets: Secrets<'h>,
}

/// What of a body is to be kept.
#[derive(Clone, Copy)]
pub(crate) enum Kept<'b> {
    Whole(&'b [u8]),
    TooLarge,
    CutOff,
    Unread,
    Omitted,
}

impl Entry {
    pub(crate) fn new(
        number: u64,
        time: Timestamp,
        head: &Head<'_>,
        body: Kept<'_>,
        answer: &Answer,
        mask_phones: bool,
    ) -> Self {
        let secrets = &head.secrets;
        let body = match body {
            Kept::Whole(body) => {
                let mut body: Box<[u8]> = secrets.masked_in(body).into();
                if mask_phones {
                    masking::phones(&mut body);
                }
                RecordedBody::Whole(body)
            }
            Kept::TooLarge => RecordedBody::TooLarge,
            Kept::CutOff => RecordedBody::CutOff,
            Kept::Unread => RecordedBody::Unread,
            Kept::Omitted => RecordedBody::Omitted,
        };
        Self {
            number,
            time,
            method: String::from_utf8_lossy(&secrets.masked_in(head.method.as_bytes())).into(),
            path: head.path.as_str().into(),
            headers: headers(head.headers, secrets),
            body,
            outcome: answer.outcome.clone(),
            retry_of: answer.suspected_retry_of,
        }
    }

    /// Its number among all calls of the endpoint, from 1 on, in the order in which they were decided.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it came, by the clock of the endpoint: RFC 3339 with three fraction digits.
    #[must_use]
    pub fn time(&self) -> String {
        format!("{:.3}", self.time)
    }

    /// The same in milliseconds since 1970.
    #[must_use]
    pub fn milliseconds(&self) -> i64 {
        self.time.as_millisecond()
    }

    /// The instance that was called, if the path names one.
    #[must_use]
    pub fn instance(&self) -> Option<InstanceId> {
        self.outcome.instance()
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path and the query, masked.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Names and values of the headers in the order in which they are looked up; a value that is not UTF-8 has
    /// replacement characters.
    pub fn headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut parts = self.headers.split(|byte| *byte == 0);
        std::iter::from_fn(move || {
            let name = str::from_utf8(parts.next()?).unwrap_or_default();
            Some((name, String::from_utf8_lossy(parts.next()?)))
        })
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &RecordedBody {
        &self.body
    }

    /// How the call ended.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The number of the earlier call that this one seems to repeat: the same body to the same instance within the
    /// window, although the answer did not ask for that.
    #[must_use]
    pub fn suspected_retry_of(&self) -> Option<u64> {
        self.retry_of
    }

    /// The bytes that it takes, about.
    pub(crate) fn size(&self) -> usize {
        let body = match &self.body {
            RecordedBody::Whole(body) => body.len(),
            _ => 0,
        };
        let violations = self.outcome.violations().map_or(0, |violations| violations.iter().len());
        let outcome = size_of_val(self.outcome.faults()) + violations * VIOLATION;
        size_of::<Self>() + self.method.len() + self.path.len() + self.headers.len() + body + outcome
    }
}

impl RecordedBody {
    /// The bytes, if they were kept.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The body as text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        str::from_utf8(self.bytes()?).ok()
    }
}

impl fmt::Display for RecordedBody {
    /// As text, or the bytes escaped, or a word on why there is nothing.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => match str::from_utf8(bytes) {
                Ok(text) => formatter.write_str(text),
                Err(_) => write!(formatter, "{}", bytes.escape_ascii()),
            },
            Self::TooLarge => formatter.write_str("(too large)"),
            Self::CutOff => formatter.write_str("(cut off)"),
            Self::Unread => formatter.write_str("(not looked at)"),
            Self::Omitted => formatter.write_str("(too large for the journal)"),
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Entry")
            .field("number", &self.number)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body", &format_args!("{}", self.body))
            .field("outcome", &self.outcome)
            .field("retry_of", &self.retry_of)
            .finish_non_exhaustive()
    }
}

fn headers(headers: &HeaderMap, secrets: &Secrets<'_>) -> Box<[u8]> {
    let mut kept =
        Vec::with_capacity(headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2).sum());
    for (name, value) in headers {
        if kept.len() > MOST_HEADERS {
            kept.extend_from_slice(b"...\0further headers are not kept\0");
            break;
        }
        kept.extend_from_slice(&secrets.masked_in_name(name.as_str()));
        kept.push(0);
        if is_secret(name) {
            kept.extend_from_slice(b"***");
        } else {
            kept.extend_from_slice(&secrets.masked_in(value.as_bytes()));
        }
        kept.push(0);
    }
    kept.into()
}

/// These hold secrets, though not those of this method.
fn is_secret(name: &HeaderName) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
}

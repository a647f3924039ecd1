use std::borrow::Cow;
use std::fmt;

use greenapi_model::{Contract, InstanceId};
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use jiff::Timestamp;

use super::masking::{self, Search, Secrets, Target};
use crate::headers::Headers;
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
    /// The method, the path, the headers and the body, one behind another. Each name and each value of the headers has a NUL behind
    /// it: neither can hold one.
    text: Vec<u8>,
    /// Where each of them ends but for the body.
    ends: [usize; 3],
    body: RecordedBody<'static>,
    outcome: Outcome,
    retry_of: Option<u64>,
}

/// The body of a call as the journal keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordedBody<'e> {
    /// All of it, byte for byte but for what is masked.
    Whole(&'e [u8]),
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
    pub(crate) target: Target<'h>,
    /// The part of the path that is the token, if the path is that of the method.
    pub(crate) token: Option<&'h str>,
    pub(crate) headers: Headers<'h>,
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

/// A call that is to come into the journal.
pub(crate) struct Happened<'h> {
    pub(crate) number: u64,
    pub(crate) time: Timestamp,
    pub(crate) head: Head<'h>,
    pub(crate) body: Kept<'h>,
    /// The token that the instance takes, which may be another one than that of the path.
    pub(crate) own_token: Option<&'h str>,
    pub(crate) answer: &'h Answer,
}

impl Entry {
    /// What is in `text` goes; its room is used.
    pub(crate) fn new(
        happened: &Happened<'_>,
        contract: &Contract,
        mask_phones: bool,
        mut text: Vec<u8>,
        search: &mut Search,
    ) -> Self {
        let Happened { number, time, head, body, own_token, answer } = happened;
        let secrets = Secrets::of(contract, head.target, head.token).and(*own_token);
        let Written { mut ends, longest_name } = write(&mut text, contract, head, *body, None);
        // One look at all of it is quicker than one at each part, and most calls have no secret but in the path.
        if secrets.may_be_in(&text, longest_name, search) {
            Written { ends, .. } = write(&mut text, contract, head, *body, Some(&secrets));
        }
        if mask_phones {
            masking::phones(&mut text[ends[2]..]);
        }
        let body = match body {
            Kept::Whole(_) => RecordedBody::Whole(&[]),
            Kept::TooLarge => RecordedBody::TooLarge,
            Kept::CutOff => RecordedBody::CutOff,
            Kept::Unread => RecordedBody::Unread,
            Kept::Omitted => RecordedBody::Omitted,
        };
        let (outcome, retry_of) = (answer.outcome.clone(), answer.suspected_retry_of);
        Self { number: *number, time: *time, text, ends, body, outcome, retry_of }
    }

    /// The room of its text, for another one.
    pub(crate) fn into_room(self) -> Vec<u8> {
        self.text
    }

    fn text(&self, from: usize, to: usize) -> &str {
        str::from_utf8(&self.text[from..to]).unwrap_or_default()
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
        self.text(0, self.ends[0])
    }

    /// The path and the query, masked.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text(self.ends[0], self.ends[1])
    }

    /// Names and values of the headers in the order in which they are looked up; a value that is not UTF-8 has
    /// replacement characters.
    pub fn headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut parts = self.text[self.ends[1]..self.ends[2]].split(|byte| *byte == 0);
        std::iter::from_fn(move || {
            let name = str::from_utf8(parts.next()?).unwrap_or_default();
            Some((name, String::from_utf8_lossy(parts.next()?)))
        })
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> RecordedBody<'_> {
        match self.body {
            RecordedBody::Whole(_) => RecordedBody::Whole(&self.text[self.ends[2]..]),
            other => other,
        }
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
        let violations = self.outcome.violations().map_or(0, |violations| violations.iter().len());
        let outcome = size_of_val(self.outcome.faults()) + violations * VIOLATION;
        size_of::<Self>() + self.text.len() + outcome
    }
}

impl<'e> RecordedBody<'e> {
    /// The bytes, if they were kept.
    #[must_use]
    pub fn bytes(self) -> Option<&'e [u8]> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The body as text, if it is one.
    #[must_use]
    pub fn text(self) -> Option<&'e str> {
        str::from_utf8(self.bytes()?).ok()
    }
}

impl fmt::Display for RecordedBody<'_> {
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
            .field("method", &self.method())
            .field("path", &self.path())
            .field("body", &format_args!("{}", self.body()))
            .field("outcome", &self.outcome)
            .field("retry_of", &self.retry_of)
            .finish_non_exhaustive()
    }
}

/// What was written of a call.
struct Written {
    /// Where its parts end.
    ends: [usize; 3],
    /// How long the longest name of a header is.
    longest_name: usize,
}

/// Writes what is kept of a call. Without secrets nothing is masked but the path, and headers that
/// hold secrets always.
fn write(
    text: &mut Vec<u8>,
    contract: &Contract,
    head: &Head<'_>,
    body: Kept<'_>,
    secrets: Option<&Secrets<'_>>,
) -> Written {
    let body = if let Kept::Whole(body) = body { body } else { &[] };
    let (mut headers, mut longest_name) = (0, 0);
    for (name, value) in head.headers.iter() {
        headers += name.len() + value.len() + 2;
        longest_name = longest_name.max(name.len());
    }
    let length = head.method.len() + head.target.whole.len() + headers.min(MOST_HEADERS) + body.len();
    text.clear();
    // Room from a call that was far larger would be kept without being counted.
    text.shrink_to(2 * length);
    text.reserve_exact(length);
    let masked = |bytes| secrets.map_or(Cow::Borrowed(bytes), |secrets| secrets.masked_in(bytes));
    text.extend_from_slice(String::from_utf8_lossy(&masked(head.method.as_bytes())).as_bytes());
    let method_end = text.len();
    masking::path(contract, head.target, head.token, text);
    let path_end = text.len();
    for (name, value) in head.headers.iter() {
        if text.len() - path_end > MOST_HEADERS {
            text.extend_from_slice(b"...\0further headers are not kept\0");
            break;
        }
        let name_start = text.len();
        text.extend_from_slice(name.as_bytes());
        text[name_start..].make_ascii_lowercase();
        if let Some(secrets) = secrets {
            secrets.mask_name(text, name_start);
        }
        text.push(0);
        text.extend_from_slice(&if is_secret(name) { Cow::Borrowed(&b"***"[..]) } else { masked(value) });
        text.push(0);
    }
    let headers_end = text.len();
    text.extend_from_slice(&masked(body));
    Written { ends: [method_end, path_end, headers_end], longest_name }
}

/// These hold secrets, though not those of this method.
fn is_secret(name: &str) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE]
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret.as_str()))
}

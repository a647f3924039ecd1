use std::fmt;

/// Which answer of the contract an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind<'a> {
    /// The answer to a valid request, whether a group was made or not.
    Success,
    /// The error of this slug. One that [any request may get](crate::PossibleAnswer) promises nothing, so no fault is about it.
    Error(&'a str),
    /// The answer to this HTTP method, in capitals, beside that of the call.
    Plain(&'a str),
}

/// What a fault may change of an answer. Its `Debug` does not show the body, as the token may stand in it.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerParts {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Content-Type`.
    pub content_type: Option<String>,
    /// The body, empty where there is none.
    pub body: Vec<u8>,
}

impl fmt::Debug for AnswerParts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AnswerParts")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("bytes", &self.body.len())
            .finish()
    }
}

/// What a fault looks at in a request. Its `Debug` does not show the path, as the token stands in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestParts<'r> {
    /// The path, without the query.
    pub path: &'r str,
    /// What stands behind the `?`, if there is one.
    pub query: Option<&'r str>,
    /// The value of `Content-Type`.
    pub content_type: Option<&'r [u8]>,
    /// The body.
    pub body: &'r [u8],
}

impl fmt::Debug for RequestParts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RequestParts")
            .field("path", &"***")
            .field("query", &self.query.map(|_| "***"))
            .field("content_type", &self.content_type.map(<[u8]>::escape_ascii).map(|text| text.to_string()))
            .field("bytes", &self.body.len())
            .finish()
    }
}

//! What is looked for among the headers of a request.

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};

/// The values of a header. There are few headers nearly always, so that looking at each is quicker than looking one up.
pub(crate) fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &HeaderValue> {
    headers.iter().filter(move |(other, _)| **other == name).map(|(_, value)| value)
}

//! The headers of a request, whoever has read them.

use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

/// The headers of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Headers<'h> {
    Map(&'h HeaderMap),
    /// As they stand in the bytes of the request. No two have the same name.
    Bytes(&'h [httparse::Header<'h>]),
}

impl<'h> Headers<'h> {
    /// Each name, whose letters are of any case, and each value.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'h str, &'h [u8])> {
        match self {
            Self::Map(map) => Iter::Map(map.iter()),
            Self::Bytes(headers) => Iter::Bytes(headers.iter()),
        }
    }

    /// The values of a header. There are few headers nearly always, so that looking at each is quicker than looking one up.
    pub(crate) fn values(self, name: HeaderName) -> impl Iterator<Item = &'h [u8]> {
        let named = self.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name.as_str()));
        named.map(|(_, value)| value)
    }
}

enum Iter<'h> {
    Map(header::Iter<'h, HeaderValue>),
    Bytes(std::slice::Iter<'h, httparse::Header<'h>>),
}

impl<'h> Iterator for Iter<'h> {
    type Item = (&'h str, &'h [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Map(map) => map.next().map(|(name, value)| (name.as_str(), value.as_bytes())),
            Self::Bytes(headers) => headers.next().map(|header| (header.name, header.value)),
        }
    }
}

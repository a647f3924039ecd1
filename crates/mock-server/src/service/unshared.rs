//! A head that keeps no buffer of the connection.

use bytes::Bytes;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Uri};

/// The same head, no text of which is a part of a buffer that it would keep. One that has waited for its body has a buffer of hyper's
/// to itself otherwise, as hyper makes another one for what comes next.
pub(crate) fn head(mut head: Parts) -> Parts {
    for value in head.headers.values_mut() {
        *value = self::value(value);
    }
    head.uri = uri(head.uri);
    head
}

pub(crate) fn value(value: &HeaderValue) -> HeaderValue {
    // What is a value is not refused as one.
    let mut copy = HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone());
    copy.set_sensitive(value.is_sensitive());
    copy
}

/// Names of a scheme other than `http` and `https` are left as they are: a request with one is refused.
fn uri(uri: Uri) -> Uri {
    let shared = uri.clone();
    let mut parts = uri.into_parts();
    parts.authority = parts
        .authority
        .map(|authority| Authority::from_maybe_shared(copy(authority.as_str())).unwrap_or(authority));
    parts.path_and_query = parts.path_and_query.map(|path_and_query| {
        PathAndQuery::from_maybe_shared(copy(path_and_query.as_str())).unwrap_or(path_and_query)
    });
    // What are the parts of a URI make one.
    Uri::from_parts(parts).unwrap_or(shared)
}

fn copy(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use http::{Method, Request};

    use super::*;

    /// The copy says the same, and has no byte of the buffer.
    fn check(target: &str, authority: Option<&str>, path_and_query: Option<&str>) {
        let buffer = Bytes::from([target, "value \u{e9}"].concat());
        let within = buffer.as_ptr_range();
        let uri = Uri::from_maybe_shared(buffer.slice(..target.len())).unwrap();
        let mut request = Request::new(());
        *request.uri_mut() = uri.clone();
        *request.method_mut() = Method::CONNECT;
        let value = HeaderValue::from_maybe_shared(buffer.slice(target.len()..)).unwrap();
        request.headers_mut().insert("x-shared", value.clone());

        let copied = head(request.into_parts().0);
        assert_eq!((&copied.uri, &copied.headers["x-shared"]), (&uri, &value), "{target}");
        assert_eq!(copied.uri.to_string(), uri.to_string());
        assert_eq!((copied.uri.scheme(), copied.method), (uri.scheme(), Method::CONNECT), "{target}");
        let texts = [
            copied.uri.authority().map(Authority::as_str),
            copied.uri.path_and_query().map(PathAndQuery::as_str),
        ];
        assert_eq!(texts, [authority, path_and_query], "{target}");
        let bytes =
            texts.into_iter().flatten().map(str::as_bytes).chain([copied.headers["x-shared"].as_bytes()]);
        for bytes in bytes {
            assert!(!within.contains(&bytes.as_ptr()), "{target}: {} is shared", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_copy_says_the_same_in_memory_of_its_own() {
        check("/waInstance1/createGroup/t?a=%20b", None, Some("/waInstance1/createGroup/t?a=%20b"));
        check("/\u{e9}", None, Some("/\u{e9}"));
        check("http://user@example.com:80/a?b", Some("user@example.com:80"), Some("/a?b"));
        check("https://[::1]?b", Some("[::1]"), Some("?b"));
        check("http://example.com", Some("example.com"), Some("/"));
        check("example.com:443", Some("example.com:443"), None);
    }

    #[test]
    fn what_has_no_text_of_its_own_stays_what_it_is() {
        for target in ["/", "*"] {
            assert_eq!(uri(target.parse().unwrap()), target);
        }
    }
}

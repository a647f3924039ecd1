//! The table of what is tried of HTTP.

use crate::socket::{Origin, Piece};

/// One row.
pub(super) struct Check {
    pub(super) check: &'static str,
    pub(super) sentence: &'static str,
    pub(super) source: &'static str,
    pub(super) pieces: fn(&Call<'_>) -> Vec<Piece>,
    pub(super) expect: Expect,
}

/// What a row makes its request of.
pub(super) struct Call<'c> {
    pub(super) origin: &'c Origin,
    /// Path and query. It holds the token.
    pub(super) target: String,
    pub(super) media_type: &'c str,
    pub(super) body: &'c [u8],
}

/// What has to come back.
#[derive(Clone, Copy)]
pub(super) enum Expect {
    /// So many answers, each with a group.
    Groups(usize),
    /// An error of the client's, or the end of the connection.
    NoGroup,
    /// Any answer that does not blame the server.
    Orderly,
    /// This status.
    Status(u16),
    /// An answer that ends with its head.
    NoBody,
}

impl Expect {
    /// How many answers are waited for.
    pub(super) fn answers(self) -> usize {
        match self {
            Self::Groups(count) => count,
            _ => 1,
        }
    }
}

impl Call<'_> {
    fn head(&self, version: &str, more: &str) -> String {
        let Self { target, origin, media_type, .. } = self;
        format!(
            "POST {target} {version}\r\nHost: {}\r\nContent-Type: {media_type}\r\n{more}\r\n",
            origin.authority
        )
    }

    fn whole(&self, version: &str, more: &str) -> Vec<u8> {
        let more = format!("Content-Length: {}\r\n{more}", self.body.len());
        [self.head(version, &more).as_bytes(), self.body].concat()
    }

    fn chunked(&self, chunks: &[&[u8]]) -> Vec<u8> {
        let mut bytes =
            self.head("HTTP/1.1", "Transfer-Encoding: chunked\r\nConnection: close\r\n").into_bytes();
        for chunk in chunks {
            bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        bytes
    }
}

const CLOSE: &str = "Connection: close\r\n";

fn bytes(bytes: Vec<u8>) -> Vec<Piece> {
    vec![Piece::Bytes(bytes)]
}

pub(super) const CHECKS: [Check; 20] = [
    Check {
        check: "http.chunked",
        sentence: "a chunked body is read",
        source: "RFC 9112, section 7.1",
        pieces: |call| bytes(call.chunked(&[call.body])),
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.many-chunks",
        sentence: "a body in chunks of three bytes is read",
        source: "RFC 9112, section 7.1",
        pieces: |call| bytes(call.chunked(&call.body.chunks(3).collect::<Vec<_>>())),
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.byte-by-byte",
        sentence: "a request that comes byte by byte is read",
        source: "RFC 9112, section 2.2",
        pieces: |call| vec![Piece::OneByOne(call.whole("HTTP/1.1", CLOSE))],
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.expect-continue",
        sentence: "a body that waits for `100 Continue` is asked for, or read without",
        source: "RFC 9110, section 10.1.1",
        pieces: |call| {
            let more = format!("Content-Length: {}\r\nExpect: 100-continue\r\n{CLOSE}", call.body.len());
            let head = call.head("HTTP/1.1", &more).into_bytes();
            vec![Piece::Bytes(head), Piece::AwaitContinue, Piece::Bytes(call.body.to_vec())]
        },
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.version-1.0",
        sentence: "a request of HTTP/1.0 is answered",
        source: "RFC 9110, section 6.2",
        pieces: |call| bytes(call.whole("HTTP/1.0", "")),
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.pipelining",
        sentence: "two requests in one piece get two answers",
        source: "RFC 9112, section 9.3.2",
        pieces: |call| bytes([call.whole("HTTP/1.1", ""), call.whole("HTTP/1.1", CLOSE)].concat()),
        expect: Expect::Groups(2),
    },
    Check {
        check: "http.names-in-any-case",
        sentence: "the case of a header's name does not matter",
        source: "RFC 9110, section 5.1",
        pieces: |call| {
            let text = String::from_utf8_lossy(&call.whole("HTTP/1.1", CLOSE)).into_owned();
            let text =
                text.replace("Content-Type", "cONTENT-tYPE").replace("Content-Length", "CONTENT-LENGTH");
            bytes(text.replace("Host", "HOST").into_bytes())
        },
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.absolute-form",
        sentence: "a target with scheme and host is that of its path",
        source: "RFC 9112, section 3.2.2",
        pieces: |call| {
            let target = format!("http://{}{}", call.origin.authority, call.target);
            let call = Call { target, ..*call };
            bytes(call.whole("HTTP/1.1", CLOSE))
        },
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.head",
        sentence: "the answer to HEAD has no body",
        source: "RFC 9110, section 9.3.2",
        pieces: |call| {
            bytes(
                format!("HEAD {} HTTP/1.1\r\nHost: {}\r\n{CLOSE}\r\n", call.target, call.origin.authority)
                    .into_bytes(),
            )
        },
        expect: Expect::NoBody,
    },
    Check {
        check: "http.many-headers",
        sentence: "a request with forty more headers is read",
        source: "RFC 9110, section 5.4",
        pieces: |call| {
            let more =
                (0..40).map(|index| format!("X-More-{index}: {index}\r\n")).collect::<Vec<_>>().concat();
            bytes(call.whole("HTTP/1.1", &format!("{more}{CLOSE}")))
        },
        expect: Expect::Groups(1),
    },
    Check {
        check: "http.gzip",
        sentence: "a body that is said to be compressed is read or refused, and blames nobody else",
        source: "RFC 9110, section 8.4",
        pieces: |call| bytes(call.whole("HTTP/1.1", &format!("Content-Encoding: gzip\r\n{CLOSE}"))),
        expect: Expect::Orderly,
    },
    Check {
        check: "http.no-host",
        sentence: "a request of HTTP/1.1 without `Host` is answered with 400",
        source: "RFC 9112, section 3.2",
        pieces: |call| {
            let text = String::from_utf8_lossy(&call.whole("HTTP/1.1", CLOSE)).into_owned();
            let host = format!("Host: {}\r\n", call.origin.authority);
            bytes(text.replacen(&host, "", 1).into_bytes())
        },
        expect: Expect::Status(400),
    },
    Check {
        check: "http.two-lengths",
        sentence: "a request with two different lengths makes no group",
        source: "RFC 9112, section 6.3",
        pieces: |call| {
            let more = format!("Content-Length: {}\r\n{CLOSE}", call.body.len() - 1);
            bytes(call.whole("HTTP/1.1", &more))
        },
        expect: Expect::NoGroup,
    },
    Check {
        check: "http.length-and-chunked",
        sentence: "a request with a length and chunks is read as chunks, or refused",
        source: "RFC 9112, section 6.1",
        pieces: |call| {
            let chunked = String::from_utf8_lossy(&call.chunked(&[call.body])).into_owned();
            bytes(
                chunked
                    .replacen("Transfer-Encoding", "Content-Length: 5\r\nTransfer-Encoding", 1)
                    .into_bytes(),
            )
        },
        expect: Expect::Orderly,
    },
    Check {
        check: "http.negative-length",
        sentence: "a length that is no number makes no group",
        source: "RFC 9110, section 8.6",
        pieces: |call| {
            bytes(
                [call.head("HTTP/1.1", &format!("Content-Length: -1\r\n{CLOSE}")).as_bytes(), call.body]
                    .concat(),
            )
        },
        expect: Expect::NoGroup,
    },
    Check {
        check: "http.short-body",
        sentence: "a body that ends before its length makes no group",
        source: "RFC 9112, section 8",
        pieces: |call| {
            let head = call.head("HTTP/1.1", &format!("Content-Length: {}\r\n{CLOSE}", call.body.len() + 10));
            vec![Piece::Bytes([head.as_bytes(), call.body].concat()), Piece::EndOfSending]
        },
        expect: Expect::NoGroup,
    },
    Check {
        check: "http.broken-chunk",
        sentence: "a chunk of which the size is no number makes no group",
        source: "RFC 9112, section 7.1",
        pieces: |call| {
            let chunked = call.chunked(&[call.body]);
            let start = chunked.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |place| place + 4);
            bytes([&chunked[..start], b"zz\r\n", &chunked[start..]].concat())
        },
        expect: Expect::NoGroup,
    },
    Check {
        check: "http.unfinished-chunks",
        sentence: "chunks without the last one make no group",
        source: "RFC 9112, section 8",
        pieces: |call| {
            let chunked = call.chunked(&[call.body]);
            vec![Piece::Bytes(chunked[..chunked.len() - 5].to_vec()), Piece::EndOfSending]
        },
        expect: Expect::NoGroup,
    },
    Check {
        check: "http.space-before-colon",
        sentence: "a header with a space before its colon makes no group",
        source: "RFC 9112, section 5.1",
        pieces: |call| bytes(call.whole("HTTP/1.1", &format!("X-More : 1\r\n{CLOSE}"))),
        expect: Expect::NoGroup,
    },
    Check {
        check: "http.no-http",
        sentence: "what is no HTTP makes no group",
        source: "RFC 9112, section 3",
        pieces: |_| bytes(b"\x16\x03\x01\x02\x00 what is this\r\n\r\n".to_vec()),
        expect: Expect::NoGroup,
    },
];

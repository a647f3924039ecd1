//! The short way: a request that came whole in one read, and that says nothing by which only hyper knows what to do, as nearly each
//! does, is answered without hyper.
//!
//! Hyper makes much of each request that such a one does not need: a body that could come in parts and a channel for it, a map of the
//! headers, buffers that could be shared. That takes nearly as long as all that the emulation does. Whatever is not plainly such a
//! request goes to hyper, byte for byte, and so does an answer that is to be late or hurt. The answers are the same, byte for byte.

use std::io::Write;
use std::mem::MaybeUninit;

use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING, UPGRADE};
use httparse::{Header, Status};

use super::front::is_host;
use crate::admin::ControlPlane;
use crate::headers::Headers;
use crate::outcome::Answer;
use crate::service::EmulationService;

/// A request with more headers goes to hyper.
const MOST_HEADERS: usize = 32;

/// The short way of a connection.
#[derive(Debug)]
pub(super) struct Shortcut {
    service: EmulationService,
    has_control_plane: bool,
    most_headers: usize,
}

/// What the short way is for a request.
pub(super) enum Taken {
    /// The answer was written.
    Whole,
    /// The call was decided, and its answer is left to hyper.
    Half(Box<Answer>),
    /// Hyper has to do it all.
    Not,
}

impl Shortcut {
    pub(super) fn new(service: EmulationService, has_control_plane: bool, most_headers: usize) -> Self {
        Self { service, has_control_plane, most_headers: most_headers.min(MOST_HEADERS) }
    }

    /// Answers a request, if these bytes are one and nothing else. The answer takes the place of what is in `out`.
    pub(super) fn take(&self, bytes: &[u8], out: &mut Vec<u8>) -> Taken {
        let mut room = [const { MaybeUninit::uninit() }; MOST_HEADERS];
        let emulation = self.service.emulation();
        let Some(request) = Request::read(bytes, emulation.contract().method(), &mut room) else {
            return Taken::Not;
        };
        let path = request.target.split('?').next().unwrap_or_default();
        if request.headers.len() > self.most_headers
            || self.service.takes_less_than(request.body)
            || self.has_control_plane && ControlPlane::has(path)
        {
            return Taken::Not;
        }
        let start = EmulationService::start();
        let call = emulation.open_with(request.method, request.target, Headers::Bytes(request.headers));
        let answer = call.answer(request.body);
        if !is_sent_at_once(&answer) {
            return Taken::Half(Box::new(answer));
        }
        EmulationService::log(&answer, start);
        write(&answer, out);
        Taken::Whole
    }
}

struct Request<'r, 'b> {
    method: &'b str,
    target: &'b str,
    headers: &'r [Header<'b>],
    body: &'b [u8],
}

impl<'r, 'b> Request<'r, 'b> {
    fn read(
        bytes: &'b [u8],
        method: &str,
        room: &'r mut [MaybeUninit<Header<'b>>; MOST_HEADERS],
    ) -> Option<Self> {
        let mut request = httparse::Request::new(&mut []);
        let Ok(Status::Complete(head)) = request.parse_with_uninit_headers(bytes, room) else { return None };
        let (Some(own), Some(target), Some(1)) = (request.method, request.path, request.version) else {
            return None;
        };
        let body = &bytes[head..];
        let headers = &*request.headers;
        (own == method && is_plain_target(target) && are_plain(headers, body.len())).then_some(Self {
            method: own,
            target,
            headers,
            body,
        })
    }
}

/// Whether a byte of a target is one that hyper leaves as it is, in a path and in a query.
const STAYS: [bool; 256] = {
    let mut stays = [false; 256];
    let mut bytes: &[u8] =
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/-._~%?=&:@!$'()*+,;";
    while let [first, rest @ ..] = bytes {
        stays[*first as usize] = true;
        bytes = rest;
    }
    stays
};

fn is_plain_target(target: &str) -> bool {
    target.starts_with('/') && target.bytes().all(|byte| STAYS[usize::from(byte)])
}

/// Whether the headers say that a body of this length is all that comes, and nothing of the connection that is not so anyway.
fn are_plain(headers: &[Header<'_>], body: usize) -> bool {
    let mut is_host_named = false;
    let mut length = None;
    for (index, Header { name, value }) in headers.iter().enumerate() {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is(CONTENT_LENGTH.as_str()) {
            length = decimal(value);
            if length.is_none() {
                return false;
            }
        } else if is(HOST.as_str()) {
            is_host_named = is_host(value);
            if !is_host_named {
                return false;
            }
        } else if is(CONNECTION.as_str()) && !value.eq_ignore_ascii_case(b"keep-alive")
            || [TRANSFER_ENCODING, EXPECT, UPGRADE].iter().any(|other| is(other.as_str()))
        {
            return false;
        }
        if headers[..index].iter().any(|before| is(before.name)) {
            return false;
        }
    }
    is_host_named && length == Some(body)
}

/// A number as `Content-Length` has it.
fn decimal(digits: &[u8]) -> Option<usize> {
    digits.iter().all(u8::is_ascii_digit).then(|| str::from_utf8(digits).ok()?.parse().ok())?
}

/// Whether an answer has nothing about it but its bytes, and a body by its length.
fn is_sent_at_once(answer: &Answer) -> bool {
    answer.delay.is_zero()
        && answer.wire.is_none()
        && (200..600).contains(&answer.status)
        && !matches!(answer.status, 204 | 205 | 304)
}

/// Writes an answer as hyper does.
fn write(answer: &Answer, out: &mut Vec<u8>) {
    out.clear();
    let status = answer.status_code();
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(status.canonical_reason().unwrap_or("<none>").as_bytes());
    out.extend_from_slice(b"\r\n");
    for (name, value) in answer.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            out.extend_from_slice(part);
        }
    }
    // Writing to memory cannot fail.
    let _ = write!(out, "content-length: {}\r\n\r\n", answer.body.len());
    out.extend_from_slice(&answer.body);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use greenapi_model::Contract;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::super::endpoint::Endpoint;
    use super::*;
    use crate::emulation::{Emulation, Settings};

    const BODY: &str = r#"{"groupName":"x","phones":[79001234567]}"#;
    const PATH: &str = "/waInstance1101000001/createGroup/a-token-of-some-length";

    fn emulation() -> Arc<Emulation> {
        let settings = Settings { most_instances: 1, ..Settings::default() };
        Arc::new(Emulation::with(Contract::default(), settings).unwrap())
    }

    fn request(method: &str, target: &str, version: &str, headers: &[&str], body: &str) -> String {
        format!("{method} {target} {version}\r\n{}\r\n\r\n{body}", headers.join("\r\n"))
    }

    #[test]
    fn it_is_taken_by_plain_requests_alone() {
        let shortcut = Shortcut::new(EmulationService::new(emulation()), true, 5);
        let length = &*format!("Content-Length: {}", BODY.len());
        let plain = ["Host: localhost", "Content-Type: application/json", length];
        let with = |header| [&plain[..], &[header]].concat();
        let without = |index: usize| [&plain[..index], &plain[index + 1..]].concat();
        let of = |headers: &[&str]| request("POST", PATH, "HTTP/1.1", headers, BODY);
        let to = |target: &str| request("POST", target, "HTTP/1.1", &plain, BODY);
        let six: Vec<_> = (0..6).map(|index| format!("X-{index}: y")).collect();
        for (bytes, expected) in [
            (of(&plain), "whole"),
            (of(&plain).replace(BODY, &" ".repeat(BODY.len())), "whole"),
            (of(&with("Connection: Keep-Alive")), "whole"),
            (of(&with("Prefer: example=instance-starting")), "whole"),
            (of(&without(1)), "whole"),
            (to("/"), "whole"),
            (to("/waInstance1101000002/createGroup/t?x=%20"), "whole"),
            (of(&with("Prefer: wait=1")), "half"),
            (of(&with("Prefer: example=\"wire.garbage\"")), "half"),
            (to("/waInstance1101000208/createGroup/t"), "half"),
            (of(&without(0)), "not"),
            (of(&without(2)), "not"),
            (of(&with("Host: localhost")), "not"),
            (of(&with("host: elsewhere")), "not"),
            (of(&with(length)), "not"),
            (of(&with("Connection: close")), "not"),
            (of(&with("Transfer-Encoding: chunked")), "not"),
            (of(&with("Expect: 100-continue")), "not"),
            (of(&with("Upgrade: h2c")), "not"),
            (of(&plain).replace("localhost", "local host"), "not"),
            (of(&six.iter().map(String::as_str).chain(plain).collect::<Vec<_>>()), "not"),
            (of(&plain) + "P", "not"),
            (of(&plain)[1..].to_owned(), "not"),
            (of(&plain)[..100].to_owned(), "not"),
            (of(&plain).replace("1.1\r", "1.0\r"), "not"),
            (of(&plain).replace("POST", "PUT"), "not"),
            (of(&plain).replace("Content-Length: ", "Content-Length: +"), "not"),
            (to("/__admin/reset"), "not"),
            (to("/__admin?x=y"), "not"),
            (to("http://localhost/"), "not"),
            (to("*"), "not"),
            (to("/#fragment"), "not"),
            (to("/\"quoted\""), "not"),
        ] {
            let taken = match shortcut.take(bytes.as_bytes(), &mut Vec::new()) {
                Taken::Whole => "whole",
                Taken::Half(_) => "half",
                Taken::Not => "not",
            };
            assert_eq!(taken, expected, "{bytes}");
        }
    }

    /// What comes back, and what is kept of the calls, with and without the short way.
    fn seen(pieces: &[Vec<u8>], is_short: bool) -> (Vec<u8>, String) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let emulation = emulation();
            let endpoint = Endpoint::new(Arc::clone(&emulation));
            let endpoint = if is_short { endpoint } else { endpoint.by_hyper_alone() };
            let (mut client, stream) = duplex(1 << 16);
            let served = tokio::spawn(endpoint.serve(stream));
            for piece in pieces {
                // The connection may be over by now.
                let _ = client.write_all(piece).await;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let _ = client.shutdown().await;
            let mut bytes = Vec::new();
            let _ = client.read_to_end(&mut bytes).await;
            served.await.unwrap();
            let calls = emulation.all_calls().kept;
            let kept =
                calls.iter().map(|call| format!("{call:?} {:?}\n", call.headers().collect::<Vec<_>>()));
            (bytes, kept.collect())
        })
    }

    fn some_request() -> impl Strategy<Value = String> {
        let target = select(vec![
            PATH,
            PATH,
            "/waInstance1101000001/createGroup/t?a=b&c",
            "/WAINSTANCE1101000001/creategroup/t",
            "/waInstance1101000002/createGroup/t",
            "/waInstance1101000005/createGroup/t",
            "/waInstance1101000101/createGroup/t",
            "/waInstance1101000103/createGroup/t",
            "/waInstance1101000104/createGroup/t",
            "/waInstance1101000108/createGroup/t",
            "/waInstance1101000109/createGroup/t",
            "/waInstance1101000201/createGroup/t",
            "/waInstance1101000202/createGroup/t",
            "/waInstance1101000203/createGroup/t",
            "/waInstance1101000204/createGroup/t",
            "/waInstance1101000205/createGroup/t",
            "/waInstance1101000206/createGroup/t",
            "/waInstance1101000207/createGroup/t",
            "/waInstance1101000208/createGroup/t",
            "/waInstance1101000301/createGroup/t",
            "/waInstance7103000001/createGroup/t",
            "/waInstance7103000002/createGroup/t",
            "/waInstance01/createGroup/t",
            "/",
            "//?",
            "/a%20b/../c;d",
            "/__admin/settings",
            "/__administrator",
            "http://localhost/",
            "*",
            "/#f",
            "/\u{e9}",
        ]);
        let headers = subsequence(
            vec![
                "Content-Type: application/json",
                "content-type: text/plain",
                "Connection: keep-alive",
                "Connection: close",
                "Prefer: wait=0.5",
                "Prefer: example=too-many-requests",
                "PREFER: example=\"wire.short-body\"",
                "Prefer: example=nothing-like-that",
                "Authorization: Bearer a-token-of-some-length",
                "X-Token: a-token-of-some-length",
                "A-Token-Of-Some-Length: x",
                "X-Empty:",
                "X-Odd: \u{e9}\t ",
                "Accept: */*",
                "Cookie: a=b",
                "Expect: 100-continue",
                "Host: elsewhere",
            ],
            0..4,
        );
        let body =
            select(vec![BODY, BODY, "", "{}", "[", "{\"groupName\":\"a-token-of-some-length\"}", "\u{0}"]);
        let method = select(vec!["POST", "POST", "POST", "GET", "OPTIONS", "post"]);
        let version = select(vec!["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"]);
        let length = select(vec![0, 0, 0, 0, 1]);
        (method, target, version, headers, body, length).prop_map(
            |(method, target, version, headers, body, more)| {
                let length = format!("Content-Length: {}", body.len() + more);
                let headers: Vec<_> =
                    ["Host: localhost:1"].into_iter().chain(headers).chain([&*length]).collect();
                request(method, target, version, &headers, body)
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn its_answers_are_those_of_hyper(
            requests in prop::collection::vec(some_request(), 1..4),
            are_pipelined: bool,
            cut in prop::option::of(0..400_usize),
        ) {
            let mut pieces: Vec<_> = requests.into_iter().map(String::into_bytes).collect();
            if are_pipelined {
                pieces = vec![pieces.concat()];
            }
            if let Some(cut) = cut.filter(|cut| *cut < pieces[0].len()) {
                let rest = pieces[0].split_off(cut);
                pieces.insert(1, rest);
            }
            let [(answers, kept), (others, other_kept)] = [true, false].map(|is_short| seen(&pieces, is_short));
            prop_assert_eq!(answers.escape_ascii().to_string(), others.escape_ascii().to_string());
            prop_assert_eq!(kept, other_kept);
        }
    }
}

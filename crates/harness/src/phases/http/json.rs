//! What readers of JSON differ on.

use crate::case::Reply;
use crate::gauge::Gauge;
use crate::report::{Deviation, DeviationFound};
use crate::text;

/// A member that is put in front of the others, whether it has to be refused, and where that stands.
struct Check {
    check: &'static str,
    sentence: &'static str,
    source: &'static str,
    body: fn(&[u8]) -> Vec<u8>,
    is_refused: bool,
}

const CHECKS: [Check; 7] = [
    Check {
        check: "json.not-a-number",
        sentence: "`NaN` is no JSON",
        source: "RFC 8259, section 6",
        body: |body| with_member(body, b"NaN"),
        is_refused: true,
    },
    Check {
        check: "json.not-utf-8",
        sentence: "a body that is not UTF-8 is refused",
        source: "RFC 8259, section 8.1",
        body: |body| with_member(body, b"\"\xff\xfe\""),
        is_refused: true,
    },
    Check {
        check: "json.utf-16",
        sentence: "a body in UTF-16 is refused",
        source: "RFC 8259, section 8.1",
        body: |body| {
            let text = String::from_utf8_lossy(body).into_owned();
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        },
        is_refused: true,
    },
    Check {
        check: "json.byte-order-mark",
        sentence: "a byte order mark in front is read over or refused",
        source: "RFC 8259, section 8.1",
        body: |body| [b"\xef\xbb\xbf", body].concat(),
        is_refused: false,
    },
    Check {
        check: "json.lone-surrogate",
        sentence: "half of a surrogate pair is taken or refused",
        source: "RFC 8259, section 8.2",
        body: |body| with_member(body, br#""\ud800""#),
        is_refused: false,
    },
    Check {
        check: "json.beyond-double",
        sentence: "a number beyond the range of a double is taken or refused",
        source: "RFC 8259, section 6",
        body: |body| with_member(body, b"1e999"),
        is_refused: false,
    },
    Check {
        check: "json.deep-nesting",
        sentence: "ten thousand lists in one another are taken or refused",
        source: "RFC 8259, section 9",
        body: |body| with_member(body, &[vec![b'['; 10_000], vec![b']'; 10_000]].concat()),
        is_refused: false,
    },
];

fn with_member(body: &[u8], value: &[u8]) -> Vec<u8> {
    let start = body.iter().position(|byte| *byte == b'{').map_or(0, |place| place + 1);
    [&body[..start], br#""anotherMember":"#, value, b",", &body[start..]].concat()
}

pub(super) async fn bodies(gauge: &mut Gauge<'_>) {
    for Check { check, sentence, source, body, is_refused } in CHECKS {
        let found = if gauge.wants(&format!("http/{check}")) && gauge.goes_on() {
            let request = gauge.call(body(gauge.example().as_bytes()));
            let reply = gauge.wire.send(&request).await;
            let taken = gauge.is_success(&reply);
            let found = match &reply {
                Reply::Withheld(why) => Err(why.clone()),
                Reply::Nothing(why) => {
                    gauge.silence();
                    Ok(Some(format!("no answer: {why}")))
                }
                // Not those that the contract knows, such as that of a body which is too large.
                Reply::Answer(answer) if answer.status >= 500 && !gauge.judge.is_known_error(answer) => {
                    Ok(Some(format!("the status {}", answer.status)))
                }
                Reply::Answer(_) if taken && is_refused => Ok(Some("it was taken".to_owned())),
                Reply::Answer(_) => Ok(None),
            };
            match found {
                Err(why) => DeviationFound::NotChecked(why),
                Ok(None) => DeviationFound::AsExpected,
                Ok(Some(found)) => {
                    DeviationFound::Other { found, request: text::request(&request, gauge.wire.target) }
                }
            }
        } else {
            DeviationFound::NotChecked("it is no case of this run, or nothing came any more".to_owned())
        };
        gauge.deviations.push(Deviation { check, sentence, source, found });
    }
}

use std::sync::Arc;

use greenapi_mock_server::{Emulation, Endpoint, Injection, Scope};
use greenapi_model::{Body, Contract, Edition, strategy};
use http::HeaderMap;
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::exchange::{self, Exchange};
use crate::plant::Plant;

const PATH: &str = "/waInstance1101000001/createGroup/any-token";

/// Beside the names of members: what readers of JSON get wrong, and values that are right.
const WORDS: [&str; 36] = [
    "{\"groupName\":\"x\",\"phones\":[",
    "{\"groupName\":\"x\",\"chatIds\":[\"",
    "79001234567",
    "999999999999999",
    "1e15",
    "7.9e10",
    "1.0",
    "1.5",
    "-0.0",
    "0e0",
    "1e-1",
    "1e400",
    "9007199254740993",
    "18446744073709551616",
    "-9223372036854775809",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "\"\"",
    "\\u0000",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\u0022",
    "\\n",
    "\u{feff}",
    "\u{10ffff}",
    "\r\n",
    "\"12345678910-1112131415@g.us\"",
    "\"https://chat.whatsapp.com/DbmJAvgQHXEAtgzUAfdRXH\"",
    "\"2020-06-29T08:02:31.123Z\"",
    "\"bad request data\"",
    "[[[[[[[[[[[[[[[[",
    "]]]]]]]]]]]]]]]]",
    "\":",
];

/// Three readers of a body agree whether it is valid: the JSON Schema of the contract, judged by a validator that shares no code
/// with it, the model, and the mock.
///
/// The first byte decides which body it is; whether the others are the body, spell one word by word, or are the seed of one that is
/// near to what the contract asks for; and whether the mock is asked over a connection too.
pub fn agreement(bytes: &[u8]) {
    let Some((how, bytes)) = bytes.split_first() else { return };
    thread_local! {
        static READERS: Vec<Readers> = Edition::all().map(|edition| Readers::new(Contract::of(edition))).collect();
    }
    READERS.with(|readers| readers.iter().for_each(|readers| readers.agree(*how, bytes)));
}

/// All that reads bodies in one edition.
struct Readers {
    contract: Contract,
    bodies: Vec<(Body, Validator, BoxedStrategy<strategy::RawBody>)>,
    words: Vec<String>,
    emulation: Arc<Emulation>,
    endpoint: Endpoint,
}

impl Readers {
    fn new(contract: Contract) -> Self {
        let bodies = Body::ALL.map(|body| {
            let schema = serde_json::from_str(&contract.json_schema(body)).expect("a schema is JSON");
            let validator = jsonschema::draft202012::new(&schema).expect("the contract's schema is one");
            (body, validator, strategy::any(&contract, body))
        });
        let emulation = Arc::new(Emulation::new(contract.clone()).expect("the contract can be emulated"));
        if Plant::EmptyName.is_there() {
            let fault = emulation.fault("request.groupName.minLength/not-enforced").expect("a known fault");
            emulation.inject(Scope::Everywhere, Injection::of(fault)).expect("there is room for a fault");
        }
        let endpoint = Endpoint::new(Arc::clone(&emulation));
        let names =
            Body::ALL.iter().flat_map(|body| contract.members(*body)).map(|name| format!("\"{name}\":"));
        let words = names.chain(WORDS.map(str::to_owned)).collect();
        Self { contract, bodies: bodies.into(), words, emulation, endpoint }
    }

    /// The body that bytes spell: those of ASCII stand for themselves, each other one for a word.
    fn spelled(&self, bytes: &[u8]) -> Vec<u8> {
        let mut body = Vec::with_capacity(4 * bytes.len());
        for byte in bytes {
            match byte.checked_sub(0x80) {
                None => body.push(*byte),
                Some(number) => {
                    body.extend_from_slice(self.words[usize::from(number) % self.words.len()].as_bytes());
                }
            }
        }
        body
    }

    fn agree(&self, how: u8, bytes: &[u8]) {
        // Most are requests, as these have three readers.
        let (body, validator, near) = &self.bodies[usize::from(how & 7).saturating_sub(5)];
        let bytes = match how >> 3 & 3 {
            0 | 1 => bytes.into(),
            2 => self.spelled(bytes),
            _ => generated(near, bytes),
        };
        let bytes = bytes.as_slice();
        let schema = serde_json::from_slice(bytes).is_ok_and(|value| validator.is_valid(&value));
        let model = match body {
            Body::Request => self.contract.request(bytes).map(drop),
            Body::Response => self.contract.response(bytes).map(drop),
            Body::Error => self.contract.error(bytes).map(drop),
        };
        let text = bytes.escape_ascii();
        assert_eq!(model.is_ok(), schema, "schema and model disagree, {}: {text} {model:?}", body.name());
        if *body == Body::Request && bytes.len() as u64 <= self.emulation.body_limit() {
            let expected = if schema { (200, "response.200") } else { (400, "error.bad-request-data") };
            let answer = self.emulation.open("POST", PATH, &HeaderMap::new()).answer(bytes);
            let clause = answer.outcome.clause().map_or("none", |clause| clause.id());
            assert_eq!((answer.status, clause), expected, "the mock disagrees: {text}");
            if how & 0xe0 == 0xe0 {
                let seen = exchange::run(&self.endpoint, &Exchange::whole(post(bytes)));
                let status = exchange::status(&seen);
                assert_eq!(status, Some(expected.0), "the mock on a connection disagrees: {text}");
            }
        }
    }
}

/// The body that a generator makes where the bytes are the seed of its chance; an empty one where its filters let nothing through.
fn generated(near: &BoxedStrategy<strategy::RawBody>, bytes: &[u8]) -> Vec<u8> {
    let mut seed = [0_u8; 32];
    for (index, byte) in bytes.iter().enumerate() {
        let place = &mut seed[index % 32];
        *place = place.rotate_left(3) ^ byte;
    }
    let config = Config { max_local_rejects: 16, failure_persistence: None, ..Config::default() };
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let tree = near.new_tree(&mut TestRunner::new_with_rng(config, chance));
    tree.map(|tree| tree.current().into_bytes()).unwrap_or_default()
}

fn post(body: &[u8]) -> Vec<u8> {
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

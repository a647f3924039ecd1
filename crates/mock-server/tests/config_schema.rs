//! The published schema of the configuration file says the same as what reads such a file, as far as a schema can.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use greenapi_mock_server::Config;
use jsonschema::Validator;
use serde_json::Value;

const EXAMPLE: &str = include_str!("../greenapi-mock.example.toml");

fn schema() -> Validator {
    let schema: Value = serde_json::from_str(include_str!("../config.schema.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// What schema and reader say of a file: whether it is valid.
fn verdicts(schema: &Validator, text: &str) -> (bool, bool) {
    let value: Value = toml::from_str(text).unwrap();
    let read = Config::parse(text).and_then(|config| config.emulation());
    (schema.is_valid(&value), read.is_ok())
}

#[test]
fn schema_and_reader_agree() {
    let schema = schema();
    let check =
        |text: &str, expected: bool| assert_eq!(verdicts(&schema, text), (expected, expected), "{text}");
    for valid in [
        EXAMPLE,
        "",
        "seed = 0",
        "seed = 9223372036854775807",
        "listen = '[::1]:0'",
        "drain = '0s'",
        "log = 'off'",
        "clock = 'system'",
        "strict = true",
        "max-instances = 0",
        "edition = '2020-06-29'",
        "cors = []",
        "cors = ['*', 'http://localhost:3000']",
        "tls = {}",
        "[tls]\nenabled = true\nhosts = ['api.green-api.com', '::1']\nca = 'x'\ncert = 'x'\nkey = 'x'",
        "limits = {}",
        "[limits]\nhead-timeout = '1s'\nidle-timeout = '1s'\nbody-timeout = '1s'",
        "[limits]\nmax-connections = 1\nmax-head-bytes = 8192\nmax-headers = 10000\nmax-body-bytes = 0",
        "journal = {}",
        "journal.entries = 0",
        "[journal]\nmask-phones = true\nretry-window = '0s'",
        "[admin]\nenabled = false",
        "admin.token-file = 'x'",
        "instance = []",
        "instance = [{ id = 7 }]",
        "[[instance]]\nid = 7\nthen = 'repeat'\nscript = ['ok']",
        "[[instance]]\nid = 7\nfaults = []",
        "[[instance]]\nid = 7\ntoken = 'x'",
        "[[fault]]\nfault = 'wire.latency'\nprobability = 1",
        "[[fault]]\nfault = 'wire.latency'\ncalls = 1",
        "fault = ['wire.latency=1ms', { fault = 'garbage' }]",
    ] {
        check(valid, true);
    }
    for invalid in [
        "sed = 0",
        "seed = -1",
        "seed = '0'",
        "seed = 0.5",
        "listen = 8080",
        "drain = 10",
        "log = 'loud'",
        "log = true",
        "clock = 2020-06-29T12:00:00Z",
        "strict = 'true'",
        "max-instances = -1",
        "max_instances = 1",
        "edition = 2020",
        "spec = ['x']",
        "cors = true",
        "cors = '*'",
        "cors = [1]",
        "tls = true",
        "tls.enabled = 'yes'",
        "tls.hosts = 'x'",
        "tls.hosts = [7]",
        "tls.host = ['x']",
        "limits = 7",
        "limits.timeout = '1s'",
        "limits.head-timeout = 1",
        "limits.max-connections = 0",
        "limits.max-connections = '1'",
        "limits.max-head-bytes = 8191",
        "limits.max-headers = 0",
        "limits.max-headers = 10001",
        "limits.max-body-bytes = -1",
        "journal = 7",
        "journal.entrys = 0",
        "journal.mask-phones = 1",
        "journal.retry-window = 10",
        "admin = false",
        "admin.token = 'x'",
        "admin.enabled = 'no'",
        "instance = {}",
        "instance = [7]",
        "instance = [{}]",
        "[[instance]]\nid = '7'",
        "[[instance]]\nid = -7",
        "[[instance]]\nid = 7\nthen = 'again'",
        "[[instance]]\nid = 7\nscript = 'ok'",
        "[[instance]]\nid = 7\nscript = [1]",
        "[[instance]]\nid = 7\nfault = 'garbage'",
        "[[instance]]\nid = 7\nfaults = [1]",
        "[[instance]]\nid = 7\ntoken = 7",
        "fault = 'garbage'",
        "[[fault]]\nprobability = 1",
        "[[fault]]\nfault = 'garbage'\nprobability = 0",
        "[[fault]]\nfault = 'garbage'\nprobability = 1.5",
        "[[fault]]\nfault = 'garbage'\ncalls = 0",
        "[[fault]]\nfault = 'garbage'\ncalls = 1.5",
        "[[fault]]\nfault = 'garbage'\ntimes = 1",
    ] {
        check(invalid, false);
    }
}

#[test]
fn what_only_the_reader_knows() {
    let schema = schema();
    for text in [
        "listen = '8080'",
        "drain = '2h'",
        "clock = 'noon'",
        "edition = '2019-01-01'",
        "edition = '2020-06-29'\nspec = 'x'",
        "spec = 'no-such-file'",
        "cors = ['app.example']",
        "tls.hosts = ['https://x']",
        "tls.ca = ''",
        "limits.head-timeout = '0s'",
        "limits.idle-timeout = '2h'",
        "limits.body-timeout = 'soon'",
        "journal.retry-window = 'soon'",
        "instance = [{ id = 0 }]",
        "instance = [{ id = 7 }, { id = 7 }]",
        "instance = [{ id = 7, state = 'paused' }]",
        "instance = [{ id = 7, token = '' }]",
        "instance = [{ id = 7, script = ['fine'] }]",
        "instance = [{ id = 7, faults = ['close-after-accept'] }]",
        "fault = ['wire.nothing']",
    ] {
        assert_eq!(verdicts(&schema, text), (true, false), "{text}");
    }
}

//! A server with its control plane, and a client that holds each answer against the control plane's document.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use greenapi_mock_server::{ControlPlane, Emulation, Running, Server, Settings};
use greenapi_model::Contract;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::document;

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// What no answer may hold: the tokens of calls and of instances, and the bearer token.
pub(crate) const SECRETS: [&str; 3] = ["s3cret-of-a-path", "s3cret-of-an-instance", "s3cret-of-the-bearer"];

/// A server on a free port, in a runtime of its own, so that tests can use plain sockets.
pub(crate) struct Fixture {
    runtime: Runtime,
    running: Option<Running>,
    pub(crate) emulation: Arc<Emulation>,
    pub(crate) url: String,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default(), |server| server)
    }

    pub(crate) fn with(settings: Settings, change: impl FnOnce(Server) -> Server) -> Self {
        let runtime = Runtime::new().unwrap();
        let emulation = Arc::new(Emulation::with(Contract::default(), settings).unwrap());
        let running = runtime.block_on(async {
            let server = Server::bind("127.0.0.1:0".parse().unwrap(), Arc::clone(&emulation)).await.unwrap();
            change(server).start()
        });
        let url = running.url().to_owned();
        Self { runtime, running: Some(running), emulation, url }
    }

    /// A control plane alone, for the emulation of this fixture.
    pub(crate) fn control_plane(&self, address: &str, control: ControlPlane) -> Self {
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(async {
            Server::bind_control_plane(address.parse().unwrap(), control).await.unwrap().start()
        });
        let url = running.url().to_owned();
        Self { runtime, running: Some(running), emulation: Arc::clone(&self.emulation), url }
    }

    /// A request to the control plane, with a path below `/__admin`. The answer is one that the document has for it.
    pub(crate) fn admin(&self, method: &str, path: &str, body: &str) -> Answer {
        self.admin_with(method, path, "", body)
    }

    /// The same with further header lines, each with its line end.
    pub(crate) fn admin_with(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let answer = self.send(method, &format!("/__admin{path}"), headers, body.as_bytes());
        document::check(method, path, &answer);
        for secret in SECRETS {
            assert!(
                !answer.head.contains(secret) && !answer.body.contains(secret),
                "{method} {path}: {answer:?}"
            );
        }
        answer
    }

    /// The same for a request that is to succeed; its body as JSON.
    pub(crate) fn ok(&self, method: &str, path: &str, body: &str) -> Value {
        let answer = self.admin(method, path, body);
        assert!(matches!(answer.status, 200 | 201), "{method} {path} {body}: {answer:?}");
        answer.json()
    }

    /// The same for a request that is to be refused: status, place of what is wrong, and a part of what is said.
    pub(crate) fn refused(&self, method: &str, path: &str, body: &str, expected: (u16, &str, &str)) {
        let answer = self.admin(method, path, body);
        let error = &answer.json()["errors"][0];
        let source = &error["source"];
        let place =
            source["pointer"].as_str().or(source["parameter"].as_str()).unwrap_or_default().to_owned();
        assert_eq!((answer.status, &*place), (expected.0, expected.1), "{method} {path} {body}: {answer:?}");
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains(expected.2), "{method} {path} {body}: {detail}");
    }

    /// A call of createGroup.
    pub(crate) fn create(&self, instance: u64, body: &str) -> Answer {
        let path = format!("/waInstance{instance}/createGroup/{}", SECRETS[0]);
        self.send("POST", &path, "Content-Type: application/json\r\n", body.as_bytes())
    }

    /// Any request; the connection is closed behind it.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

/// A body that is valid.
pub(crate) const VALID: &str = r#"{"groupName":"x","phones":[79001234567]}"#;

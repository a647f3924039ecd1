//! A client on a plain socket, so that the server is seen as its users see it.

#![allow(dead_code)] // Each test file uses a part of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use greenapi_mock_server::{Emulation, Running, Server, Settings};
use greenapi_model::Contract;
use serde_json::Value;
use tokio::runtime::Runtime;

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port, in a runtime of its own, so that tests can use plain sockets.
pub(crate) struct Fixture {
    runtime: Runtime,
    running: Option<Running>,
    pub(crate) emulation: Arc<Emulation>,
    pub(crate) url: String,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(Contract::default(), Settings::default())
    }

    pub(crate) fn with(contract: Contract, settings: Settings) -> Self {
        Self::of(Emulation::with(contract, settings).unwrap())
    }

    pub(crate) fn of(emulation: Emulation) -> Self {
        Self::serving(emulation, |server| server)
    }

    /// A server that is changed before it starts.
    pub(crate) fn serving(emulation: Emulation, change: impl FnOnce(Server) -> Server) -> Self {
        let runtime = Runtime::new().unwrap();
        let emulation = Arc::new(emulation);
        let running = runtime.block_on(async {
            change(Server::bind("127.0.0.1:0".parse().unwrap(), Arc::clone(&emulation)).await.unwrap())
                .start()
        });
        let url = running.url().to_owned();
        Self { runtime, running: Some(running), emulation, url }
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends bytes as they are, ends this side of the connection, and reads all that comes back.
pub(crate) fn exchange(url: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// One request with this head and body; `Host` and `Content-Length` are added.
pub(crate) fn request(url: &str, head: &str, body: &[u8]) -> Answer {
    let length = body.len();
    let head = format!("{head}\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
    parse(&exchange(url, &[head.as_bytes(), body].concat()))
}

pub(crate) fn parse(answer: &str) -> Answer {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// A call of createGroup.
pub(crate) fn create(url: &str, instance: u64, body: &[u8]) -> Answer {
    request(
        url,
        &format!("POST /waInstance{instance}/createGroup/t0ken HTTP/1.1\r\nContent-Type: application/json"),
        body,
    )
}

/// A body that is valid.
pub(crate) const VALID: &[u8] = br#"{"groupName":"x","phones":[79001234567]}"#;

//! An endpoint that keeps the contract, as a function and as a server, with a hook to break it.

#![allow(dead_code, unreachable_pub)] // Each test program uses a part of it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use greenapi_model::{Condition, Contract, Group, InstanceState};
use serde_json::{Value, json};

pub const TOKEN: &str = "s3cret-of-the-instance";
/// An instance that is starting, one that is not authorized, and one of which the token is another one.
pub const STARTING: u64 = 2;
pub const NOT_AUTHORIZED: u64 = 3;
pub const OTHER_TOKEN: u64 = 5;

/// Where the server takes provider states.
pub const STATES: &str = "/states";

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn is(&self, method: &str) -> bool {
        self.method == method
    }

    pub fn has(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.body).contains(text)
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.into() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The part of an endpoint that knows the contract and remembers its groups and states.
#[derive(Default)]
pub struct Fake {
    contract: Contract,
    groups: AtomicU64,
    states: Mutex<HashMap<u64, InstanceState>>,
}

impl Fake {
    /// What keeps the contract.
    pub fn answer(&self, seen: &Seen) -> Answer {
        let Seen { method, target, content_type, body } = seen;
        let path = target.split('?').next().unwrap();
        let contract = &self.contract;
        let error = |condition: Condition| {
            let case = contract.errors().iter().find(|case| *case.condition() == condition).unwrap();
            let body = case.body(method, path, "2026-01-02T03:04:05.123456789Z");
            let body = body.map_or_else(Vec::new, |body| serde_json::to_vec(&body).unwrap());
            let answer = Answer::new(case.status(), body);
            if answer.body.is_empty() { Answer { headers: Vec::new(), ..answer } } else { answer }
        };
        let Ok(address) = contract.address(path) else { return error(Condition::OtherPath) };
        if contract.plain_answers().iter().any(|plain| plain.method() == method) {
            let status = contract.plain_answers()[0].status();
            return Answer { status, headers: Vec::new(), body: Vec::new() };
        }
        if method != contract.method() {
            return error(Condition::OtherMethod);
        }
        let id = address.instance().number();
        if id == OTHER_TOKEN {
            return error(Condition::OtherToken);
        }
        for case in contract.errors() {
            if matches!(case.condition(), Condition::BodyAbove(most) if body.len() as u64 > *most) {
                return error(case.condition().clone());
            }
        }
        let state = lock(&self.states).get(&id).cloned().unwrap_or(match id {
            STARTING => InstanceState::Starting,
            NOT_AUTHORIZED => InstanceState::NotAuthorized,
            _ => InstanceState::Authorized,
        });
        if state != InstanceState::Authorized {
            return error(Condition::Instance(state));
        }
        if contract.request_content_type(content_type.as_ref().map(String::as_bytes)).is_err()
            || contract.request(body).is_err()
        {
            return error(Condition::InvalidRequest);
        }
        let number = self.groups.fetch_add(1, Ordering::Relaxed);
        group(number)
    }

    pub fn set(&self, instance: u64, state: InstanceState) {
        lock(&self.states).insert(instance, state);
    }

    pub fn state(&self, instance: u64) -> Option<InstanceState> {
        lock(&self.states).get(&instance).cloned()
    }

    /// Takes a provider state, as Pact's verifiers send it.
    fn set_by(&self, change: &Value) {
        let named = |state: &&InstanceState| change["state"] == format!("the instance is {}", state.words());
        let state = InstanceState::NAMED.iter().find(named).unwrap().clone();
        self.set(change["params"]["idInstance"].as_str().unwrap().parse().unwrap(), state);
    }
}

/// The answer with a group.
pub fn group(number: u64) -> Answer {
    let link = format!("https://chat.whatsapp.com/{number:022}");
    let group = Group::new(format!("120363{number:012}@g.us"), link);
    Answer::new(200, serde_json::to_vec(&group).unwrap())
}

/// A documented clause, one that is assumed, and that of the content type.
pub const DOCUMENTED: &str = "request.groupName.string";
pub const ASSUMED: &str = "request.groupName.minLength";
pub const CONTENT_TYPE: &str = "request.content-type";

/// Takes requests that break this clause of the body and no other.
pub fn taking(clause: &'static str) -> impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static {
    let (contract, groups) = (Contract::default(), AtomicU64::new(500_000_000));
    move |seen| {
        let is_call = seen.method == "POST"
            && contract.address(&seen.target).is_ok_and(|address| address.instance().number() > 9);
        let violations = contract.request(&seen.body).err().filter(|_| is_call)?;
        let breaks_it = violations.iter().all(|violation| violation.clause().id() == clause);
        breaks_it.then(|| group(groups.fetch_add(1, Ordering::Relaxed)))
    }
}

/// A handler in this process that keeps the contract, or does what the hook says.
pub fn handler(
    hook: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
) -> impl Fn(http::Request<Bytes>) -> std::future::Ready<http::Response<Bytes>> + Send + Sync + 'static {
    let fake = Fake::default();
    move |request| {
        let seen = seen(&request);
        let Answer { status, headers, body } = hook(&seen).unwrap_or_else(|| fake.answer(&seen));
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        std::future::ready(response.body(body.into()).unwrap())
    }
}

pub fn seen(request: &http::Request<Bytes>) -> Seen {
    let content_type = request.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    Seen {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        content_type,
        body: request.body().to_vec(),
    }
}

/// Answers instead of the fake, or does not.
type Hook = Box<dyn Fn(&Seen) -> Option<Answer> + Send + Sync>;

struct Shared {
    fake: Fake,
    hook: Hook,
    log: Mutex<Vec<Seen>>,
    changes: Mutex<Vec<Value>>,
    is_over: AtomicBool,
    takes_states: AtomicBool,
}

/// A server on a free port until it is dropped.
pub struct Server {
    pub url: String,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// One that keeps the contract.
    pub fn kept() -> Self {
        Self::broken(|_| None)
    }

    /// One that does what the hook says, and keeps the contract where it says nothing.
    pub fn broken(hook: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            fake: Fake::default(),
            hook: Box::new(hook),
            log: Mutex::default(),
            changes: Mutex::default(),
            is_over: AtomicBool::new(false),
            takes_states: AtomicBool::new(true),
        });
        let served = Arc::clone(&shared);
        let listening = thread::spawn(move || {
            for stream in listener.incoming() {
                if served.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), served) = (stream, Arc::clone(&served)) else { continue };
                thread::spawn(move || connection(&stream, &served));
            }
        });
        Self { url, shared, listening: Some(listening) }
    }

    /// One that refuses to set a state.
    pub fn without_states(self) -> Self {
        self.shared.takes_states.store(false, Ordering::Relaxed);
        self
    }

    /// All requests so far, without those for states; none is left.
    pub fn log(&self) -> Vec<Seen> {
        std::mem::take(&mut *lock(&self.shared.log))
    }

    /// The states that were asked for so far.
    pub fn changes(&self) -> Vec<Value> {
        lock(&self.shared.changes).clone()
    }

    pub fn state(&self, instance: u64) -> Option<InstanceState> {
        self.shared.fake.state(instance)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // The listener wakes up to find that it is over.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
        let _ = self.listening.take().map(JoinHandle::join);
    }
}

fn connection(stream: &TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (seen, closes) = read(&mut reader)?;
        let answer = if seen.target == STATES {
            let change: Value = serde_json::from_slice(&seen.body).unwrap();
            let takes = shared.takes_states.load(Ordering::Relaxed);
            if takes {
                shared.fake.set_by(&change);
            }
            lock(&shared.changes)
                .push(json!({ "method": seen.method, "type": seen.content_type, "body": change }));
            Answer::new(if takes { 200 } else { 501 }, "{}")
        } else {
            let answer = (shared.hook)(&seen).unwrap_or_else(|| shared.fake.answer(&seen));
            lock(&shared.log).push(seen);
            answer
        };
        let mut lines = vec![format!("HTTP/1.1 {} ", answer.status)];
        lines.extend(answer.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        if answer.status != 204 {
            lines.push(format!("Content-Length: {}", answer.body.len()));
        }
        if closes {
            lines.push("Connection: close".to_owned());
        }
        let head = lines.join("\r\n");
        // In one piece, or the last of them would wait for the other side.
        let bytes = [head.as_bytes(), b"\r\n\r\n", &answer.body].concat();
        (&mut &*stream).write_all(&bytes).ok()?;
        if closes {
            return None;
        }
    }
}

/// A request, and whether the connection ends behind its answer.
fn read(reader: &mut BufReader<&TcpStream>) -> Option<(Seen, bool)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut content_type, mut closes) = (0, None, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.split_once(':') else { break };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "content-type" => content_type = Some(value.to_owned()),
            "connection" => closes = value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((Seen { method, target, content_type, body }, closes))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

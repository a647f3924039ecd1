//! What the tests here start from.

use std::collections::HashSet;
use std::future::ready;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use greenapi_model::CreateGroup;
use greenapi_transport::{Client, ClientBuilder, Clock, RetryPolicy};
use tokio::time::Instant;

pub(crate) const TOKEN: &str = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345";
pub(crate) const PATH: &str =
    "/waInstance1101000001/createGroup/d75b3a66374942c5b3c019c698abc2067e151558acbd412345";

/// A group in JSON, as the page's example has it.
pub(crate) const MADE: &str = r#"{"created":true,"chatId":"12345678910-1112131415@g.us","groupInviteLink":"https://chat.whatsapp.com/xxxxxxxxxxxxxxxxxxxxxx"}"#;

pub(crate) fn builder(url: &str) -> ClientBuilder {
    Client::builder(1_101_000_001, TOKEN.parse().unwrap()).api_url(url)
}

/// A client that makes each call once.
pub(crate) fn client(url: &str) -> Client {
    builder(url).retry(RetryPolicy::never()).build().unwrap()
}

pub(crate) fn request() -> CreateGroup {
    CreateGroup::named("Hiking").phone(79_001_234_567)
}

/// A request that is told from all others by the number in its name.
pub(crate) fn numbered(number: usize) -> CreateGroup {
    CreateGroup::named(format!("name-{number:04}")).phone(79_001_234_567)
}

/// The numbers of the requests that came.
#[derive(Clone, Default)]
pub(crate) struct Arrived(Arc<Mutex<Vec<usize>>>);

impl Arrived {
    /// Notes a request, and gives its number back.
    pub(crate) fn note(&self, request: &[u8]) -> usize {
        let text = std::str::from_utf8(request).unwrap();
        let number = text.split("name-").nth(1).unwrap()[..4].parse().unwrap();
        self.0.lock().unwrap().push(number);
        number
    }

    /// How many came. None came twice.
    pub(crate) fn each_once(&self) -> usize {
        let numbers = self.0.lock().unwrap();
        let different: HashSet<&usize> = numbers.iter().collect();
        assert_eq!(numbers.len(), different.len(), "a request came twice");
        numbers.len()
    }
}

/// An answer with its length.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// The answer that a group was made, with its length.
pub(crate) fn made() -> &'static [u8] {
    static ANSWER: LazyLock<String> = LazyLock::new(|| answer("200 OK", "", MADE));
    ANSWER.as_bytes()
}

/// The envelope of an error, as real answers have it: with the path, and so the token.
pub(crate) fn envelope(status: u16, message: &str) -> String {
    format!(
        r#"{{"statusCode":{status},"timestamp":"2023-09-13T22:29:37.459Z","path":"{PATH}","message":"{message}"}}"#
    )
}

/// A clock whose sleeps are over at once, and that keeps them.
#[derive(Clone, Default)]
pub(crate) struct TestClock(Arc<Mutex<Hands>>);

struct Hands {
    start: Instant,
    slept: Vec<Duration>,
}

impl Default for Hands {
    fn default() -> Self {
        Self { start: Instant::now(), slept: Vec::new() }
    }
}

impl TestClock {
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.0.lock().unwrap().slept.clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        let hands = self.0.lock().unwrap();
        hands.start + hands.slept.iter().sum()
    }

    fn system_time(&self) -> SystemTime {
        httpdate::parse_http_date("Mon, 29 Jun 2020 12:00:00 GMT").unwrap()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.0.lock().unwrap().slept.push(duration);
        Box::pin(ready(()))
    }
}

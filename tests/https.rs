//! The client against the mock by `https`: whom it trusts, and that faults within TLS are what they are without it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::sync::Arc;
use std::time::Duration;

use greenapi_mock_server::{Emulation, Running, Server, Tls};
use greenapi_model::{Contract, CreateGroup, Group};
use greenapi_transport::{Client, Error, RetryPolicy};
use tokio::runtime::Runtime;

struct Fixture {
    runtime: Runtime,
    running: Option<Running>,
    emulation: Arc<Emulation>,
    authority: String,
    url: String,
}

impl Fixture {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
        let tls = Tls::for_hosts(["localhost".parse().unwrap()]).unwrap();
        let authority = tls.authority().unwrap().to_owned();
        let server = Server::bind("127.0.0.1:0".parse().unwrap(), Arc::clone(&emulation));
        let running = runtime.block_on(async { server.await.unwrap().tls(tls).start() });
        let url = running.url().replace("127.0.0.1", "localhost");
        Self { runtime, running: Some(running), emulation, authority, url }
    }

    /// A call by a client that trusts this authority, and how many groups it made.
    fn called(&self, url: &str, authority: &str, id: u64) -> (Result<Group, Error>, u64) {
        let client = Client::builder(id, "any-token".parse().unwrap())
            .api_url(url)
            .tls(greenapi_transport::Tls::only(authority.as_bytes()).unwrap())
            .retry(RetryPolicy::never())
            .deadline(Duration::from_secs(20))
            .build()
            .unwrap();
        let before = self.emulation.groups(id.into()).made;
        let request = CreateGroup::named("Hiking").phone(79_001_234_567);
        let result = self.runtime.block_on(client.create_group(&request));
        (result, self.emulation.groups(id.into()).made - before)
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.runtime.block_on(self.running.take().unwrap().stop());
    }
}

#[test]
fn a_client_that_trusts_the_authority_makes_a_group() {
    let fixture = Fixture::new();
    assert!(fixture.url.starts_with("https://localhost:"), "{}", fixture.url);
    let (result, made) = fixture.called(&fixture.url, &fixture.authority, 1_101_000_001);
    assert!(result.is_ok_and(|group| group.created()) && made == 1);
}

#[test]
fn one_that_does_not_reaches_nobody() {
    let fixture = Fixture::new();
    let other = Tls::for_hosts(["localhost".parse().unwrap()]).unwrap();
    let by_address = fixture.url.replace("localhost", "127.0.0.1");
    for (url, authority) in
        [(&fixture.url, other.authority().unwrap()), (&by_address, fixture.authority.as_str())]
    {
        let (result, made) = fixture.called(url, authority, 1_101_000_001);
        let error = result.unwrap_err();
        assert!(!error.is_ambiguous() && made == 0, "{url}: {error:?}");
        assert!(fixture.emulation.all_calls().kept.is_empty());
    }
}

#[test]
fn the_client_says_truly_whether_there_may_be_a_group_after_a_fault() {
    let fixture = Fixture::new();
    // An instance, and whether the client cannot know.
    for (id, is_ambiguous) in [
        (1_101_000_202, true),
        (1_101_000_203, true),
        (1_101_000_204, true),
        (1_101_000_205, true),
        (1_101_000_206, true),
        (1_101_000_002, false),
        (1_101_000_003, false),
        (1_101_000_104, false),
    ] {
        let (result, made) = fixture.called(&fixture.url, &fixture.authority, id);
        let error = result.unwrap_err();
        assert_eq!(error.is_ambiguous(), is_ambiguous, "{id}: {error:?}");
        assert!(is_ambiguous || made == 0, "{id}: {made} groups");
    }
    let (result, made) = fixture.called(&fixture.url, &fixture.authority, 1_101_000_207);
    assert!(result.is_ok() && made == 1, "{result:?}");
}

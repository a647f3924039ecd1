//! The examples of the client do what they say, against the mock, and the README shows the one that is run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::fs;
use std::path::Path;
use std::time::Duration;

use greenapi_mock_server::MockServer;
use greenapi_transport::{Client, RetryPolicy};

#[path = "../crates/transport/examples/create_group.rs"]
#[allow(dead_code, reason = "what reads the command line is run by nobody here")]
mod create_group;
#[path = "../crates/transport/examples/five_lines.rs"]
#[allow(dead_code, reason = "`main` is run by nobody here")]
mod five_lines;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test]
async fn the_five_lines_of_the_readmes_make_a_group() {
    let server = MockServer::start().await;
    five_lines::make_a_group(server.url()).await.unwrap();
    assert_eq!(server.instance(1_101_000_001).groups().made, 1);

    let example = read("crates/transport/examples/five_lines.rs");
    for readme in ["README.md", "crates/transport/README.md"] {
        let text = read(readme);
        let block = text
            .split("```rust,no_run\n")
            .find(|block| block.contains("Client::builder(1101000001"))
            .unwrap();
        let shown: Vec<String> = block
            .split("```")
            .next()
            .unwrap()
            .lines()
            .filter(|line| line.starts_with("    "))
            .map(|line| line.replace("\"http://127.0.0.1:8080\"", "url"))
            .collect();
        assert!(shown.len() == 5, "{readme}: {shown:#?}");
        for line in shown {
            assert!(example.contains(&line), "{readme} shows what is not run: {line}");
        }
    }
}

#[tokio::test]
async fn a_careful_program_tells_what_became_of_the_group() {
    let server = MockServer::start().await;
    let check = async |id: u64, code: u8, said: &str| {
        let client = Client::builder(id, "any-token".parse().unwrap())
            .api_url(server.url())
            .retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO))
            .build()
            .unwrap();
        let request = greenapi_model::CreateGroup::named("Hiking").phone(79_001_234_567);
        let told = create_group::told(&client.create_group(&request).await);
        assert_eq!(told.1, code, "{id}: {told:?}");
        assert!(told.0.contains(said), "{id}: {told:?}");
    };
    check(1_101_000_001, 0, "@g.us: https://chat.whatsapp.com/").await;
    check(1_101_000_002, 1, "at the last of 4 attempts. It is still starting.").await;
    check(1_101_000_003, 1, "Scan the QR code").await;
    check(1_101_000_004, 0, "made ").await;
    check(1_101_000_005, 1, "Check the instance, the token and the URL.").await;
    check(1_101_000_101, 1, "WhatsApp did not make it.").await;
    check(1_101_000_102, 0, "inviting by link is off").await;
    check(1_101_000_103, 3, "Look in WhatsApp whether it is there").await;
    check(1_101_000_104, 1, "Call once a second at most.").await;
    check(1_101_000_105, 1, "100 calls of 100 are used. The plan allows no more groups").await;
    check(1_101_000_108, 3, "HTTP 502 with a page of HTML; the group may exist.").await;
    check(1_101_000_202, 3, "not known: ").await;
}

#[test]
fn a_command_line_that_is_wrong_says_why() {
    let check = |arguments: &[&str], said: &str| {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let why = create_group::prepared(&arguments).err().unwrap();
        assert!(why.contains(said), "{arguments:?}: {why}");
    };
    check(&[], "arguments are missing");
    check(&["http://host", "one", "Hiking"], "`one` is no number of an instance");
}

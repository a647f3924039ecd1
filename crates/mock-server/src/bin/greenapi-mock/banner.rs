//! What is printed once the server is ready.

use std::fmt::Write as _;

use greenapi_mock_server::Emulation;
use greenapi_model::{Body, Contract, InstanceId};

/// One line of JSON.
pub(crate) fn ready_line(url: &str, contract: &Contract) -> String {
    serde_json::json!({
        "event": "ready",
        "url": url,
        "edition": contract.edition(),
        "version": env!("CARGO_PKG_VERSION"),
    })
    .to_string()
}

/// What a person may want to do next.
pub(crate) fn for_a_person(url: &str, emulation: &Emulation) -> String {
    let contract = emulation.contract();
    let instances = emulation.test_instances();
    let mut text = format!(
        "greenapi-mock {} keeps the contract of {} at {url}\n",
        env!("CARGO_PKG_VERSION"),
        contract.edition()
    );
    if let (Some(instance), Some(example)) = (instances.first(), contract.examples(Body::Request).first()) {
        let _ = write!(text, "\nTry it:\n  {}\n", curl(url, contract, instance.id, example.body()));
    }
    text.push_str("\nTest instances, with any token:\n");
    for instance in instances {
        let _ = writeln!(text, "  {}  {}", instance.id, instance.summary);
    }
    text.push_str(
        "Any other id is an authorized instance, made at its first call. Ctrl-C stops the server.\n\n",
    );
    text
}

/// A line that works when pasted into a shell.
fn curl(url: &str, contract: &Contract, instance: InstanceId, body: &str) -> String {
    // The example token is no secret; it stands for one.
    let path = "any-token".parse().map(|token| contract.path(instance, &token)).unwrap_or_default();
    let quoted = body.replace('\'', r"'\''");
    let method = contract.method();
    let media_type = contract.media_type(Body::Request);
    format!("curl -i -X {method} '{url}{path}' -H 'Content-Type: {media_type}' -d '{quoted}'")
}

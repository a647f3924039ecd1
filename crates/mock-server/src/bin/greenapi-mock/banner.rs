//! What is printed once the server is ready.

use std::fmt::Write as _;
use std::path::Path;

use greenapi_mock_server::{Emulation, SetUp};
use greenapi_model::{Body, Contract, InstanceId};

use crate::test_instances;

/// One line of JSON. `control` is where the control plane is reached, and `authority` the file with whom clients have to trust, if
/// there is one.
pub(crate) fn ready_line(
    url: &str,
    control: Option<&str>,
    authority: Option<&Path>,
    contract: &Contract,
) -> String {
    let mut line = serde_json::json!({
        "event": "ready",
        "url": url,
        "edition": contract.edition(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    if let Some(control) = control {
        line["admin"] = format!("{control}/__admin").into();
    }
    if let Some(authority) = authority {
        line["tlsCa"] = authority.display().to_string().into();
    }
    line.to_string()
}

/// What a person may want to know and do next. `authority` is the file with whom clients have to trust, and `note` about trust and
/// the control plane.
pub(crate) fn for_a_person(
    url: &str,
    authority: Option<&Path>,
    emulation: &Emulation,
    set_up: &SetUp,
    note: &str,
) -> String {
    let contract = emulation.contract();
    let instances = emulation.test_instances();
    let mut text = format!(
        "greenapi-mock {} keeps the contract of {} at {url}\n",
        env!("CARGO_PKG_VERSION"),
        contract.edition()
    );
    if let (Some(instance), Some(example)) = (instances.first(), contract.examples(Body::Request).first()) {
        let _ =
            write!(text, "\nTry it:\n  {}\n", curl(url, authority, contract, instance.id, example.body()));
    }
    let _ = write!(
        text,
        "\nTest instances, with any token unless they mind it:\n{}",
        test_instances::list(&instances, emulation.settings().strict)
    );
    if !set_up.instances.is_empty() {
        let ids: Vec<_> = set_up.instances.iter().take(MOST).map(|(id, _)| id.to_string()).collect();
        let more = set_up.instances.len() - ids.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(text, "  Set up beside them: {}{more}", ids.join(", "));
    }
    if !set_up.faults.is_empty() {
        let faults: Vec<_> = set_up.faults.iter().map(|injection| injection.fault().to_string()).collect();
        let _ = writeln!(text, "\nSwitched on for all instances: {}", faults.join(", "));
    }
    if !note.is_empty() {
        let _ = write!(text, "\n{note}");
    }
    text.push_str("\n`greenapi-mock --help` says how else to steer it. Ctrl-C stops the server.\n\n");
    text
}

/// So many ids of instances that were set up are shown.
const MOST: usize = 8;

/// A line that works when pasted into a shell.
fn curl(
    url: &str,
    authority: Option<&Path>,
    contract: &Contract,
    instance: InstanceId,
    body: &str,
) -> String {
    let quote = |text: &str| text.replace('\'', r"'\''");
    let trust = match authority {
        Some(file) => format!("--cacert '{}' ", quote(&file.display().to_string())),
        None if url.starts_with("https:") => "--insecure ".to_owned(),
        None => String::new(),
    };
    // The example token is no secret; it stands for one.
    let path = "any-token".parse().map(|token| contract.path(instance, &token)).unwrap_or_default();
    let quoted = quote(body);
    let method = contract.method();
    let media_type = contract.media_type(Body::Request);
    format!("curl -i {trust}-X {method} '{url}{path}' -H 'Content-Type: {media_type}' -d '{quoted}'")
}

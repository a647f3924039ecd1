//! One exchange of each kind, as text that is the same in each run: times, ids and the token are taken out.

use std::path::Path;

use greenapi_model::{Body, Condition, Contract, InstanceState};
use serde_json::Value;

use crate::case::{Reply, Request, size_to_send};
use crate::target::TargetError;
use crate::text;
use crate::wire::Wire;

/// A request and its answer as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The name of the exchange: that of an example, the slug of an error, or the clause.
    pub name: String,
    /// The request, an empty line, and the answer.
    pub text: String,
}

/// Compares exchanges with the snapshots in a folder, one file each, by insta.
///
/// # Panics
///
/// If one differs from its snapshot, or there is none for it, as `insta::assert_snapshot!` does. Whether new ones are
/// written is for `INSTA_UPDATE` to say; under `CI` none is.
pub fn assert_snapshots(folder: &Path, exchanges: &[Exchange]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for Exchange { name, text } in exchanges {
            insta::assert_snapshot!(name.as_str(), text);
        }
    });
}

pub(crate) async fn exchanges(contract: &Contract, wire: &Wire<'_>) -> Result<Vec<Exchange>, TargetError> {
    let target = wire.target;
    let authorized = target
        .in_state(&InstanceState::Authorized)
        .ok_or_else(|| TargetError::other("no authorized instance is named, so there is nothing to show"))?;
    let valid = contract.examples(Body::Request).first().map_or("", |example| example.body());
    let call = |instance, body: &str| Request::call(contract, target, instance, body.as_bytes().to_vec());
    wire.first_look(&call(authorized, "").target).await?;

    let mut cases: Vec<(String, Request)> = Vec::new();
    for example in contract.examples(Body::Request) {
        cases.push((example.name().to_owned(), call(authorized, example.body())));
    }
    for error in contract.errors() {
        let case = match error.condition() {
            Condition::OtherPath => call(authorized, valid).with_target("/elsewhere"),
            Condition::OtherMethod => call(authorized, "").with_method("GET"),
            Condition::BodyAbove(bytes) => {
                let Some(most) = size_to_send(*bytes) else { continue };
                call(authorized, valid).padded_to(most + 1)
            }
            Condition::Instance(state) => match target.in_state(state) {
                Some(instance) => call(instance, valid),
                None => continue,
            },
            Condition::OtherToken => match target.instance_with_other_token() {
                Some(instance) => call(instance, valid),
                None => continue,
            },
            Condition::InvalidRequest => call(authorized, "{}"),
            _ => continue,
        };
        cases.push((error.slug().to_owned(), case));
    }
    for plain in contract.plain_answers() {
        cases.push((plain.clause().id().to_owned(), call(authorized, "").with_method(plain.method())));
    }
    let mut exchanges = Vec::new();
    for (name, request) in cases {
        let reply = wire.send(&request).await;
        exchanges.push(Exchange { name, text: text(contract, wire, &request, &reply) });
    }
    Ok(exchanges)
}

fn text(contract: &Contract, wire: &Wire<'_>, request: &Request, reply: &Reply) -> String {
    let template = contract.path_template();
    let path = wire.target.masked(request.path());
    // The path of a call is shown as its template; another one, such as that of a wrong call, as it is.
    let plain = |text: String| {
        if contract.address(request.path()).is_ok() { text.replace(&path, template) } else { text }
    };
    let mut answer = text::reply(reply, wire.target);
    if let Reply::Answer(response) = reply {
        if let Ok(Value::Object(members)) = serde_json::from_slice(&response.body) {
            let unique = contract.unique_members().map(|(member, _)| member);
            for member in unique.chain(["timestamp"]) {
                if let Some(value) =
                    members.get(member).and_then(Value::as_str).filter(|value| !value.is_empty())
                {
                    answer = answer.replace(value, &format!("[{member}]"));
                }
            }
        }
        // A body without what was taken out has another length than the one that was sent.
        answer = plain(answer);
        if !answer.contains(&*String::from_utf8_lossy(&response.body)) {
            let length = format!("content-length: {}", response.body.len());
            answer = answer.replace(&length, "content-length: [content-length]");
        }
        if let Some(date) = response.headers.get("date").and_then(|date| date.to_str().ok()) {
            answer = answer.replace(date, "[date]");
        }
    }
    format!("{}\n\n----\n\n{}", plain(text::request(request, wire.target)).trim_end(), answer.trim_end())
}

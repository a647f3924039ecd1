//! The contract, the faults that come from it, and the control plane's own document.

use greenapi_model::Body;
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Refusal, Reply};

/// The OpenAPI document of the control plane.
pub(super) const DOCUMENT: &str = include_str!("../../control-plane.openapi.json");

const JSON: &str = "application/json";
const SCHEMA: &str = "application/schema+json";

#[allow(clippy::unnecessary_wraps)] // All that stands in the table of routes has one form.
pub(super) fn own_document(_: &Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::text(JSON, DOCUMENT.to_owned()))
}

#[allow(clippy::unnecessary_wraps)]
pub(super) fn document(call: &Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::text(JSON, call.emulation.contract().document()))
}

#[allow(clippy::unnecessary_wraps)]
pub(super) fn schemas(_: &Call<'_>) -> Result<Reply, Refusal> {
    let schemas = Body::ALL.map(|body| {
        json!({ "name": body.name(), "path": format!("/__admin/schemas/{}.schema.json", body.name()) })
    });
    Ok(Reply::ok(&json!({ "schemas": schemas })))
}

pub(super) fn request_schema(call: &Call<'_>) -> Result<Reply, Refusal> {
    schema(call, Body::Request)
}

pub(super) fn response_schema(call: &Call<'_>) -> Result<Reply, Refusal> {
    schema(call, Body::Response)
}

pub(super) fn error_schema(call: &Call<'_>) -> Result<Reply, Refusal> {
    schema(call, Body::Error)
}

#[allow(clippy::unnecessary_wraps)]
fn schema(call: &Call<'_>, body: Body) -> Result<Reply, Refusal> {
    Ok(Reply::text(SCHEMA, call.emulation.contract().json_schema(body)))
}

#[allow(clippy::unnecessary_wraps)]
pub(super) fn clauses(call: &Call<'_>) -> Result<Reply, Refusal> {
    let contract = call.emulation.contract();
    let clauses = contract.clauses().iter().map(|clause| {
        json!({
            "id": clause.id(),
            "evidence": clause.evidence().as_str(),
            "sentence": clause.sentence(),
            "pointer": clause.pointer().as_str(),
        })
    });
    Ok(Reply::ok(&json!({ "edition": contract.edition(), "clauses": clauses.collect::<Vec<_>>() })))
}

#[allow(clippy::unnecessary_wraps)]
pub(super) fn faults(call: &Call<'_>) -> Result<Reply, Refusal> {
    let faults = call.emulation.faults().iter().map(|fault| {
        let parameter = Some(fault.default_parameter()).filter(|parameter| !parameter.is_empty());
        json!({
            "id": fault.id(),
            "summary": fault.summary(),
            "clause": fault.clause().map(|clause| clause.id()),
            "defaultParameter": parameter,
        })
    });
    Ok(Reply::ok(&json!({ "faults": faults.collect::<Vec<Value>>() })))
}

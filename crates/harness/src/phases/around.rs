//! What stands around the body: its content type and its size.

use greenapi_model::{Body, Condition};

use crate::case::{Case, Expected, LARGEST, Near, Request, size_to_send};
use crate::gauge::Gauge;

pub(super) async fn bodies(gauge: &mut Gauge<'_>) {
    content_types(gauge).await;
    sizes(gauge).await;
}

async fn content_types(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    let Some(clause) = contract.clause("request.content-type") else { return };
    let call = gauge.call(gauge.example());
    let media_type = contract.media_type(Body::Request);
    let right = [
        Some(format!("{media_type}; charset=utf-8")),
        Some(format!("{media_type};charset=UTF-8")),
        Some(media_type.to_ascii_uppercase()),
        None,
    ];
    for (index, right) in right.into_iter().enumerate() {
        let request = call.clone().with_content_type(right.as_deref());
        let expected = Expected::Success(Some(Near::to(clause)));
        gauge.one(Case { id: format!("around/right-type/{index}"), request, expected }).await;
    }
    let Some(error) = gauge.invalid_request() else { return };
    let wrong = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "multipart/form-data; boundary=x",
    ];
    for (index, wrong) in wrong.into_iter().enumerate() {
        let request = call.clone().with_content_type(Some(wrong));
        let expected = Expected::Refused(clause.clone(), error.clone());
        gauge.one(Case { id: format!("around/wrong-type/{index}"), request, expected }).await;
    }
}

async fn sizes(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    let call: Request = gauge.call(gauge.example());
    for error in contract.errors() {
        let Condition::BodyAbove(bytes) = error.condition() else { continue };
        let Some(most) = size_to_send(*bytes) else {
            let reason = format!("no body of more than {LARGEST} bytes is sent");
            gauge.ledger.not_checked(error.clause().id(), reason);
            continue;
        };
        // No example is itself above the limit: such a contract is refused.
        let near = Near::to(error.clause());
        let (at, beyond) = (call.clone().padded_to(most), call.clone().padded_to(most + 1));
        let expected = Expected::Success(Some(near));
        gauge.one(Case { id: "around/largest".to_owned(), request: at, expected }).await;
        let expected = Expected::Error(error.clone());
        gauge.one(Case { id: "around/too-large".to_owned(), request: beyond, expected }).await;
    }
}

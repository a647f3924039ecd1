use greenapi_model::Condition;

use crate::case::{Case, Expected};
use crate::gauge::Gauge;

/// Other HTTP methods on the path of the method.
pub(super) async fn others(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    for plain in contract.plain_answers() {
        let request = gauge.call("").with_method(plain.method());
        let id = format!("methods/{}", plain.method());
        gauge.one(Case { id, request, expected: Expected::Plain(plain.clone()) }).await;
    }
    for error in contract.errors().iter().filter(|error| *error.condition() == Condition::OtherMethod) {
        // HEAD is left out: its answer has no body to judge.
        for method in ["GET", "PUT", "DELETE", "PATCH", "POST"] {
            let named = contract.plain_answers().iter().any(|plain| plain.method() == method);
            if !named && method != contract.method() {
                let request = gauge.call("").with_method(method);
                let id = format!("methods/{method}");
                gauge.one(Case { id, request, expected: Expected::Error(error.clone()) }).await;
            }
        }
    }
}

use greenapi_model::Body;

use crate::case::{Case, Expected};
use crate::gauge::Gauge;

/// Each example of a request makes a group.
pub(super) async fn requests(gauge: &mut Gauge<'_>) {
    for (index, example) in gauge.contract.examples(Body::Request).iter().enumerate() {
        let request = gauge.call(example.body().as_bytes().to_vec());
        gauge.one(Case { id: format!("examples/{index}"), request, expected: Expected::Success(None) }).await;
    }
}

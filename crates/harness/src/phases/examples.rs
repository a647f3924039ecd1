use greenapi_model::{Body, InstanceId};

use crate::case::Case;
use crate::gauge::{Expected, Gauge};

/// Each example of a request makes a group.
pub(super) fn requests(gauge: &mut Gauge<'_>, instance: InstanceId) {
    for example in gauge.contract.examples(Body::Request) {
        let body = example.body().as_bytes().to_vec();
        let case = Case::call(gauge.contract, gauge.wire.target, instance, body);
        gauge.one(&case, Expected::Success);
    }
}

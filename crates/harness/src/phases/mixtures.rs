use greenapi_model::{Body, strategy};

use crate::case::Expected;
use crate::gauge::Gauge;

/// Any JSON, most of it nearly valid: the schema that the contract gives to others, the model's reader and the target
/// give the same verdict on each body.
pub(super) async fn three_readers(gauge: &mut Gauge<'_>) {
    let contract = gauge.contract;
    let Some(error) = gauge.invalid_request() else { return };
    let validator = serde_json::from_str(&contract.json_schema(Body::Request))
        .map_err(|error| error.to_string())
        .and_then(|schema| jsonschema::draft202012::new(&schema).map_err(|error| error.to_string()));
    let validator = match validator {
        Ok(validator) => validator,
        Err(why) => {
            gauge.agreement.defect = Some(format!("the schema of a request is none: {why}"));
            return;
        }
    };
    let call = gauge.call("");
    let agreement = std::cell::RefCell::new(std::mem::take(&mut gauge.agreement));
    let make = |body: &strategy::RawBody| {
        let bytes = body.as_bytes();
        let schema = serde_json::from_slice(bytes).is_ok_and(|value| validator.is_valid(&value));
        let model = contract.request(bytes);
        let mut agreement = agreement.borrow_mut();
        agreement.bodies += 1;
        agreement.valid += u64::from(schema);
        if schema != model.is_ok() {
            agreement.defect.get_or_insert_with(|| bytes.escape_ascii().to_string());
        }
        let expected = match model {
            Ok(_) => Expected::Success(None),
            Err(violations) => Expected::Refused(violations.first().clause().clone(), error.clone()),
        };
        (call.clone().with_body(bytes.to_vec()), expected)
    };
    gauge.many("mixtures", gauge.harness.cases, &strategy::any(contract, Body::Request), make).await;
    gauge.agreement = agreement.into_inner();
}

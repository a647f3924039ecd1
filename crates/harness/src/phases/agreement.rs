use greenapi_model::{Body, InstanceId, strategy};

use super::bodies::{invalid_request, refused};
use crate::case::Case;
use crate::gauge::{Expected, Gauge};

/// Any JSON, most of it nearly valid: the schema that the contract gives to others, the model's reader and the target
/// give the same verdict on each body.
pub(super) fn three_readers(gauge: &mut Gauge<'_>, instance: InstanceId) {
    let (contract, target) = (gauge.contract, gauge.wire.target);
    let Some(error) = invalid_request(gauge) else { return };
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
    gauge.many(
        "agreement",
        gauge.cases,
        &strategy::any(contract, Body::Request),
        |body| Case::call(contract, target, instance, body.as_bytes().to_vec()),
        |gauge, case| {
            let schema = serde_json::from_slice(case.body()).is_ok_and(|value| validator.is_valid(&value));
            let model = contract.request(case.body());
            gauge.agreement.bodies += 1;
            gauge.agreement.valid += u64::from(schema);
            if schema != model.is_ok() {
                let shown = case.body().escape_ascii().to_string();
                gauge.agreement.defect.get_or_insert(shown);
            }
            match model {
                Ok(_) => gauge.judged(case, Expected::Success),
                Err(violations) => {
                    // One that is known not to be enforced explains why such a body is accepted.
                    let known = violations.iter().find(|one| gauge.ledger.is_broken(one.clause().id()));
                    refused(gauge, case, known.unwrap_or_else(|| violations.first()).clause(), error)
                }
            }
        },
    );
}

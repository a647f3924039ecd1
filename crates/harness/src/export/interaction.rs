//! The interactions of a Pact file: a request, the state that it needs, and the answer that the contract promises.

use greenapi_model::{ApiToken, Body, Condition, Contract, ErrorCase, Example, InstanceId, InstanceState};
use serde_json::{Map, Value, json};

use super::rules;

/// So large a body may stand in a file.
const LARGEST: u64 = 256 * 1024;

pub(super) struct Interactions<'c> {
    contract: &'c Contract,
    instance: InstanceId,
    /// The path of the call.
    path: String,
}

impl<'c> Interactions<'c> {
    pub(super) fn new(contract: &'c Contract, instance: InstanceId, token: &ApiToken) -> Self {
        Self { contract, instance, path: contract.path(instance, token) }
    }

    pub(super) fn all(&self) -> Vec<Value> {
        let examples =
            self.contract.examples(Body::Request).iter().filter_map(|example| self.success(example));
        // Of several errors under one condition the first one is the answer.
        let errors = self.contract.errors().iter().filter(|case| {
            self.contract.error_when(case.condition()).is_some_and(|first| first.slug() == case.slug())
        });
        examples.chain(errors.filter_map(|case| self.error(case))).collect()
    }

    fn success(&self, example: &Example) -> Option<Value> {
        let body = serde_json::from_str(example.body()).ok()?;
        let (status, _) = self.contract.success();
        let mut response = json!({ "status": status });
        let shown = self.contract.examples(Body::Response).first();
        if let Some(Value::Object(members)) = shown.and_then(|shown| serde_json::from_str(shown.body()).ok())
        {
            let schema = rules::schema(self.contract, Body::Response);
            // Others than these need not be in an answer, and a Pact file would demand them.
            let members: Map<_, _> =
                members.into_iter().filter(|(name, _)| rules::is_required(&schema, name)).collect();
            let of_body = rules::of_members(&schema, members.keys());
            self.add_body(&mut response, Body::Response, members.into(), &of_body);
        }
        Some(self.interaction(
            &format!("a valid request: {}", example.name()),
            Some(&InstanceState::Authorized),
            &self.request(&body),
            &response,
        ))
    }

    fn error(&self, case: &ErrorCase) -> Option<Value> {
        let authorized = Some(&InstanceState::Authorized);
        let valid = self.contract.examples(Body::Request).first();
        let valid = valid.and_then(|example| serde_json::from_str::<Value>(example.body()).ok());
        let (state, request) = match case.condition() {
            Condition::Instance(state) => (Some(state), self.request(&valid?)),
            Condition::InvalidRequest => (authorized, self.request(&self.invalid()?)),
            Condition::BodyAbove(most) => (authorized, self.request(&padded(valid?, *most)?)),
            Condition::OtherMethod => {
                (authorized, json!({ "method": self.other_method()?, "path": self.path }))
            }
            Condition::OtherPath => {
                let mut request = self.request(&valid?);
                request["path"] = self.other_path()?.into();
                (None, request)
            }
            _ => return None,
        };
        let response = self.error_response(case, &request);
        Some(self.interaction(&format!("a call that ends with {}", case.slug()), state, &request, &response))
    }

    fn error_response(&self, case: &ErrorCase, request: &Value) -> Value {
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let timestamp = case.example_timestamp().unwrap_or_default();
        let mut response = json!({ "status": case.status() });
        let body = case.body(text("method"), text("path"), timestamp);
        match body.and_then(|body| serde_json::to_value(body).ok()) {
            Some(Value::Object(members)) => {
                let varies = |value: &Value| value == timestamp || value == text("path");
                let varying = members.iter().filter(|(_, value)| varies(value)).map(|(name, _)| name);
                let of_body = rules::of_members(&rules::schema(self.contract, Body::Error), varying);
                self.add_body(&mut response, Body::Error, members.into(), &of_body);
            }
            // To a verifier, this is an empty body; a missing one would be any.
            _ => response["body"] = "".into(),
        }
        response
    }

    /// A call with that body.
    fn request(&self, body: &Value) -> Value {
        json!({
            "method": self.contract.method(),
            "path": self.path,
            "headers": { CONTENT_TYPE: self.contract.media_type(Body::Request) },
            "body": body,
        })
    }

    fn add_body(&self, response: &mut Value, body: Body, value: Value, of_body: &Value) {
        let media_type = self.contract.media_type(body);
        response["headers"] = json!({ CONTENT_TYPE: media_type });
        response["body"] = value;
        let of_header = rules::matching(&rules::media_type(media_type));
        response["matchingRules"] = json!({ "header": { CONTENT_TYPE: of_header }, "body": of_body });
    }

    fn interaction(
        &self,
        description: &str,
        state: Option<&InstanceState>,
        request: &Value,
        response: &Value,
    ) -> Value {
        let states: Vec<_> = state.map(|state| self.provider_state(state)).into_iter().collect();
        json!({
            "description": description,
            "providerStates": states,
            "request": request,
            "response": response,
        })
    }

    fn provider_state(&self, state: &InstanceState) -> Value {
        let name = format!("the instance is {}", state.words());
        json!({ "name": name, "params": { "idInstance": self.instance.number() } })
    }

    fn invalid(&self) -> Option<Value> {
        self.contract.request(b"{}").is_err().then(|| json!({}))
    }

    /// A method that has no answer of its own.
    fn other_method(&self) -> Option<&'static str> {
        let plain = self.contract.plain_answers();
        ["GET", "PUT", "POST", "DELETE", "PATCH"].into_iter().find(|method| {
            *method != self.contract.method() && plain.iter().all(|answer| answer.method() != *method)
        })
    }

    fn other_path(&self) -> Option<&'static str> {
        Some("/elsewhere").filter(|path| self.contract.address(path).is_err())
    }
}

const CONTENT_TYPE: &str = "Content-Type";

/// The body with more bytes than `most`, however it is written: its first text is made longer.
fn padded(mut body: Value, most: u64) -> Option<Value> {
    let most = usize::try_from(most).ok().filter(|_| most <= LARGEST)?;
    let text = body.as_object_mut()?.values_mut().find(|value| value.is_string())?;
    *text = "x".repeat(most + 1).into();
    Some(body)
}

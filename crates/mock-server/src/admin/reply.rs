//! Answers of the control plane. Errors have the shape that WireMock gives them.

use bytes::Bytes;
use greenapi_model::Pointer;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Value, json};

/// The answer to one request.
pub(super) struct Reply {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
    header: Option<(HeaderName, String)>,
}

impl Reply {
    /// 200 with a value.
    pub(super) fn ok(value: &impl Serialize) -> Self {
        Self::json(200, value)
    }

    /// 200 and nothing to say, which WireMock says by an empty object.
    pub(super) fn done() -> Self {
        Self::ok(&json!({}))
    }

    /// 201 with what was made, and where it is.
    pub(super) fn created(location: String, value: &Value) -> Self {
        Self { header: Some((LOCATION, location)), ..Self::json(201, value) }
    }

    /// 200 with a text of another media type.
    pub(super) fn text(content_type: &'static str, text: String) -> Self {
        Self { status: 200, content_type, body: text.into_bytes(), header: None }
    }

    /// 405, with the methods that the path has.
    pub(super) fn other_methods(methods: &[&str]) -> Self {
        let methods = methods.join(", ");
        let refusal = Refusal::of(405, "Method not allowed").detail(format!("this path has: {methods}"));
        Self { header: Some((ALLOW, methods)), ..refusal.into_reply() }
    }

    /// 401: there has to be another token.
    pub(super) fn unauthorized() -> Self {
        let refusal = Refusal::of(401, "Unauthorized").detail("send `Authorization: Bearer <token>`");
        Self { header: Some((WWW_AUTHENTICATE, "Bearer".to_owned())), ..refusal.into_reply() }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let header = self.header.and_then(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)));
        headers.extend(header.map(|(name, value)| (Some(name), value)));
        response
    }

    fn json(status: u16, value: &impl Serialize) -> Self {
        let mut body = serde_json::to_vec_pretty(value).unwrap_or_default();
        body.push(b'\n');
        Self { status, content_type: "application/json", body, header: None }
    }
}

/// Why something is not done.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    title: &'static str,
    detail: String,
    place: Place,
}

/// What of the request is wrong.
#[derive(Debug)]
enum Place {
    /// This place in the body. The empty pointer is the whole of it, or no place.
    Body(Pointer),
    /// This parameter of the path or of the query.
    Parameter(&'static str),
}

/// WireMock's number for a body that is not what it has to be.
const NOT_AS_IT_HAS_TO_BE: u16 = 10;

impl Refusal {
    pub(super) fn of(status: u16, title: &'static str) -> Self {
        Self { status, title, detail: String::new(), place: Place::Body(Pointer::default()) }
    }

    /// 422: this place of the body is not what it has to be.
    pub(super) fn at(pointer: &Pointer, detail: impl Into<String>) -> Self {
        let refusal = Self::of(422, "Not valid").detail(detail);
        Self { place: Place::Body(pointer.clone()), ..refusal }
    }

    /// 422: this parameter of the path or of the query is not what it has to be.
    pub(super) fn parameter(name: &'static str, detail: impl Into<String>) -> Self {
        Self { place: Place::Parameter(name), ..Self::of(422, "Not valid").detail(detail) }
    }

    /// 404: what this parameter of the path names is not there.
    pub(super) fn not_there(name: &'static str, detail: impl Into<String>) -> Self {
        Self { place: Place::Parameter(name), ..Self::of(404, "Not found").detail(detail) }
    }

    pub(super) fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn into_reply(self) -> Reply {
        let source = match &self.place {
            Place::Body(pointer) => json!({ "pointer": pointer.as_str() }),
            Place::Parameter(name) => json!({ "parameter": name }),
        };
        let code = if self.status == 422 { NOT_AS_IT_HAS_TO_BE } else { self.status };
        let error = json!({ "code": code, "source": source, "title": self.title, "detail": self.detail });
        Reply::json(self.status, &json!({ "errors": [error] }))
    }
}

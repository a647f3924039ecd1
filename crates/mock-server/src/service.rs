use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use greenapi_model::InstanceId;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper::service::Service;

use crate::emulation::Emulation;
use crate::outcome::{Answer, Outcome};

/// A body that is too large is read on for so many bytes, so that its sender comes to read the answer.
const READ_ON: u64 = 4 << 20;

/// The emulation as a hyper service, for a server of your own.
///
/// It never fails: whatever comes is answered. Each call is one event of `tracing` at the level INFO, with the instance,
/// the status, the clause and what was wrong with the request; never with the path, in which the token stands.
#[derive(Clone, Debug)]
pub struct EmulationService {
    emulation: Arc<Emulation>,
}

impl EmulationService {
    /// A service that answers by this emulation.
    #[must_use]
    pub fn new(emulation: Arc<Emulation>) -> Self {
        Self { emulation }
    }
}

impl<B> Service<Request<B>> for EmulationService
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<B>) -> Self::Future {
        let emulation = Arc::clone(&self.emulation);
        Box::pin(async move {
            let answer = answer(&emulation, request).await;
            log(&answer);
            Ok(response(answer))
        })
    }
}

async fn answer<B>(emulation: &Emulation, request: Request<B>) -> Answer
where
    B: Body<Data = Bytes>,
{
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let call = match emulation.open(head.method.as_str(), target) {
        Ok(call) => call,
        Err(answer) => {
            // The body decides nothing, but its sender comes to read the answer only after it.
            read(body, emulation.body_limit()).await;
            return *answer;
        }
    };
    match read(body, emulation.body_limit()).await {
        Read::Whole(body) => call.answer(head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes), &body),
        Read::TooLarge => call.too_large(),
        Read::CutOff => call.cut_off(),
    }
}

enum Read {
    Whole(Bytes),
    TooLarge,
    CutOff,
}

async fn read<B: Body<Data = Bytes>>(body: B, limit: u64) -> Read {
    let mut body = std::pin::pin!(body);
    let mut whole = Bytes::new();
    let mut parts: Option<BytesMut> = None;
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return if length > limit { Read::TooLarge } else { Read::CutOff };
        };
        let Ok(data) = frame.into_data() else { continue };
        length += data.len() as u64;
        if length > limit.saturating_add(READ_ON) {
            break;
        }
        if length > limit {
            continue;
        }
        // Most bodies come in one piece, which then needs no copy.
        match &mut parts {
            None if whole.is_empty() => whole = data,
            None => {
                let mut both = BytesMut::from(whole.as_ref());
                both.extend_from_slice(&data);
                parts = Some(both);
            }
            Some(parts) => parts.extend_from_slice(&data),
        }
    }
    if length > limit { Read::TooLarge } else { Read::Whole(parts.map_or(whole, BytesMut::freeze)) }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    // A contract is compiled with statuses from 200 to 599.
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(content_type) = answer.content_type.and_then(|value| HeaderValue::try_from(value).ok()) {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

fn log(answer: &Answer) {
    let outcome = &answer.outcome;
    if let Outcome::BeyondALimit { message } = outcome {
        tracing::warn!(status = answer.status, "{message}");
        return;
    }
    // What is not logged need not be put into words.
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let instance = outcome.instance().map(InstanceId::number);
    let clause = outcome.clause().map(|clause| clause.id());
    // One line a call, so the lines of the violations are put into one.
    let violations = outcome.violations().map(|violations| violations.to_string().replace('\n', "; "));
    tracing::info!(instance, status = answer.status, clause, violations, "answered");
}

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use greenapi_model::InstanceId;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Request, Response, StatusCode, request};
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper::service::Service;

use crate::emulation::Emulation;
use crate::limits::Limits;
use crate::outcome::{Answer, Ending};
use crate::wire::{WireFault, WireHandle};

/// A body that is too large is read on for so many bytes, so that its sender comes to read the answer.
const READ_ON: u64 = 4 << 20;

pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// The emulation as a hyper service, for a server of your own.
///
/// Whatever comes is answered, with 408 where the body does not come in time ([`Limits`]): a body that is not there with its head
/// wants a runtime of tokio with its timers. It fails only where a fault on the wire asks for that and the service does not know the
/// connection ([`on`](Self::on)): hyper then closes it without an answer.
///
/// Each call is one event of `tracing` at the level INFO, with the instance, the outcome, the status, the clause, the duration
/// and what was wrong with the request; never with the path, in which the token stands.
#[derive(Clone, Debug)]
pub struct EmulationService {
    emulation: Arc<Emulation>,
    wire: Option<WireHandle>,
    body: BodyLimits,
}

/// What of [`Limits`] is about bodies.
#[derive(Clone, Copy, Debug)]
struct BodyLimits {
    timeout: Duration,
    bytes: u64,
}

impl BodyLimits {
    fn of(limits: &Limits) -> Self {
        Self { timeout: limits.body_timeout, bytes: limits.body_bytes.unwrap_or(u64::MAX) }
    }
}

impl EmulationService {
    /// A service that answers by this emulation.
    #[must_use]
    pub fn new(emulation: Arc<Emulation>) -> Self {
        Self { emulation, wire: None, body: BodyLimits::of(&Limits::default()) }
    }

    /// The same with those of these limits that are about bodies.
    #[must_use]
    pub fn limits(self, limits: &Limits) -> Self {
        Self { body: BodyLimits::of(limits), ..self }
    }

    pub(crate) fn emulation(&self) -> &Emulation {
        &self.emulation
    }

    /// The same for one connection, whose bytes can be hurt: see [`Wire`](crate::Wire). Without this, faults on the wire close
    /// the connection, a body that is to come byte by byte comes at once, and a call that is never answered waits until the
    /// connection ends.
    #[must_use]
    pub fn on(&self, wire: WireHandle) -> Self {
        Self { emulation: Arc::clone(&self.emulation), wire: Some(wire), body: self.body }
    }

    /// What [`call`](Service::call) gives, for whoever needs no box around it.
    pub(crate) async fn answer<B: Body<Data = Bytes>>(
        &self,
        head: &request::Parts,
        body: B,
    ) -> Result<Response<Full<Bytes>>, ConnectionHurt> {
        // What is not logged need not be timed, nor put into words.
        let start = tracing::enabled!(tracing::Level::INFO).then(Instant::now);
        let (answer, ends_connection) = answer(&self.emulation, head, body, self.body).await;
        if !answer.delay.is_zero() {
            tokio::time::sleep(answer.delay).await;
        }
        log(&answer, start);
        match (answer.wire, &self.wire) {
            (None, _) | (Some(WireFault::Dribble(_)), None) => {}
            (Some(WireFault::NoAnswer), None) => std::future::pending().await,
            (Some(_), None) => return Err(ConnectionHurt),
            (Some(fault), Some(wire)) => wire.arm(fault),
        }
        let mut response = response(answer);
        if ends_connection {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}

impl<B> Service<Request<B>> for EmulationService
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = ConnectionHurt;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectionHurt>> + Send>>;

    fn call(&self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            service.answer(&head, body).await
        })
    }
}

/// A fault on the wire closes the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionHurt;

impl fmt::Display for ConnectionHurt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a fault on the wire closes the connection")
    }
}

impl Error for ConnectionHurt {}

/// The answer, and whether it is the last one of its connection, as the rest of the body is not waited for.
async fn answer<B: Body<Data = Bytes>>(
    emulation: &Emulation,
    head: &request::Parts,
    body: B,
    own: BodyLimits,
) -> (Answer, bool) {
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let call = emulation.open(head.method.as_str(), target, &head.headers);
    // Where the body decides nothing, its sender still comes to read the answer only after it.
    let limit = call.body_limit();
    match read(body, limit.min(own.bytes), own.timeout).await {
        Read::Whole(body) => (call.answer(&body), false),
        Read::TooLarge if own.bytes < limit => (call.larger_than_is_read(), false),
        Read::TooLarge => (call.too_large(), false),
        Read::CutOff => (call.cut_off(), false),
        Read::TooSlow => (call.too_slow(), true),
    }
}

/// What came of a body.
pub(crate) enum Read {
    Whole(Bytes),
    TooLarge,
    CutOff,
    TooSlow,
}

/// Reads a body up to a limit, and a larger one on for a while, so that its sender comes to read the answer.
pub(crate) async fn read<B: Body<Data = Bytes>>(body: B, limit: u64, timeout: Duration) -> Read {
    let mut reading = std::pin::pin!(read_on(body, limit));
    // Most bodies are there with their head, and then need no timer.
    match std::future::poll_fn(|context| Poll::Ready(reading.as_mut().poll(context))).await {
        Poll::Ready(read) => read,
        Poll::Pending => tokio::time::timeout(timeout, reading).await.unwrap_or(Read::TooSlow),
    }
}

async fn read_on<B: Body<Data = Bytes>>(body: B, limit: u64) -> Read {
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
    let headers = [(CONTENT_TYPE, answer.content_type), (PREFERENCE_APPLIED, answer.preference_applied)];
    for (name, value) in headers {
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn log(answer: &Answer, start: Option<Instant>) {
    let outcome = &answer.outcome;
    if let Ending::Own(message) = outcome.ending() {
        tracing::warn!(status = answer.status, "{message}");
        return;
    }
    let Some(start) = start else { return };
    let instance = outcome.instance().map(InstanceId::number);
    let clause = outcome.clause().map(|clause| clause.id());
    let faults = outcome.faults().iter().map(ToString::to_string).collect::<Vec<_>>();
    let faults = (!faults.is_empty()).then(|| faults.join(" "));
    // One line a call, so the lines of the violations are put into one.
    let violations = outcome.violations().map(|violations| violations.to_string().replace('\n', "; "));
    let duration_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(
        instance,
        outcome = outcome.name(),
        status = answer.status,
        clause,
        faults,
        violations,
        suspected_retry_of = answer.suspected_retry_of,
        duration_us,
        "answered"
    );
}

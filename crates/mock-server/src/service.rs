mod body;
mod unshared;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use greenapi_model::InstanceId;
use http::header::CONNECTION;
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use hyper::service::Service;

use self::body::{First, read_on};
pub(crate) use self::body::{Read, read};
pub(crate) use self::unshared::value as unshared_value;
use crate::emulation::{Call, Emulation};
use crate::limits::Limits;
use crate::outcome::{Answer, Ending};
use crate::wire::{WireFault, WireHandle};

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
    ///
    /// What is seldom needed has a box of its own, as there is one of these for each connection. A call that was decided before is not
    /// decided again.
    pub(crate) async fn answer<B: Body<Data = Bytes>>(
        &self,
        head: Parts,
        body: B,
        decided: Option<Box<Answer>>,
    ) -> Result<Response<Full<Bytes>>, ConnectionHurt> {
        let start = Self::start();
        let mut body = pin!(body);
        let (answer, ends_connection) = match (decided, First::of(body.as_mut()).await) {
            (Some(decided), _) => (*decided, false),
            (None, First::All(read)) => {
                let call = open(&self.emulation, &head);
                let limit = call.body_limit();
                answer(call, read.within(limit.min(self.body.bytes)), self.body.bytes < limit)
            }
            (None, First::Part(part)) => Box::pin(self.answer_slowly(head, part, body)).await,
        };
        if !answer.delay.is_zero() {
            Box::pin(tokio::time::sleep(answer.delay)).await;
        }
        Self::log(&answer, start);
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

    /// When a call begins. What is not logged need not be timed, nor put into words.
    pub(crate) fn start() -> Option<Instant> {
        tracing::enabled!(tracing::Level::INFO).then(Instant::now)
    }

    /// Puts a call into the log.
    pub(crate) fn log(answer: &Answer, start: Option<Instant>) {
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

    /// Whether a body is larger than what is taken here.
    pub(crate) fn takes_less_than(&self, body: &[u8]) -> bool {
        body.len() as u64 > self.body.bytes
    }

    /// Answers a request whose body is still to come, for the most part. It may be long in coming, and is waited for without any
    /// buffer of hyper's.
    async fn answer_slowly<B: Body<Data = Bytes>>(
        &self,
        head: Parts,
        part: Vec<u8>,
        body: Pin<&mut B>,
    ) -> (Answer, bool) {
        let head = unshared::head(head);
        let call = open(&self.emulation, &head);
        let limit = call.body_limit();
        let read = read_on(part, body, limit.min(self.body.bytes), self.body.timeout).await;
        answer(call, read, self.body.bytes < limit)
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
            service.answer(head, body, None).await
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

fn open<'c>(emulation: &'c Emulation, head: &'c Parts) -> Call<'c> {
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    emulation.open(head.method.as_str(), target, &head.headers)
}

/// The answer, and whether it is the last one of its connection, as the rest of the body is not waited for. Where the body decides
/// nothing, it was read all the same, as its sender comes to read the answer only after it.
fn answer(call: Call<'_>, read: Read, has_limit_of_its_own: bool) -> (Answer, bool) {
    match read {
        Read::Whole(body) => (call.answer(&body), false),
        Read::TooLarge if has_limit_of_its_own => (call.larger_than_is_read(), false),
        Read::TooLarge => (call.too_large(), false),
        Read::CutOff => (call.cut_off(), false),
        Read::TooSlow => (call.too_slow(), true),
    }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = answer.status_code();
    for (name, value) in answer.headers() {
        response.headers_mut().insert(name, value.clone());
    }
    *response.body_mut() = Full::new(Bytes::from(answer.body));
    response
}

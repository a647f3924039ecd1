//! The way to a target: sends what may be sent, at the pace that is allowed.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use greenapi_model::Contract;
use greenapi_transport::{RawClient, RawRequest};
use http::{Method, Response};
use tokio::time::{Instant, sleep_until, timeout};

use crate::case::{Answer, Reply, Request};
use crate::endpoint::{Answering, EndpointError};
use crate::limits::Limits;
use crate::target::{Target, TargetError, Way};

/// Requests that could make a group are so far apart at a live service.
const LIVE_PACE: Duration = Duration::from_secs(300);

pub(crate) struct Wire<'t> {
    pub(crate) target: &'t Target,
    contract: &'t Contract,
    limits: &'t Limits,
    client: RefCell<Option<RawClient>>,
    start: Instant,
    sent: Cell<u64>,
    /// How many requests that could make a group are still allowed, at a live service.
    allowed: Cell<u32>,
    next: Cell<Instant>,
    next_group: Cell<Instant>,
}

impl<'t> Wire<'t> {
    pub(crate) fn new(
        target: &'t Target,
        contract: &'t Contract,
        limits: &'t Limits,
    ) -> Result<Self, TargetError> {
        let start = Instant::now();
        let allowed = Cell::new(limits.live.map_or(u32::MAX, |live| live.allow_create));
        let wire = Self {
            target,
            contract,
            limits,
            client: RefCell::new(None),
            start,
            sent: Cell::new(0),
            allowed,
            next: Cell::new(start),
            next_group: Cell::new(start),
        };
        *wire.client.borrow_mut() = wire.fresh_client()?;
        Ok(wire)
    }

    fn fresh_client(&self) -> Result<Option<RawClient>, TargetError> {
        match self.target.way {
            Way::InProcess(_) => Ok(None),
            Way::Wire => RawClient::new(&self.target.url)
                .map(|client| Some(client.deadline(self.limits.timeout).connect_timeout(self.limits.timeout)))
                .map_err(|error| TargetError::unreachable(&self.target.masked(&self.target.url), error)),
        }
    }

    /// Closes the kept connections: a server that serves one at a time would make the next one wait for ever.
    pub(crate) fn hang_up(&self) {
        if let Ok(client) = self.fresh_client() {
            *self.client.borrow_mut() = client;
        }
    }

    /// How many requests went out.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.get()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.limits
    }

    /// Why nothing more may be sent, if so it is.
    pub(crate) fn is_over(&self) -> Option<String> {
        let budget = self.limits.time?;
        (self.start.elapsed() >= budget)
            .then(|| format!("the time budget of {} s was used up", budget.as_secs_f64()))
    }

    /// Why a request may not be sent, if so it is; else it waits for its turn.
    pub(crate) async fn admit(&self, request: &Request) -> Option<String> {
        if let Some(over) = self.is_over() {
            return Some(over);
        }
        if self.limits.live.is_some() && request.may_make_a_group(self.contract) {
            if self.allowed.get() == 0 {
                let why = "such a request could make a group at a live service; `--allow-create N` allows N of them";
                return Some(why.to_owned());
            }
            self.allowed.set(self.allowed.get() - 1);
            self.turn(&self.next_group, LIVE_PACE).await;
        }
        if let Some(rate) = self.limits.rate {
            self.turn(&self.next, Duration::from_secs_f64(1.0 / rate)).await;
        }
        let over = self.is_over();
        if over.is_none() {
            self.sent.set(self.sent.get() + 1);
        }
        over
    }

    /// Waits until `next`, or the end of the time budget, and puts the next turn so much later.
    async fn turn(&self, next: &Cell<Instant>, pace: Duration) {
        let mine = next.get().max(Instant::now());
        next.set(mine + pace);
        let end = self.limits.time.map_or(mine, |budget| self.start + budget);
        sleep_until(mine.min(end.max(Instant::now()))).await;
    }

    pub(crate) async fn send(&self, request: &Request) -> Reply {
        if let Some(why) = self.admit(request).await {
            return Reply::Withheld(why);
        }
        match &self.target.way {
            Way::InProcess(_) => self.ask(request).await,
            Way::Wire => {
                let client = self.client.borrow().clone();
                match client {
                    Some(client) => self.exchange(&client, request).await,
                    None => Reply::Nothing("there is no client".to_owned()),
                }
            }
        }
    }

    /// The same on a connection of its own, so that several can be on their way at once.
    pub(crate) async fn send_apart(&self, request: &Request) -> Reply {
        self.send(&request.clone().with_header("connection", "close")).await
    }

    async fn exchange(&self, client: &RawClient, request: &Request) -> Reply {
        let Ok(method) = request.method.parse::<Method>() else {
            return Reply::Nothing(format!("`{}` is no HTTP method", request.method));
        };
        let mut raw = RawRequest::new(method, request.target.clone()).body(request.body.clone());
        for (name, value) in &request.headers {
            raw = raw.header(name, value);
        }
        match client.send(&raw).await {
            Ok(response) => Reply::Answer(Answer {
                status: response.status.as_u16(),
                headers: response.headers,
                body: response.body,
                took: response.timings.total,
            }),
            Err(error) => Reply::Nothing(self.target.masked(&told(&error))),
        }
    }

    async fn ask(&self, request: &Request) -> Reply {
        let Way::InProcess(endpoint) = &self.target.way else {
            return Reply::Nothing("the target is not in this process".to_owned());
        };
        let mut message = http::Request::builder().method(request.method.as_str()).uri(&request.target);
        for (name, value) in &request.headers {
            message = message.header(name, value);
        }
        let message = match message.body(Bytes::clone(&request.body)) {
            Ok(message) => message,
            Err(error) => return Reply::Nothing(format!("the request is none: {error}")),
        };
        let start = Instant::now();
        match timeout(self.limits.timeout, caught(|| endpoint.call(message))).await {
            Err(_) => Reply::Nothing(format!("none came within {} s", self.limits.timeout.as_secs_f64())),
            Ok(Err(error)) => Reply::Nothing(self.target.masked(&error.to_string())),
            Ok(Ok(response)) => {
                let (head, body) = response.into_parts();
                let (status, headers, took) = (head.status.as_u16(), head.headers, start.elapsed());
                Reply::Answer(Answer { status, headers, body, took })
            }
        }
    }

    /// Whether anybody answers at all, and how fast.
    pub(crate) async fn first_look(&self, path: &str) -> Result<Option<Duration>, TargetError> {
        let client = self.client.borrow().clone();
        let Some(client) = client else { return Ok(None) };
        match client.send(&RawRequest::new(Method::OPTIONS, path)).await {
            Err(error) if error.is_connect() => {
                Err(TargetError::unreachable(&self.target.masked(&self.target.url), error))
            }
            Err(_) => Ok(None),
            Ok(response) => Ok(Some(response.timings.total)),
        }
    }
}

/// What a handler answers. That it panics is no answer, and not the end of the run.
async fn caught<'e>(call: impl FnOnce() -> Answering<'e>) -> Result<Response<Bytes>, EndpointError> {
    let mut answering = catch_unwind(AssertUnwindSafe(call)).map_err(|panic| panicked(&*panic))?;
    poll_fn(|context| {
        // After a panic it is not polled again.
        catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(panicked(&*panic))))
    })
    .await
}

fn panicked(panic: &(dyn Any + Send)) -> EndpointError {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the handler panicked: {}", text.unwrap_or("it does not say why")).into()
}

/// The error and what it comes from, one behind the other.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

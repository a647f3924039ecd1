//! The control plane: what steers a running endpoint over HTTP, and tells what happened.

mod behaviour;
mod call;
mod contract;
mod endpoint;
mod entry;
mod fields;
mod injections;
mod instances;
mod journal;
mod pattern;
mod provider_states;
mod query;
mod reply;
mod route;
mod token;
mod verify;

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, Request, Response, request};
use http_body_util::Full;
use hyper::body::Body;
use hyper::service::Service;

use self::call::Call;
use self::query::Query;
use self::reply::{Refusal, Reply};
use self::route::Found;
pub use self::token::{BearerToken, InvalidBearerToken};
use crate::emulation::Emulation;
use crate::limits::Limits;
use crate::service::{Read, read};

/// Where the control plane is: all its paths start with this.
pub(crate) const ROOT: &str = "/__admin";

/// The only path that is answered without a token.
const HEALTH: &str = "/__admin/health";

/// A body of a request to the control plane has at most so many bytes.
const BODY_LIMIT: u64 = 1 << 20;

/// Steers an emulation over HTTP, and tells what happened: everything below `/__admin`.
///
/// [`Server`](crate::Server) has one by default. It is a hyper service too, for a server of your own; it is cheap to clone,
/// and answers 404 to what is not below `/__admin`. Whoever reaches it may do anything with the emulation, so on an address
/// that others reach it wants a [`BearerToken`]: see [`on`](Self::on). Without one it refuses what has an `Origin`, and what calls
/// this machine by another name than `localhost` or an address, so that no page in a browser steers it behind somebody's back.
///
/// Its requests are in no journal, and are logged at the level DEBUG by their route, without a path. What it can do stands in
/// its own OpenAPI document: [`document`](Self::document).
///
/// ```
/// use std::sync::Arc;
///
/// use greenapi_mock_server::{ControlPlane, Emulation};
/// use greenapi_model::Contract;
///
/// let emulation = Arc::new(Emulation::new(Contract::default())?);
/// let control_plane = ControlPlane::new(emulation).token("s3cret".parse()?);
/// assert!(!format!("{control_plane:?}").contains("s3cret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ControlPlane {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    emulation: Arc<Emulation>,
    token: Option<BearerToken>,
    /// Whether it refuses everything, as others reach it and there is no token.
    closed: bool,
    /// Whether the emulation is at the same address.
    shared: bool,
    /// By which scheme the emulation is called.
    scheme: &'static str,
    /// How long a body may take.
    body_timeout: Duration,
    started: Instant,
}

impl ControlPlane {
    /// A control plane that asks for no token.
    #[must_use]
    pub fn new(emulation: Arc<Emulation>) -> Self {
        Self {
            inner: Arc::new(Inner {
                emulation,
                token: None,
                closed: false,
                shared: false,
                scheme: "http",
                body_timeout: Limits::default().body_timeout,
                started: Instant::now(),
            }),
        }
    }

    /// The same, for those alone who send this token: `Authorization: Bearer <token>`.
    #[must_use]
    pub fn token(self, token: BearerToken) -> Self {
        Self { inner: Arc::new(Inner { token: Some(token), ..(*self.inner).clone() }) }
    }

    /// The same at this address: without a token, it answers 403 to everything but `/__admin/health` unless only this machine
    /// reaches the address. [`Server`](crate::Server) calls this itself.
    #[must_use]
    pub fn on(self, address: SocketAddr) -> Self {
        let closed = !address.ip().is_loopback();
        Self { inner: Arc::new(Inner { closed, ..(*self.inner).clone() }) }
    }

    /// The same with that of these limits that is about the time of a body. Its size has a limit of its own: 1 MiB.
    #[must_use]
    pub fn limits(self, limits: &Limits) -> Self {
        Self { inner: Arc::new(Inner { body_timeout: limits.body_timeout, ..(*self.inner).clone() }) }
    }

    /// The same beside the emulation at one address, where some faults would strike it too.
    pub(crate) fn shared(self) -> Self {
        Self { inner: Arc::new(Inner { shared: true, ..(*self.inner).clone() }) }
    }

    /// The same beside an emulation that is called by `https`.
    pub(crate) fn secure(self) -> Self {
        Self { inner: Arc::new(Inner { scheme: "https", ..(*self.inner).clone() }) }
    }

    /// The OpenAPI 3.1 document of the control plane, as JSON. It is served at `/__admin/control-plane.openapi.json`.
    #[must_use]
    pub fn document() -> &'static str {
        contract::DOCUMENT
    }

    /// HTTP method and path, with parameters in braces, of all that the control plane does.
    pub fn routes() -> impl Iterator<Item = (&'static str, String)> {
        route::ROUTES.iter().map(|route| (route.method, route.full_path()))
    }

    /// Whether a path is one of the control plane, whether there is something or not.
    pub(crate) fn has(path: &str) -> bool {
        path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(crate) fn emulation(&self) -> &Emulation {
        &self.inner.emulation
    }
}

impl fmt::Debug for ControlPlane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ControlPlane")
            .field("token", &self.inner.token)
            .field("closed", &self.inner.closed)
            .finish_non_exhaustive()
    }
}

impl<B> Service<Request<B>> for ControlPlane
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<B>) -> Self::Future {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let reply = inner.answer(&head, body).await.unwrap_or_else(Refusal::into_reply);
            Ok(reply.into_response())
        })
    }
}

impl Inner {
    async fn answer<B: Body<Data = Bytes>>(&self, head: &request::Parts, body: B) -> Result<Reply, Refusal> {
        // Whoever sends a body comes to read the answer only after it, so it is read whatever the answer is.
        let body = read(body, BODY_LIMIT, self.body_timeout).await;
        let path = head.uri.path();
        let asks = matches!(head.method, Method::GET | Method::HEAD);
        if !(path == HEALTH && asks)
            && let Some(refused) = self.refuses(&head.headers)
        {
            tracing::debug!(status = refused.status(), "control plane: refused");
            return Ok(refused);
        }
        let (route, parameters) = match route::find(head.method.as_str(), path) {
            Found::Route(route, parameters) => (route, parameters),
            Found::OtherMethods(methods) => return Ok(Reply::other_methods(&methods)),
            Found::Nothing => {
                return Err(Refusal::of(404, "Not found").detail(
                    "the control plane has no such path; GET /__admin/control-plane.openapi.json lists all that it has",
                ));
            }
        };
        let body = match body {
            Read::Whole(body) => body,
            Read::TooLarge => {
                return Err(
                    Refusal::of(413, "Too large").detail(format!("a body has at most {BODY_LIMIT} bytes"))
                );
            }
            Read::CutOff => return Err(Refusal::of(400, "Cut off").detail("the body ended before its end")),
            Read::TooSlow => {
                return Err(Refusal::of(408, "Too slow").detail("the body did not come in time"));
            }
        };
        let done = Query::read(head.uri.query(), route.query).and_then(|query| {
            (route.handle)(&Call {
                emulation: &self.emulation,
                started: self.started,
                shared: self.shared,
                scheme: self.scheme,
                parameters,
                query,
                body: &body,
            })
        });
        let status = done.as_ref().map_or_else(Refusal::status, Reply::status);
        tracing::debug!(method = route.method, route = route.path, status, "control plane");
        done
    }

    /// What is answered to one who may not do anything here.
    fn refuses(&self, headers: &HeaderMap) -> Option<Reply> {
        match &self.token {
            Some(token) => {
                let given = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
                (!token.is_in(given)).then(Reply::unauthorized)
            }
            None if self.closed => Some(
                Refusal::of(403, "Forbidden")
                    .detail(
                        "the control plane is at an address that others reach, and has no token: give it one, serve it at \
                         an address of its own such as 127.0.0.1, or switch it off",
                    )
                    .into_reply(),
            ),
            // A page in a browser says where it is from; a program that somebody runs here does not.
            None if headers.contains_key(ORIGIN) => Some(
                Refusal::of(403, "Forbidden")
                    .detail(
                        "a page in a browser may not steer a control plane without a token, as any page could: give it one",
                    )
                    .into_reply(),
            ),
            None if !headers.get(HOST).is_none_or(is_of_this_machine) => Some(
                Refusal::of(403, "Forbidden")
                    .detail(
                        "a control plane without a token is called by `localhost` or by the address of this machine, as another \
                         name may be that of any page: give it a token",
                    )
                    .into_reply(),
            ),
            None => None,
        }
    }
}

/// Whether a `Host` names this machine by itself. Another name may be one that somebody made lead here.
fn is_of_this_machine(host: &HeaderValue) -> bool {
    let host = host.to_str().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.is_ok_and(|address| address.is_loopback() || address.is_unspecified())
        || name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
}

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::Full;
use hyper::body::Body;
use hyper::service::Service;

use crate::admin::ControlPlane;
use crate::emulation::Emulation;
use crate::service::{ConnectionHurt, EmulationService};
use crate::wire::WireHandle;

/// What is behind a socket: the emulation with or without its control plane, or a control plane alone.
#[derive(Clone, Debug)]
pub(super) enum Front {
    Emulation(EmulationService, Option<ControlPlane>),
    ControlPlane(ControlPlane),
}

impl Front {
    /// The same for one connection.
    pub(super) fn on(&self, wire: WireHandle) -> Self {
        match self {
            Self::Emulation(emulation, control) => Self::Emulation(emulation.on(wire), control.clone()),
            Self::ControlPlane(control) => Self::ControlPlane(control.clone()),
        }
    }

    /// Whether a connection that was just accepted is to be closed at once.
    pub(super) fn closes_after_accept(&self) -> bool {
        matches!(self, Self::Emulation(service, _) if service.emulation().closes_after_accept())
    }

    pub(super) fn emulation(&self) -> &Emulation {
        match self {
            Self::Emulation(service, _) => service.emulation(),
            Self::ControlPlane(control) => control.emulation(),
        }
    }

    /// The control plane of this request, if it is one to it.
    fn control<B>(&self, request: &Request<B>) -> Option<&ControlPlane> {
        match self {
            Self::Emulation(_, control) => {
                control.as_ref().filter(|_| ControlPlane::has(request.uri().path()))
            }
            Self::ControlPlane(control) => Some(control),
        }
    }
}

impl<B> Service<Request<B>> for Front
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = ConnectionHurt;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectionHurt>> + Send>>;

    fn call(&self, request: Request<B>) -> Self::Future {
        if !names_its_host(&request) {
            tracing::warn!("a request of HTTP/1.1 without one `Host` was refused");
            return Box::pin(std::future::ready(Ok(bad_request())));
        }
        match (self.control(&request), self) {
            (None, Self::Emulation(emulation, _)) => emulation.call(request),
            (Some(control), _) | (None, Self::ControlPlane(control)) => {
                let answer = control.call(request);
                Box::pin(async move { Ok(answer.await.unwrap_or_else(|never| match never {})) })
            }
        }
    }
}

/// RFC 9112, section 3.2: a request of HTTP/1.1 has one `Host`, else the answer is 400. Hyper leaves that to its user.
fn names_its_host<B>(request: &Request<B>) -> bool {
    request.version() < Version::HTTP_11 || request.headers().get_all(HOST).iter().count() == 1
}

fn bad_request() -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

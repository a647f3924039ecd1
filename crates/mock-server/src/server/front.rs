use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::Scheme;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body_util::Full;
use hyper::body::Body;
use hyper::service::Service;

use super::shortcut::Shortcut;
use crate::admin::ControlPlane;
use crate::cors::{Cors, Origin};
use crate::emulation::Emulation;
use crate::headers::Headers;
use crate::limits::Limits;
use crate::outcome::Answer;
use crate::service::{ConnectionHurt, EmulationService};
use crate::wire::WireHandle;

/// What is behind a socket, and what it speaks.
#[derive(Clone, Debug)]
pub(super) struct Front {
    behind: Behind,
    is_secure: bool,
    cors: Option<Arc<Cors>>,
    is_by_hyper_alone: bool,
}

/// The emulation with or without its control plane, or a control plane alone.
#[derive(Clone, Debug)]
enum Behind {
    Emulation(EmulationService, Option<ControlPlane>),
    ControlPlane(ControlPlane),
}

impl Front {
    pub(super) fn emulation_of(service: EmulationService) -> Self {
        Self {
            behind: Behind::Emulation(service, None),
            is_secure: false,
            cors: None,
            is_by_hyper_alone: false,
        }
    }

    pub(super) fn control_plane_of(control: ControlPlane) -> Self {
        Self { behind: Behind::ControlPlane(control), is_secure: false, cors: None, is_by_hyper_alone: false }
    }

    /// The same with this control plane.
    pub(super) fn control_plane(self, control: ControlPlane) -> Self {
        let control = if self.is_secure { control.secure() } else { control };
        let behind = match self.behind {
            Behind::Emulation(service, _) => Behind::Emulation(service, Some(control.shared())),
            Behind::ControlPlane(_) => Behind::ControlPlane(control),
        };
        Self { behind, ..self }
    }

    /// The same without a control plane, unless there is nothing else.
    pub(super) fn without_control_plane(self) -> Self {
        let behind = match self.behind {
            Behind::Emulation(service, _) => Behind::Emulation(service, None),
            behind @ Behind::ControlPlane(_) => behind,
        };
        Self { behind, ..self }
    }

    /// The same for pages from these origins too, if there are any.
    pub(super) fn cors(self, origins: Vec<Origin>) -> Self {
        Self { cors: Cors::of(origins).map(Arc::new), ..self }
    }

    /// The same, where no request takes the short way.
    pub(super) fn by_hyper_alone(self) -> Self {
        Self { is_by_hyper_alone: true, ..self }
    }

    /// The same behind TLS.
    #[cfg(feature = "tls")]
    pub(super) fn secure(self) -> Self {
        let behind = match self.behind {
            Behind::Emulation(service, control) => {
                Behind::Emulation(service, control.map(ControlPlane::secure))
            }
            Behind::ControlPlane(control) => Behind::ControlPlane(control.secure()),
        };
        Self { behind, is_secure: true, ..self }
    }

    pub(super) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The same for one connection.
    pub(super) fn on(&self, wire: WireHandle) -> Self {
        let behind = match &self.behind {
            Behind::Emulation(emulation, control) => Behind::Emulation(emulation.on(wire), control.clone()),
            Behind::ControlPlane(control) => Behind::ControlPlane(control.clone()),
        };
        Self { behind, cors: self.cors.clone(), ..*self }
    }

    /// The same with these limits.
    pub(super) fn limits(self, limits: &Limits) -> Self {
        let behind = match self.behind {
            Behind::Emulation(emulation, control) => {
                Behind::Emulation(emulation.limits(limits), control.map(|control| control.limits(limits)))
            }
            Behind::ControlPlane(control) => Behind::ControlPlane(control.limits(limits)),
        };
        Self { behind, ..self }
    }

    /// Whether a connection that was just accepted is to be closed at once.
    pub(super) fn closes_after_accept(&self) -> bool {
        matches!(&self.behind, Behind::Emulation(service, _) if service.emulation().closes_after_accept())
    }

    pub(super) fn emulation(&self) -> &Emulation {
        match &self.behind {
            Behind::Emulation(service, _) => service.emulation(),
            Behind::ControlPlane(control) => control.emulation(),
        }
    }

    /// The short way of one connection, unless more than the call itself decides an answer: `Date` is hyper's, and CORS is for browsers.
    pub(super) fn shortcut(&self, limits: &Limits) -> Option<Shortcut> {
        match &self.behind {
            Behind::Emulation(service, control)
                if !self.is_by_hyper_alone && self.cors.is_none() && !service.emulation().has_real_time() =>
            {
                Some(Shortcut::new(service.clone(), control.is_some(), limits.most_headers))
            }
            _ => None,
        }
    }

    /// The control plane of this request, if it is one to it.
    fn control(&self, head: &Parts) -> Option<&ControlPlane> {
        match &self.behind {
            Behind::Emulation(_, control) => control.as_ref().filter(|_| ControlPlane::has(head.uri.path())),
            Behind::ControlPlane(control) => Some(control),
        }
    }

    /// The answer to a request. It fails where a fault on the wire closes the connection.
    ///
    /// It is not an `async fn`, so that the request is not held twice.
    pub(super) fn answer<B>(
        front: impl Deref<Target = Self>,
        request: Request<B>,
        decided: Option<Box<Answer>>,
    ) -> impl Future<Output = Result<Response<Full<Bytes>>, ConnectionHurt>>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Send,
    {
        let (head, body) = request.into_parts();
        async move {
            if let Some(status) = refused(&head, front.is_secure) {
                tracing::warn!(%status, "a request that is not one of HTTP/1.1 was refused");
                return Ok(refusal(status));
            }
            match (front.control(&head), &front.behind) {
                (None, Behind::Emulation(emulation, _)) => match &front.cors {
                    None => emulation.answer(head, body, decided).await,
                    Some(cors) => Box::pin(cors.answer(emulation, head, body)).await,
                },
                (Some(control), _) | (None, Behind::ControlPlane(control)) => {
                    let answer = control.call(Request::from_parts(head, body)).await;
                    Ok(answer.unwrap_or_else(|never| match never {}))
                }
            }
        }
    }
}

/// What RFC 9112 has refused and hyper leaves to its user.
fn refused(head: &Parts, is_secure: bool) -> Option<StatusCode> {
    if !names_its_host(head) || !has_a_target(head) {
        return Some(StatusCode::BAD_REQUEST);
    }
    // RFC 9110, section 7.4: a request of `https` comes over TLS, and one of `http` does not.
    let own = if is_secure { Scheme::HTTPS } else { Scheme::HTTP };
    if head.uri.scheme().is_some_and(|scheme| *scheme != own) {
        return Some(StatusCode::MISDIRECTED_REQUEST);
    }
    refused_coding(head)
}

/// Section 3.2: a request of HTTP/1.1 has a `Host`, none has two, and a value that is no host is refused.
fn names_its_host(head: &Parts) -> bool {
    let mut hosts = Headers::Map(&head.headers).values(HOST);
    match (hosts.next(), hosts.next()) {
        (None, _) => head.version < Version::HTTP_11,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    }
}

/// Whether the value of `Host` may be one.
pub(super) fn is_host(value: &[u8]) -> bool {
    value.iter().all(|byte| {
        matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'%' | b':' | b'[' | b']')
            || b"!$&'()*+,;=".contains(byte)
    })
}

/// Sections 3.2.3 and 3.2.4: an authority alone is for `CONNECT`, and an asterisk for `OPTIONS`.
fn has_a_target(head: &Parts) -> bool {
    let (method, uri) = (&head.method, &head.uri);
    let is_authority = uri.authority().is_some() && uri.scheme().is_none();
    !(is_authority && method != Method::CONNECT || uri.path() == "*" && method != Method::OPTIONS)
}

/// Section 6.1: a body comes in chunks once, and by no coding that is not known. Hyper has made sure that chunks come last.
fn refused_coding(head: &Parts) -> Option<StatusCode> {
    let values = Headers::Map(&head.headers).values(TRANSFER_ENCODING);
    let all = values.flat_map(|value| value.split(|byte| *byte == b','));
    let mut codings = all.map(<[u8]>::trim_ascii).peekable();
    loop {
        let coding = codings.next()?;
        codings.peek()?;
        if !coding.is_empty() {
            let is_chunked = coding.eq_ignore_ascii_case(b"chunked");
            return Some(if is_chunked { StatusCode::BAD_REQUEST } else { StatusCode::NOT_IMPLEMENTED });
        }
    }
}

fn refusal(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

//! Spans and events of calls, by the conventions of OpenTelemetry for HTTP clients. Without the feature `tracing` there are
//! none.
//!
//! The path holds the token, so it stands nowhere; its template does.

#[cfg(feature = "tracing")]
pub(crate) use self::on::{answered, attempt, call, waits};

#[cfg(not(feature = "tracing"))]
pub(crate) use self::off::{answered, attempt, call, waits};

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;
    use std::time::Duration;

    use greenapi_model::Group;
    use http::Version;
    use tracing::field::Empty;
    use tracing::{Instrument, Span, debug, debug_span, info_span};

    use crate::client::Shared;
    use crate::error::Error;
    use crate::raw::response::RawResponse;

    /// What a filter names: the crate, and not where in it a span is made.
    const TARGET: &str = "greenapi_transport";

    /// The span of a call, with all its attempts.
    pub(crate) async fn call(
        shared: &Shared,
        call: impl Future<Output = Result<Group, Error>>,
    ) -> Result<Group, Error> {
        let span = info_span!(
            target: TARGET,
            "createGroup",
            greenapi.instance = %shared.instance,
            greenapi.attempts = Empty,
            greenapi.ambiguous = Empty,
            "error.type" = Empty,
        );
        let result = call.instrument(span.clone()).await;
        if let Err(error) = &result {
            span.record("greenapi.attempts", error.attempts());
            span.record("greenapi.ambiguous", error.is_ambiguous());
            failed(&span, error);
        }
        result
    }

    /// The span of one request, after `earlier` others of its call.
    pub(crate) async fn attempt(
        shared: &Shared,
        earlier: u32,
        attempt: impl Future<Output = Result<Group, Error>>,
    ) -> Result<Group, Error> {
        let method = shared.method.as_str();
        let template = shared.contract.path_template();
        let base = shared.raw.base();
        let span = debug_span!(
            target: TARGET,
            "request",
            otel.name = format_args!("{method} {template}"),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            network.protocol.version = Empty,
            server.address = base.host,
            server.port = base.port,
            url.scheme = if base.is_https { "https" } else { "http" },
            url.template = template,
            "error.type" = Empty,
        );
        if earlier > 0 {
            span.record("http.request.resend_count", earlier);
        }
        let result = attempt.instrument(span.clone()).await;
        if let Err(error) = &result {
            span.record("otel.status_code", "ERROR");
            failed(&span, error);
        }
        result
    }

    /// An answer came within the span of a request.
    pub(crate) fn answered(response: &RawResponse) {
        let span = Span::current();
        span.record("http.response.status_code", response.status.as_u16());
        // hyper's client takes answers of these two alone.
        span.record(
            "network.protocol.version",
            if response.version == Version::HTTP_10 { "1.0" } else { "1.1" },
        );
    }

    /// A call waits before its next attempt.
    pub(crate) fn waits(error: &Error, wait: Duration) {
        debug!(target: TARGET, %error, ?wait, "waiting to call again");
    }

    /// For an answer that is an error the conventions ask for its status, else for what happened.
    fn failed(span: &Span, error: &Error) {
        match error.status() {
            Some(status) if !status.is_success() => span.record("error.type", status.as_str()),
            _ => span.record("error.type", error.kind().name()),
        };
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::future::Future;
    use std::time::Duration;

    use crate::client::Shared;
    use crate::error::Error;
    use crate::raw::response::RawResponse;

    pub(crate) fn call<F: Future>(_: &Shared, call: F) -> F {
        call
    }

    pub(crate) fn attempt<F: Future>(_: &Shared, _: u32, attempt: F) -> F {
        attempt
    }

    pub(crate) fn answered(_: &RawResponse) {}

    pub(crate) fn waits(_: &Error, _: Duration) {}
}

//! One request, what came back, and how both are shown.

use std::fmt::Write as _;

use bytes::Bytes;
use greenapi_model::{Body, Contract, InstanceId};
use greenapi_transport::{RawRequest, RawResponse};
use http::Method;
use tokio::runtime::Runtime;

use crate::target::{Target, TargetError};

/// The largest body that is sent to find out about a limit.
pub(crate) const LARGEST: usize = 16 << 20;

/// The size, if a body of it is sent to find out about a limit.
pub(crate) fn size_to_send(bytes: u64) -> Option<usize> {
    usize::try_from(bytes).ok().filter(|size| *size <= LARGEST)
}

/// What is shown of a body at most.
const SHOWN: usize = 2_000;

/// A request. Its path holds the token.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: Method,
    path: String,
    content_type: Option<String>,
    body: Bytes,
}

impl Case {
    /// A call of the method on an instance.
    pub(crate) fn call(
        contract: &Contract,
        target: &Target,
        instance: InstanceId,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            // The method of a contract is one of OpenAPI's, so it is one of HTTP's.
            method: contract.method().parse().unwrap_or(Method::POST),
            path: contract.path(instance, &target.token),
            content_type: Some(contract.media_type(Body::Request).to_owned()),
            body: body.into(),
        }
    }

    pub(crate) fn with_method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn with_path(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    pub(crate) fn with_content_type(self, content_type: &str) -> Self {
        Self { content_type: Some(content_type.to_owned()), ..self }
    }

    /// The request with spaces behind the body, up to this many bytes.
    pub(crate) fn padded_to(self, size: usize) -> Self {
        let mut body = self.body.to_vec();
        body.resize(body.len().max(size), b' ');
        Self { body: body.into(), ..self }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The request as text, without the token.
    pub(crate) fn shown(&self, target: &Target) -> String {
        let mut text = format!("{} {}\n", self.method, target.masked(&self.path));
        if let Some(content_type) = &self.content_type {
            let _ = writeln!(text, "content-type: {content_type}");
        }
        text + "\n" + &shown(&self.body, target)
    }
}

/// What came back.
#[derive(Clone)]
pub(crate) enum Reply {
    Answer(RawResponse),
    /// Nothing did, because of this.
    Nothing(String),
}

impl Reply {
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(response) => Some(response.status.as_u16()),
            Self::Nothing(_) => None,
        }
    }

    /// The answer as text, without the token.
    pub(crate) fn shown(&self, target: &Target) -> String {
        match self {
            Self::Nothing(why) => format!("no answer: {why}"),
            Self::Answer(response) => {
                let mut text = format!("{}\n", response.status);
                for (name, value) in &response.headers {
                    let _ = writeln!(text, "{name}: {}", shown(value.as_bytes(), target));
                }
                text + "\n" + &shown(&response.body, target)
            }
        }
    }
}

/// Bytes as text: without the token, without what a terminal would take for a command, and not endless.
fn shown(bytes: &[u8], target: &Target) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.escape_ascii().to_string(),
    };
    // Masked before it is cut, so that no part of the token is left at the end.
    let text: String = target.masked(&text).chars().flat_map(printable).collect();
    if text.chars().count() <= SHOWN {
        return text;
    }
    let start: String = text.chars().take(SHOWN / 10).collect();
    format!("{start}… ({} bytes)", bytes.len())
}

/// The character, or its escape if it is a control character other than a line feed.
fn printable(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control() && character != '\n';
    let escape = escaped.then(|| character.escape_default());
    escape.into_iter().flatten().chain((!escaped).then_some(character))
}

/// The way to a target.
pub(crate) struct Wire<'t> {
    pub(crate) target: &'t Target,
    runtime: Runtime,
}

impl<'t> Wire<'t> {
    pub(crate) fn new(target: &'t Target) -> Result<Self, TargetError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| TargetError::other(format!("cannot start a runtime: {error}")))?;
        Ok(Self { target, runtime })
    }

    pub(crate) fn send(&self, case: &Case) -> Reply {
        let mut request = RawRequest::new(case.method.clone(), case.path.clone()).body(case.body.clone());
        if let Some(content_type) = &case.content_type {
            request = request.header("content-type", content_type);
        }
        match self.runtime.block_on(self.target.client.send(&request)) {
            Ok(response) => Reply::Answer(response),
            Err(error) => Reply::Nothing(error.to_string()),
        }
    }

    /// Whether anybody answers at all.
    pub(crate) fn first_look(&self, case: &Case) -> Result<(), TargetError> {
        let request = RawRequest::new(Method::OPTIONS, case.path.clone());
        match self.runtime.block_on(self.target.client.send(&request)) {
            Err(error) if error.is_connect() => Err(TargetError::new(&self.target.url, error)),
            _ => Ok(()),
        }
    }
}

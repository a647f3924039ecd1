use std::error::Error;
use std::fmt;
use std::sync::Arc;

use greenapi_model::{ApiToken, InstanceId, InstanceState};
use greenapi_transport::{RawClient, RawError};

use crate::endpoint::Endpoint;
use crate::states::SetState;

/// An endpoint under test: the mock, somebody's fake, a proxy, or a handler in this process.
///
/// What depends on the state of an instance is checked where an instance in that state is [named](Self::instance), or
/// where the target can be [brought](Self::states) into it; what depends on a wrong token where an instance is
/// [named](Self::other_token) that has another one. All else is reported as not checked.
pub struct Target {
    pub(crate) url: String,
    pub(crate) way: Way,
    pub(crate) token: ApiToken,
    instances: Vec<(InstanceState, InstanceId)>,
    recovering: Option<InstanceId>,
    other_token: Option<InstanceId>,
    pub(crate) states: Option<Arc<dyn SetState>>,
}

/// How requests reach the target.
#[derive(Clone)]
pub(crate) enum Way {
    Wire,
    InProcess(Arc<dyn Endpoint>),
}

impl Target {
    /// A target at an address such as `http://127.0.0.1:8080`, with the token for all its instances.
    ///
    /// # Errors
    ///
    /// If the URL is not one that can be called.
    pub fn new(url: &str, token: ApiToken) -> Result<Self, TargetError> {
        RawClient::new(url).map_err(|error| TargetError::unusable(url, error))?;
        Ok(Self::with(url.to_owned(), Way::Wire, token))
    }

    /// A handler in this process as a target: no socket, so nothing of HTTP itself is checked.
    #[must_use]
    pub fn in_process(endpoint: impl Endpoint, token: ApiToken) -> Self {
        Self::with("in-process".to_owned(), Way::InProcess(Arc::new(endpoint)), token)
    }

    fn with(url: String, way: Way, token: ApiToken) -> Self {
        Self { url, way, token, instances: Vec::new(), recovering: None, other_token: None, states: None }
    }

    /// Names an instance that is in this state and stays in it, or is brought back to it.
    #[must_use]
    pub fn instance(mut self, state: InstanceState, id: InstanceId) -> Self {
        self.instances.push((state, id));
        self
    }

    /// Names the authorized instance that most cases go to.
    #[must_use]
    pub fn authorized(self, id: impl Into<InstanceId>) -> Self {
        self.instance(InstanceState::Authorized, id.into())
    }

    /// Names an instance that is starting at its first call, and authorized after some more calls.
    #[must_use]
    pub fn recovering(mut self, id: InstanceId) -> Self {
        self.recovering = Some(id);
        self
    }

    /// Names an instance whose token is not that of the target.
    #[must_use]
    pub fn other_token(mut self, id: InstanceId) -> Self {
        self.other_token = Some(id);
        self
    }

    /// Says how an instance of the target is brought into a state.
    #[must_use]
    pub fn states(mut self, states: impl SetState) -> Self {
        self.states = Some(Arc::new(states));
        self
    }

    pub(crate) fn in_state(&self, state: &InstanceState) -> Option<InstanceId> {
        self.instances.iter().find(|(known, _)| known == state).map(|(_, id)| *id)
    }

    pub(crate) fn recovering_instance(&self) -> Option<InstanceId> {
        self.recovering
    }

    pub(crate) fn instance_with_other_token(&self) -> Option<InstanceId> {
        self.other_token
    }

    /// The text without the token, as it is and as a path or a text of JSON may spell it.
    pub(crate) fn masked(&self, text: &str) -> String {
        let token = self.token.expose().as_bytes();
        let (mut masked, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(first) = rest.chars().next() {
            let (shown, length) = match spelt(token, rest) {
                Some(length) => (TOKEN, length),
                None => (&rest[..first.len_utf8()], first.len_utf8()),
            };
            masked.push_str(shown);
            rest = &rest[length..];
        }
        masked
    }
}

/// How long the token is that the text begins with, if it does: each character as it is, as `%73` or as `\u0073`, of which
/// the backslash may have been escaped.
fn spelt(token: &[u8], text: &str) -> Option<usize> {
    let mut rest = text.as_bytes();
    for byte in token {
        let coded = |start: &str| {
            let digits = rest.strip_prefix(start.as_bytes())?.get(..2)?;
            let code = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            (code == *byte).then_some(start.len() + 2)
        };
        let spellings = ["%", r"\u00", r"\\u00"];
        let length = if rest.first() == Some(byte) { 1 } else { spellings.into_iter().find_map(coded)? };
        rest = &rest[length..];
    }
    Some(text.len() - rest.len())
}

/// What stands for the token in all that is shown, and is the variable of the scripts that repeat a request.
pub(crate) const TOKEN: &str = "$TOKEN";

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Target")
            .field("url", &self.masked(&self.url))
            .field("instances", &self.instances)
            .field("recovering", &self.recovering)
            .field("other_token", &self.other_token)
            .field("states", &self.states.is_some())
            .finish_non_exhaustive()
    }
}

/// Why a target cannot be tested at all.
#[derive(Debug)]
pub struct TargetError {
    message: String,
    source: Option<RawError>,
    unreachable: bool,
}

impl TargetError {
    pub(crate) fn unreachable(url: &str, source: RawError) -> Self {
        let message = format!("the target {url} cannot be reached");
        Self { message, source: Some(source), unreachable: true }
    }

    fn unusable(url: &str, source: RawError) -> Self {
        Self { message: format!("{url} cannot be called"), source: Some(source), unreachable: false }
    }

    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None, unreachable: false }
    }

    /// Whether nobody answers at the target's address. If not, the target was described in a way that cannot be used.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.unreachable
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for TargetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_taken_out_however_it_is_spelt() {
        let target = Target::new("http://127.0.0.1:1", "a-Z.9".parse().unwrap()).unwrap();
        for (text, expected) in [
            ("a-Z.9", "$TOKEN"),
            ("/a-Z.9/a-Z.9a-Z.", "/$TOKEN/$TOKENa-Z."),
            ("%61%2d%5A%2E%39 a%2DZ.9", "$TOKEN $TOKEN"),
            (r#""\u0061-\u005a.9""#, r#""$TOKEN""#),
            (r"\\u0061\\u002d\\u005A\\u002e\\u0039", "$TOKEN"),
            ("é%6\u{20ac}a-Z.9%", "é%6\u{20ac}$TOKEN%"),
            ("a-z.9 %61-Z.", "a-z.9 %61-Z."),
            ("", ""),
        ] {
            assert_eq!(target.masked(text), expected, "{text}");
        }
    }
}

use std::error::Error;
use std::fmt;

use greenapi_model::{ApiToken, InstanceId, InstanceState};
use greenapi_transport::{RawClient, RawError};

/// An endpoint under test, known by its URL: the mock, somebody's fake, a proxy.
///
/// What depends on the state of an instance can be checked only if an instance in that state is named, and what depends on
/// a wrong token only if an instance is named that has another one.
#[derive(Debug)]
pub struct Target {
    pub(crate) url: String,
    pub(crate) client: RawClient,
    pub(crate) token: ApiToken,
    instances: Vec<(InstanceState, InstanceId)>,
    recovering: Option<InstanceId>,
    other_token: Option<InstanceId>,
}

impl Target {
    /// A target at an address such as `http://127.0.0.1:8080`, with the token for all its instances.
    ///
    /// # Errors
    ///
    /// If the URL is not one that can be called.
    pub fn new(url: &str, token: ApiToken) -> Result<Self, TargetError> {
        let client = RawClient::new(url).map_err(|error| TargetError::new(url, error))?;
        let (url, instances) = (url.to_owned(), Vec::new());
        Ok(Self { url, client, token, instances, recovering: None, other_token: None })
    }

    /// Names an instance that is in this state and stays in it.
    #[must_use]
    pub fn instance(mut self, state: InstanceState, id: InstanceId) -> Self {
        self.instances.push((state, id));
        self
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

    pub(crate) fn in_state(&self, state: &InstanceState) -> Option<InstanceId> {
        self.instances.iter().find(|(known, _)| known == state).map(|(_, id)| *id)
    }

    pub(crate) fn recovering_instance(&self) -> Option<InstanceId> {
        self.recovering
    }

    pub(crate) fn instance_with_other_token(&self) -> Option<InstanceId> {
        self.other_token
    }

    /// The text without the token.
    pub(crate) fn masked(&self, text: &str) -> String {
        text.replace(self.token.expose(), "$TOKEN")
    }
}

/// Why a target cannot be tested at all.
#[derive(Debug)]
pub struct TargetError {
    message: String,
    source: Option<RawError>,
}

impl TargetError {
    pub(crate) fn new(url: &str, source: RawError) -> Self {
        Self { message: format!("the target {url} cannot be reached"), source: Some(source) }
    }

    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
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

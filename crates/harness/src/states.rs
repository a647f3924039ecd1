//! How an instance of a target is brought into a state.

use std::future::Future;
use std::pin::Pin;
use std::process::Stdio;
use std::time::Duration;

use greenapi_model::{InstanceId, InstanceState};
use greenapi_transport::{RawClient, RawRequest};
use http::Method;
use serde_json::json;
use tokio::process::Command;

/// That an instance is to be in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateChange {
    /// The instance.
    pub instance: InstanceId,
    /// The state that it is to be in.
    pub state: InstanceState,
    /// Whether the run is over with it, and the instance may be as it was.
    pub teardown: bool,
}

impl StateChange {
    /// The state in words, as Pact's provider states are written: `the instance is not authorized`.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("the instance is {}", self.state.words())
    }

    fn action(&self) -> &'static str {
        if self.teardown { "teardown" } else { "setup" }
    }
}

/// Whether an instance was brought into a state, when that is known; `Err` says why it was not.
pub type StateSet<'s> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 's>>;

/// Brings an instance of a target into a state.
///
/// Each function from a [`StateChange`] to a `Result<(), String>` does, as the one of a handler in this process would.
/// [`StatesUrl`] and [`StatesCommand`] ask others for it.
pub trait SetState: Send + Sync + 'static {
    /// Ends when the instance is in the state. What cannot be set up is an error, and what depends on it is not checked.
    fn set<'s>(&'s self, change: &'s StateChange) -> StateSet<'s>;
}

impl<F> SetState for F
where
    F: Fn(&StateChange) -> Result<(), String> + Send + Sync + 'static,
{
    fn set<'s>(&'s self, change: &'s StateChange) -> StateSet<'s> {
        Box::pin(std::future::ready(self(change)))
    }
}

/// A URL that takes provider states in Pact's shape, as the verifiers of Pact ask for them.
///
/// It gets a POST of `{"state": "the instance is starting", "params": {"idInstance": "1101000001"}, "action": "setup"}`, and
/// answers with a status of 2xx when the instance is in that state.
#[derive(Debug)]
pub struct StatesUrl {
    client: RawClient,
    query: String,
}

impl StatesUrl {
    /// Asks at this address.
    ///
    /// # Errors
    ///
    /// If it is not one that can be called.
    pub fn new(url: &str) -> Result<Self, String> {
        let (base, query) = match url.split_once('?') {
            Some((base, query)) => (base, format!("?{query}")),
            None => (url, String::new()),
        };
        // A connection of its own for each request, as a server that takes one at a time would wait for the end of the other.
        let client = RawClient::new(base).map_err(|error| format!("{url} cannot be called: {error}"))?;
        Ok(Self { client: client.max_idle(0).deadline(Duration::from_secs(30)), query })
    }
}

impl SetState for StatesUrl {
    fn set<'s>(&'s self, change: &'s StateChange) -> StateSet<'s> {
        Box::pin(async move {
            let body = json!({
                "state": change.sentence(),
                "params": { "idInstance": change.instance.to_string() },
                "action": change.action(),
            });
            let request = RawRequest::new(Method::POST, self.query.clone())
                .header("content-type", "application/json")
                .header("connection", "close")
                .body(body.to_string());
            match self.client.send(&request).await {
                Ok(response) if response.status.is_success() => Ok(()),
                Ok(response) => {
                    let status = response.status.as_u16();
                    Err(format!("the states URL answered {status} to \"{}\"", change.sentence()))
                }
                Err(error) => Err(format!("the states URL cannot be asked: {error}")),
            }
        })
    }
}

/// A command that brings an instance into a state, run by `sh -c` with the variables `GREENAPI_STATE` (`starting`),
/// `GREENAPI_STATE_SENTENCE`, `GREENAPI_INSTANCE` and `GREENAPI_ACTION` (`setup` or `teardown`).
#[derive(Debug)]
pub struct StatesCommand(String);

impl StatesCommand {
    /// Runs this line of shell for each state.
    pub fn new(command: impl Into<String>) -> Self {
        Self(command.into())
    }
}

impl SetState for StatesCommand {
    fn set<'s>(&'s self, change: &'s StateChange) -> StateSet<'s> {
        Box::pin(async move {
            let ended = Command::new("sh")
                .args(["-c", &self.0])
                .env("GREENAPI_STATE", change.state.as_str())
                .env("GREENAPI_STATE_SENTENCE", change.sentence())
                .env("GREENAPI_INSTANCE", change.instance.to_string())
                .env("GREENAPI_ACTION", change.action())
                .stdin(Stdio::null())
                // What it prints is not a part of the report.
                .stdout(Stdio::null())
                .kill_on_drop(true)
                .status()
                .await
                .map_err(|error| format!("the states command cannot be started: {error}"))?;
            if ended.success() {
                Ok(())
            } else {
                Err(format!("the states command ended with {ended} for \"{}\"", change.sentence()))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_written_in_words() {
        for state in InstanceState::NAMED {
            let change = StateChange { instance: 1.into(), state: state.clone(), teardown: false };
            assert!(change.sentence().bytes().all(|byte| byte == b' ' || byte.is_ascii_lowercase()));
        }
        let change = |state| StateChange { instance: 1.into(), state, teardown: false };
        assert_eq!(change(InstanceState::NotAuthorized).sentence(), "the instance is not authorized");
    }

    #[tokio::test]
    async fn a_command_knows_what_it_is_asked_for() {
        let set = |command: &'static str| async move {
            let change = StateChange { instance: 7.into(), state: InstanceState::Starting, teardown: false };
            StatesCommand::new(command).set(&change).await
        };
        let line =
            "test $GREENAPI_INSTANCE = 7 && test $GREENAPI_STATE = starting && test $GREENAPI_ACTION = setup";
        assert_eq!(set(line).await, Ok(()));
        assert_eq!(
            set("exit 3").await.unwrap_err(),
            "the states command ended with exit status: 3 for \"the instance is starting\""
        );
    }
}

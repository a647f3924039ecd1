//! The client for programs that are not async.

use std::fmt;
use std::sync::Arc;

use greenapi_model::{ApiToken, CreateGroup, Group, InstanceId};
use tokio::runtime::{Builder, Runtime};

use crate::error::Error;

/// Calls createGroup for one instance, and waits for the answer.
///
/// It is a [`Client`](crate::Client) with a runtime of its own, which has no thread: a call runs in the thread that makes
/// it. Threads may call at the same time. A clone is cheap and shares connections and runtime.
///
/// ```no_run
/// use greenapi_model::CreateGroup;
/// use greenapi_transport::{Client, blocking};
///
/// let client = Client::builder(1101000001, "any-token".parse()?).api_url("http://127.0.0.1:8080").build()?;
/// let group = blocking::Client::from_client(client)?.create_group(&CreateGroup::named("Hiking").phone(79001234567))?;
/// println!("{}", group.chat_id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<Owned>,
}

/// A runtime that may be dropped anywhere.
struct Owned(Option<Runtime>);

impl Client {
    /// A client for the real service, as [`crate::Client::new`].
    ///
    /// # Errors
    ///
    /// As for [`crate::ClientBuilder::build`] and [`from_client`](Self::from_client).
    pub fn new(instance: impl Into<InstanceId>, token: ApiToken) -> Result<Self, Error> {
        Self::from_client(crate::Client::new(instance, token)?)
    }

    /// The blocking form of a client. Its connections are its own, as they belong to its runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid): the system has no means for a runtime.
    pub fn from_client(client: crate::Client) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::invalid(format!("cannot start a runtime: {error}")))?;
        Ok(Self { client, runtime: Arc::new(Owned(Some(runtime))) })
    }

    /// The instance that is called.
    #[must_use]
    pub fn instance(&self) -> InstanceId {
        self.client.instance()
    }

    /// Makes a group, as [`crate::Client::create_group`] does. It cannot be cancelled; the
    /// [deadline](crate::ClientBuilder::deadline) bounds it.
    ///
    /// # Errors
    ///
    /// As for [`crate::Client::create_group`].
    ///
    /// # Panics
    ///
    /// In a thread that drives an async runtime, which must not wait: use [`crate::Client`] there, or call from
    /// `spawn_blocking`.
    pub fn create_group(&self, request: &CreateGroup) -> Result<Group, Error> {
        self.runtime.runtime().block_on(self.client.create_group(request))
    }
}

impl Owned {
    fn runtime(&self) -> &Runtime {
        // It is taken when it is dropped, and not before.
        #[allow(clippy::expect_used)]
        self.0.as_ref().expect("a runtime that was not dropped")
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // To wait for its threads, as a runtime does, is not allowed within another runtime.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("blocking::Client").field(&self.client).finish()
    }
}

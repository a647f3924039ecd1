use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use greenapi_model::{ApiToken, Contract, CreateGroup, Group, InstanceId};
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::Full;

use crate::builder::ClientBuilder;
use crate::clock::Clock;
use crate::decode::decode;
use crate::error::Error;
use crate::raw::client::RawClient;
use crate::raw::connection::Message;
use crate::retry::RetryPolicy;
use crate::trace;

/// Calls createGroup for one instance.
///
/// It keeps connections for the next call, and makes calls at the same time over connections of their own. A clone is
/// cheap and shares all of it. Calls need a tokio runtime with I/O and time.
///
/// ```
/// use greenapi_model::CreateGroup;
/// use greenapi_transport::Client;
/// # use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = MockServer::start().await;
/// # let made = r#"{"created":true,"chatId":"120363000000000001@g.us","groupInviteLink":""}"#;
/// # let answer = ResponseTemplate::new(200).set_body_string(made);
/// # Mock::given(path("/waInstance1101000001/createGroup/any-token")).respond_with(answer).mount(&server).await;
/// # let url = &server.uri();
/// let client = Client::builder(1101000001, "any-token".parse()?).api_url(url).build()?;
/// let request = CreateGroup::named("Hiking on Sunday").phone(79001234567);
/// let group = client.create_group(&request).await?;
/// assert_eq!(group.chat_id().as_str(), "120363000000000001@g.us");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What the calls of a client share.
pub(crate) struct Shared {
    pub(crate) raw: RawClient,
    pub(crate) contract: Contract,
    pub(crate) instance: InstanceId,
    pub(crate) token: ApiToken,
    pub(crate) method: Method,
    /// The path of the call. It holds the token.
    pub(crate) target: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) retry: RetryPolicy,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) chance: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl Client {
    /// A client for the real service, by the address that the contract names. **Each successful call makes a real group.**
    ///
    /// # Errors
    ///
    /// As for [`ClientBuilder::build`].
    pub fn new(instance: impl Into<InstanceId>, token: ApiToken) -> Result<Self, Error> {
        Self::builder(instance, token).build()
    }

    /// A client with another address, other limits, another policy.
    pub fn builder(instance: impl Into<InstanceId>, token: ApiToken) -> ClientBuilder {
        ClientBuilder::new(instance.into(), token)
    }

    pub(crate) fn of(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// The instance that is called.
    #[must_use]
    pub fn instance(&self) -> InstanceId {
        self.shared.instance
    }

    /// Makes a group, and gives back what the service says of it.
    ///
    /// The request is sent once; it is sent again only as the client's [`RetryPolicy`] says, which by default is where it
    /// certainly made no group. The group that comes back was made; its invite link is empty where the service gave none.
    ///
    /// # Cancellation
    ///
    /// Dropping the future closes the connection of this call at once and touches no other call; the client stays usable.
    /// The group may have been made: what the service had read by then it carries out. So treat it as an error that
    /// [is ambiguous](Error::is_ambiguous). To bound a call in time, set a [deadline](ClientBuilder::deadline): its error
    /// says how far the call had come.
    ///
    /// # Errors
    ///
    /// [`Error`] says what happened, whether [the group may exist](Error::is_ambiguous) all the same, and whether the call
    /// [may be made again](Error::is_retryable).
    ///
    /// | what happened | [`ErrorKind`](crate::ErrorKind) | ambiguous | retryable |
    /// |---|---|---|---|
    /// | no name, no connection, no tunnel, no TLS, none of it in time | `Connect`, `Proxy`, `Tls`, `Timeout` | no | yes |
    /// | TLS itself refuses: a certificate that is not trusted, a server that does not speak it | `Tls` | no | no |
    /// | a new connection closed before anything was written | `Disconnected` | no | yes |
    /// | the connection failed later, the deadline passed, what came is not HTTP or too large | `Disconnected`, `Timeout`, `Protocol`, `TooLarge` | yes | no |
    /// | 400 `instance in starting process try later` | `Api(InstanceStarting)` | no | yes |
    /// | another 4xx | `Api(_)`, `QuotaExceeded`, `UnexpectedStatus` | no | no |
    /// | 429 | `RateLimited` | no | yes |
    /// | 408, 499, 5xx, 3xx, a 2xx that is not 200 | `UnexpectedStatus` | yes | no |
    /// | 200 that says `created: false` | `NotCreated` | no | no |
    /// | 200 without a group and without that | `UnexpectedBody` | yes | no |
    ///
    /// One exception: a 500 that the contract promises to mean that the body was too large to be read is `Api(Other)`, and
    /// made no group.
    pub async fn create_group(&self, request: &CreateGroup) -> Result<Group, Error> {
        // A request is texts and numbers in memory, which can always be written.
        let body = serde_json::to_vec(request).map_err(|error| Error::invalid(error.to_string()))?;
        trace::call(&self.shared, self.call(body.into())).await
    }

    /// The attempts of one call.
    async fn call(&self, body: Bytes) -> Result<Group, Error> {
        let Shared { clock, retry, chance, raw, .. } = &*self.shared;
        let deadline = raw.deadline;
        let start = clock.now();
        let mut attempts = 0;
        let mut may_exist = false;
        let mut left = deadline;
        loop {
            let attempt = trace::attempt(&self.shared, attempts, self.attempt(body.clone(), left)).await;
            let Err(error) = attempt else { return attempt };
            attempts += 1;
            may_exist |= error.is_ambiguous();
            let spent = clock.now().duration_since(start);
            let wait =
                retry.wait(&error, attempts, chance()).filter(|wait| spent.saturating_add(*wait) < deadline);
            let Some(wait) = wait else { return Err(error.of_call(attempts, may_exist)) };
            trace::waits(&error, wait);
            clock.sleep(wait).await;
            left = deadline.saturating_sub(clock.now().duration_since(start));
        }
    }

    async fn attempt(&self, body: Bytes, left: Duration) -> Result<Group, Error> {
        let Shared { raw, contract, token, clock, .. } = &*self.shared;
        let response = raw.send_message(self.message(body), left).await.map_err(Error::raw)?;
        trace::answered(&response);
        decode(contract, token, &response, || clock.system_time())
    }

    fn message(&self, body: Bytes) -> Message {
        let mut message = Request::new(Full::new(body));
        *message.method_mut() = self.shared.method.clone();
        *message.uri_mut() = self.shared.target.clone();
        *message.headers_mut() = self.shared.headers.clone();
        message
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("instance", &self.shared.instance)
            .field("edition", &self.shared.contract.edition())
            .field("raw", &self.shared.raw)
            .field("retry", &self.shared.retry)
            .finish_non_exhaustive()
    }
}

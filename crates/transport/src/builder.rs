use std::fmt;
use std::time::Duration;

use greenapi_model::{ApiToken, Body, Contract, InstanceId};
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};

use crate::client::{Client, Shared};
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::raw::client::RawClient;
use crate::raw::error::RawError;
use crate::raw::proxy::Proxy;
#[cfg(feature = "tls")]
use crate::raw::tls::Tls;
use crate::retry::RetryPolicy;

/// What a client says of itself unless told otherwise.
const AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// How a [`Client`] is to be. Made by [`Client::builder`].
///
/// ```
/// use std::time::Duration;
/// use greenapi_transport::{Client, RetryPolicy};
///
/// let client = Client::builder(1101000001, "any-token".parse()?)
///     .api_url("http://127.0.0.1:8080")
///     .deadline(Duration::from_secs(20))
///     .retry(RetryPolicy::never())
///     .build()?;
/// # let _ = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "nothing is called until it is built"]
pub struct ClientBuilder {
    instance: InstanceId,
    token: ApiToken,
    contract: Contract,
    api_url: Option<String>,
    connect_timeout: Duration,
    deadline: Duration,
    body_limit: usize,
    max_idle: usize,
    idle_timeout: Duration,
    retry: RetryPolicy,
    proxy: Through,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    user_agent: String,
    clock: Box<dyn Clock>,
    chance: Box<dyn Fn() -> f64 + Send + Sync>,
}

/// Which proxy a client goes through.
enum Through {
    TheEnvironments,
    This(Proxy),
    None,
}

impl ClientBuilder {
    pub(crate) fn new(instance: InstanceId, token: ApiToken) -> Self {
        Self {
            instance,
            token,
            contract: Contract::default(),
            api_url: None,
            connect_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            body_limit: 1 << 20,
            max_idle: 4,
            idle_timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            proxy: Through::TheEnvironments,
            #[cfg(feature = "tls")]
            tls: None,
            user_agent: AGENT.to_owned(),
            clock: Box::new(SystemClock),
            chance: Box::new(fastrand::f64),
        }
    }

    /// Where the service is: scheme, host, and if need be a port and a path that stands before that of the call, with or
    /// without a slash at the end. Unless told otherwise it is the first server of the contract,
    /// `https://api.green-api.com`; an account may be told another one (`https://7105.api.greenapi.com`).
    pub fn api_url(mut self, url: impl Into<String>) -> Self {
        self.api_url = Some(url.into());
        self
    }

    /// By which contract the path is made and errors are recognized; the default edition's unless told otherwise.
    pub fn contract(mut self, contract: Contract) -> Self {
        self.contract = contract;
        self
    }

    /// How long it may take to get a connection, at each attempt. 10 seconds unless told otherwise.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the whole call may take, with all its attempts and the waits between them. 60 seconds unless told otherwise.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many bytes of an answer's body are taken. 1 MiB unless told otherwise.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How many connections are kept while no call uses them. 4 unless told otherwise; 0 makes one a call.
    pub fn max_idle(mut self, connections: usize) -> Self {
        self.max_idle = connections;
        self
    }

    /// How long a connection is kept that no call uses. 30 seconds unless told otherwise. See
    /// [`RawClient::idle_timeout`].
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Which calls that failed are made again; [`RetryPolicy::default`] unless told otherwise.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Whom to trust where the service speaks `https`; [`Tls::platform`] unless told otherwise.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Goes through this proxy, whether the service speaks `https` or `http`. Unless told otherwise it is the one that the
    /// environment names for `https`: [`RawClient::proxy_of_environment`].
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Through::This(proxy);
        self
    }

    /// Goes through no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Through::None;
        self
    }

    /// The `User-Agent` of each call; the name of this crate and its version unless told otherwise.
    pub fn user_agent(mut self, agent: impl Into<String>) -> Self {
        self.user_agent = agent.into();
        self
    }

    /// The time to go by between the attempts of a call; the system's unless told otherwise.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Where the chance in a wait comes from: numbers from 0 to 1, one a failed attempt. Unless told otherwise it is a
    /// generator of the process with a seed of its own.
    pub fn chance(mut self, chance: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.chance = Box::new(chance);
        self
    }

    /// Builds the client. Nothing is sent, and no connection made; the platform's certificates are read here if the service
    /// speaks `https` and no others were given.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid): a URL, a proxy, a user agent that cannot be used, or an instance
    /// that the contract does not allow. [`ErrorKind::Tls`](crate::ErrorKind::Tls): the platform has no certificates.
    pub fn build(self) -> Result<Client, Error> {
        let Self { instance, token, contract, .. } = self;
        contract
            .instance(instance)
            .map_err(|violation| Error::invalid(format!("invalid instance: {violation}")))?;
        let url = self.api_url.as_deref().or(contract.server_url());
        let url =
            url.ok_or_else(|| Error::invalid("the contract names no server: an `api_url` is needed"))?;
        let mut raw = RawClient::new(url)
            .map_err(Error::unbuilt)?
            .connect_timeout(self.connect_timeout)
            .deadline(self.deadline)
            .body_limit(self.body_limit)
            .max_idle(self.max_idle)
            .idle_timeout(self.idle_timeout);
        raw = match self.proxy {
            Through::None => raw,
            Through::This(proxy) => raw.proxy(proxy),
            Through::TheEnvironments => raw.proxy_of_environment().map_err(Error::unbuilt)?,
        };
        #[cfg(feature = "tls")]
        if raw.base().is_https {
            let tls = self.tls.map_or_else(Tls::platform, Ok).map_err(Error::unbuilt)?;
            raw = raw.tls(tls);
        }
        let target = raw.base().target(&contract.path(instance, &token)).map_err(Error::unbuilt)?;
        let method = contract.method().parse::<Method>().map_err(|_| Error::invalid("invalid method"))?;
        let headers = headers(&raw.base().authority, contract.media_type(Body::Request), &self.user_agent)
            .map_err(Error::unbuilt)?;
        Ok(Client::of(Shared {
            raw,
            instance,
            token,
            method,
            target,
            headers,
            contract,
            retry: self.retry,
            clock: self.clock,
            chance: self.chance,
        }))
    }
}

/// The headers of each call, but for the length of its body.
fn headers(host: &str, media_type: &str, user_agent: &str) -> Result<HeaderMap, RawError> {
    let value = |text: &str, what| {
        HeaderValue::from_str(text).map_err(|error| RawError::request(what).because(error))
    };
    let media_type = value(media_type, "the media type is no header value")?;
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(HOST, value(host, "the host is no header value")?);
    headers.insert(CONTENT_TYPE, media_type.clone());
    headers.insert(ACCEPT, media_type);
    headers.insert(USER_AGENT, value(user_agent, "the user agent is no header value")?);
    Ok(headers)
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL is the caller's own text, which may hold a secret.
        formatter
            .debug_struct("ClientBuilder")
            .field("instance", &self.instance)
            .field("connect_timeout", &self.connect_timeout)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

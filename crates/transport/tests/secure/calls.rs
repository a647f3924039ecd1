//! The same call by the typed client and by the raw one, and what is the same in both whatever comes of it.

use std::time::Duration;

use greenapi_model::CreateGroup;
use greenapi_transport::{
    Client, Error, ErrorKind, Phase, Proxy, RawClient, RawError, RawRequest, RawResponse, RetryPolicy, Tls,
};
use http::Method;

use crate::shown::{show, show_error};

pub(crate) const TOKEN: &str = "d75b3a66374942c5b3c019c698abc206";
/// The password of whoever may use a proxy.
pub(crate) const PASSWORD: &str = "open-sesame";

/// How to get to a service.
#[derive(Clone)]
pub(crate) struct Way {
    url: String,
    tls: Option<Tls>,
    proxy: Option<Proxy>,
    connect_timeout: Duration,
}

impl Way {
    pub(crate) fn to(url: impl Into<String>) -> Self {
        Self { url: url.into(), tls: None, proxy: None, connect_timeout: Duration::from_secs(5) }
    }

    pub(crate) fn trusting(self, tls: impl Into<Tls>) -> Self {
        Self { tls: Some(tls.into()), ..self }
    }

    pub(crate) fn through(self, proxy: Proxy) -> Self {
        Self { proxy: Some(proxy), ..self }
    }

    /// With so little time to get there that a test need not wait.
    pub(crate) fn in_haste(self) -> Self {
        Self { connect_timeout: Duration::from_millis(200), ..self }
    }

    pub(crate) fn client(&self) -> Client {
        let mut builder = Client::builder(1_101_000_001, TOKEN.parse().unwrap())
            .api_url(&self.url)
            .connect_timeout(self.connect_timeout)
            .retry(RetryPolicy::never());
        builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder.no_proxy(),
        };
        if let Some(tls) = &self.tls {
            builder = builder.tls(tls.clone());
        }
        builder.build().unwrap()
    }

    pub(crate) fn raw(&self) -> RawClient {
        let mut client = RawClient::new(&self.url).unwrap().connect_timeout(self.connect_timeout);
        if let Some(proxy) = &self.proxy {
            client = client.proxy(proxy.clone());
        }
        if let Some(tls) = &self.tls {
            client = client.tls(tls.clone());
        }
        client
    }

    /// Calls by each client, and both get their group.
    pub(crate) async fn arrives(&self) {
        let group = make_group(&self.client()).await;
        assert_eq!(group.unwrap().chat_id().as_str(), "120363000000000001@g.us", "{}", self.url);
        assert_eq!(send(&self.raw()).await.unwrap().status, 200);
    }

    /// Calls by each client. Both say that no request was sent, why, and whether to come again; and they say it without a
    /// secret. Gives back the sentence.
    pub(crate) async fn does_not_arrive(&self, kind: ErrorKind, is_retryable: bool) -> String {
        let (client, raw) = (self.client(), self.raw());
        let error = make_group(&client).await.unwrap_err();
        let said = sentence(&error);
        let asked = (error.kind(), error.is_ambiguous(), error.is_retryable());
        assert_eq!(asked, (kind, false, is_retryable), "{said}");

        let raw_error = send(&raw).await.unwrap_err();
        let (is_late, is_tls, is_proxy) = match kind {
            ErrorKind::Timeout(phase) => (true, phase == Phase::Tls, phase == Phase::Proxy),
            other => (false, other == ErrorKind::Tls, other == ErrorKind::Proxy),
        };
        let asked = (raw_error.is_timeout(), raw_error.is_tls(), raw_error.is_proxy());
        assert_eq!(asked, (is_late, is_tls, is_proxy), "{raw_error:?}");
        assert!(raw_error.is_connect() && !raw_error.may_have_reached(), "{raw_error:?}");
        assert_eq!(sentence(&raw_error), said);
        assert_eq!(raw_error.is_certificate(), said.contains("invalid peer certificate"), "{raw_error:?}");

        let mut shown = String::new();
        show(&mut shown, &(&client, &raw, &self.proxy));
        show_error(&mut shown, &error);
        show_error(&mut shown, &raw_error);
        no_secret_is_in(&shown);
        said
    }

    /// Calls by each client. Both say that the request was sent, that no answer came, and why. Gives back the sentence.
    pub(crate) async fn is_lost(&self, kind: ErrorKind) -> String {
        let error = make_group(&self.client()).await.unwrap_err();
        let said = sentence(&error);
        assert_eq!((error.kind(), error.is_ambiguous(), error.is_retryable()), (kind, true, false), "{said}");

        let raw_error = send(&self.raw()).await.unwrap_err();
        assert!(raw_error.may_have_reached() && !raw_error.is_connect(), "{raw_error:?}");
        assert_eq!(raw_error.is_protocol(), kind == ErrorKind::Protocol, "{raw_error:?}");
        assert!(!raw_error.is_tls() && !raw_error.is_certificate(), "{raw_error:?}");

        let mut shown = String::new();
        show_error(&mut shown, &error);
        show_error(&mut shown, &raw_error);
        no_secret_is_in(&shown);
        said
    }
}

pub(crate) async fn make_group(client: &Client) -> Result<greenapi_model::Group, Error> {
    client.create_group(&CreateGroup::named("Hiking").phone(79_001_234_567)).await
}

pub(crate) async fn send(client: &RawClient) -> Result<RawResponse, RawError> {
    let path = format!("/waInstance1101000001/createGroup/{TOKEN}");
    let body = r#"{"groupName":"Hiking","phones":[79001234567]}"#;
    client.send(&RawRequest::new(Method::POST, path).body(body)).await
}

/// An error with its causes, as a program would print it.
pub(crate) fn sentence(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Neither the token nor the password, nor what stands for them on the wire.
fn no_secret_is_in(shown: &str) {
    for secret in [TOKEN, "createGroup", PASSWORD, "b3Blbi1zZXNhbWU", "Basic"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

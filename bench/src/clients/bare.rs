//! One connection of hyper for each client, driven by a task of its own, as hyper's documentation tells.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::plain::{CreateGroup, Group};
use super::{AGENT, Client, Endpoint, MEDIA_TYPE, check};
use crate::Failure;

pub(crate) struct Bare {
    sender: SendRequest<Full<Bytes>>,
    target: Uri,
    host: HeaderValue,
    request: CreateGroup,
}

impl Bare {
    async fn connect(endpoint: &Endpoint) -> Result<Self, Failure> {
        let socket = TcpStream::connect(endpoint.authority()).await?;
        socket.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(async move {
            // The call that it fails in says so.
            let _ = connection.await;
        });
        Ok(Self {
            sender,
            target: endpoint.path().parse()?,
            host: endpoint.authority().parse()?,
            request: CreateGroup::new(),
        })
    }
}

impl Client for Bare {
    async fn several(endpoint: &Endpoint, count: usize) -> Result<Vec<Self>, Failure> {
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            clients.push(Self::connect(endpoint).await?);
        }
        Ok(clients)
    }

    async fn call(&mut self) -> Result<(), Failure> {
        let body = serde_json::to_vec(&self.request)?;
        let request = Request::post(self.target.clone())
            .header(HOST, self.host.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))
            .header(ACCEPT, HeaderValue::from_static(MEDIA_TYPE))
            .header(USER_AGENT, HeaderValue::from_static(AGENT))
            .body(Full::from(body))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let group: Group = serde_json::from_slice(&body)?;
        check(status, group.created)
    }
}

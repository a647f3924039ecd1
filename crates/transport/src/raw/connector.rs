use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower_service::Service;

use crate::raw::base::Base;
use crate::raw::connection::Connection;
use crate::raw::error::RawError;
use crate::raw::phase::Phase;
use crate::raw::proxy::Proxy;
use crate::raw::stream::{self, Stream};
#[cfg(feature = "tls")]
use crate::raw::tls::Tls;

/// Makes connections to the service: sockets, a proxy's tunnel, TLS.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) base: Arc<Base>,
    pub(crate) proxy: Option<Proxy>,
    /// `None` is the platform's, which is read when it is needed.
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

/// When a new connection was there, from the start of the call on.
#[derive(Clone, Copy)]
pub(crate) struct Connected {
    pub(crate) connected: Duration,
    pub(crate) secured: Option<Duration>,
}

impl Connector {
    pub(crate) fn new(base: Base) -> Self {
        Self {
            base: Arc::new(base),
            proxy: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// A new connection. `phase` says at each time what it is busy with; `timeout` is how long the addresses of a name are
    /// given together.
    pub(crate) async fn open(
        &self,
        timeout: Duration,
        start: Instant,
        phase: &mut Phase,
    ) -> Result<(Connection, Connected), RawError> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(timeout));
        let origin = self.base.origin()?;
        let socket = match &self.proxy {
            None => connector.call(origin).await.map_err(RawError::connect)?,
            Some(proxy) => {
                *phase = Phase::Proxy;
                tunnel(connector, proxy, origin).await?
            }
        };
        let socket = socket.into_inner();
        let connected = start.elapsed();
        let (socket, watch) = watched(socket).map_err(RawError::connect)?;
        let stream = self.secured(socket, phase).await?;
        let secured = self.base.is_https.then(|| start.elapsed());
        let connection = Connection::over(stream, watch).await?;
        Ok((connection, Connected { connected, secured }))
    }

    #[cfg(feature = "tls")]
    async fn secured(&self, socket: TcpStream, phase: &mut Phase) -> Result<Stream, RawError> {
        if !self.base.is_https {
            return Ok(stream::plain(socket));
        }
        *phase = Phase::Tls;
        let tls = match &self.tls {
            Some(tls) => tls.clone(),
            None => Tls::platform()?,
        };
        tls.connect(&self.base.host, socket).await
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_async)]
    async fn secured(&self, socket: TcpStream, _: &mut Phase) -> Result<Stream, RawError> {
        // `Base` takes no `https` without the feature.
        Ok(stream::plain(socket))
    }
}

type Socket = hyper_util::rt::TokioIo<TcpStream>;

async fn tunnel(connector: HttpConnector, proxy: &Proxy, to: Uri) -> Result<Socket, RawError> {
    let mut tunnel = Tunnel::new(proxy.uri().clone(), connector);
    if let Some(authorization) = proxy.authorization() {
        tunnel = tunnel.with_auth(authorization.clone());
    }
    tunnel.call(to).await.map_err(RawError::proxy)
}

/// The socket, and a second handle on it: to look at it where the runtime may not have yet.
fn watched(socket: TcpStream) -> std::io::Result<(TcpStream, std::net::TcpStream)> {
    let socket = socket.into_std()?;
    let watch = socket.try_clone()?;
    Ok((TcpStream::from_std(socket)?, watch))
}

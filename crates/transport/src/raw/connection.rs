use std::future::poll_fn;
use std::io::ErrorKind;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::raw::base::Base;
use crate::raw::error::RawError;

pub(crate) type Message = Request<Full<Bytes>>;

/// One connection, with the state machine that drives it.
///
/// The machine is polled by the call that uses the connection, and by nobody in between. So there is no task to
/// end: dropping the connection, or the call, closes the socket.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: http1::Connection<TokioIo<TcpStream>, Full<Bytes>>,
    /// A second handle on the same socket, to look at it where the runtime may not have yet.
    watch: std::net::TcpStream,
    closed: bool,
}

/// What became of a message that was given to a connection.
pub(crate) enum Exchange {
    Done(Response<Bytes>),
    /// Nothing of the message was written, and here it is again.
    Unsent(Message, hyper::Error),
}

impl Connection {
    pub(crate) async fn open(base: &Base) -> Result<Self, RawError> {
        let stream = TcpStream::connect((base.host.as_str(), base.port)).await.map_err(RawError::connect)?;
        stream.set_nodelay(true).map_err(RawError::connect)?;
        let stream = stream.into_std().map_err(RawError::connect)?;
        let watch = stream.try_clone().map_err(RawError::connect)?;
        let stream = TcpStream::from_std(stream).map_err(RawError::connect)?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(RawError::connect)?;
        Ok(Self { sender, driver, watch, closed: false })
    }

    /// Sends the message and reads the response with at most `limit` bytes of body.
    pub(crate) async fn exchange(&mut self, message: Message, limit: usize) -> Result<Exchange, RawError> {
        let sent = self.sender.try_send_request(message);
        self.drive(async {
            match sent.await {
                Ok(response) => collect(response, limit).await.map(Exchange::Done),
                Err(mut error) => match error.take_message() {
                    Some(message) => Ok(Exchange::Unsent(message, error.into_error())),
                    None => Err(RawError::exchange(error.into_error())),
                },
            }
        })
        .await
    }

    /// Whether the connection is open and done with all that it was given.
    pub(crate) async fn is_idle(&mut self) -> bool {
        poll_fn(|context| {
            self.poll_driver(context);
            Poll::Ready(!self.closed && self.sender.is_ready())
        })
        .await
    }

    /// Whether an idle connection is so still. What came meanwhile is the end of the connection, or else an answer to
    /// nothing: in both cases no request may go over it.
    pub(crate) fn is_still_idle(&self) -> bool {
        self.watch.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    async fn drive<T>(&mut self, exchange: impl Future<Output = T>) -> T {
        let mut exchange = pin!(exchange);
        poll_fn(|context| {
            // First, because it is what makes the exchange go on. Where it ends, it has told the exchange why.
            self.poll_driver(context);
            exchange.as_mut().poll(context)
        })
        .await
    }

    fn poll_driver(&mut self, context: &mut Context<'_>) {
        self.closed = self.closed || Pin::new(&mut self.driver).poll(context).is_ready();
    }
}

async fn collect(response: Response<Incoming>, limit: usize) -> Result<Response<Bytes>, RawError> {
    let (head, body) = response.into_parts();
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(RawError::too_large(limit)),
        Err(error) => Err(RawError::exchange(error)),
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use tokio::net::TcpListener;

    use super::*;
    use crate::RawRequest;

    #[tokio::test]
    async fn a_closed_connection_gives_the_message_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Base::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let mut connection = Connection::open(&base).await.unwrap();
        drop(listener.accept().await.unwrap());
        while connection.is_idle().await {
            tokio::task::yield_now().await;
        }
        assert!(!connection.is_still_idle());

        let message = RawRequest::new(Method::POST, "/a").message(&base).unwrap();
        match connection.exchange(message, 0).await.unwrap() {
            Exchange::Unsent(message, cause) => {
                assert_eq!(message.uri(), "/a");
                assert!(!RawError::unsent(cause).may_have_reached());
            }
            Exchange::Done(response) => panic!("answered: {}", response.status()),
        }
    }
}

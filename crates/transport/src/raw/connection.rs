use std::future::poll_fn;
use std::io::ErrorKind;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::runtime::{Handle, Id};

use crate::raw::error::RawError;
use crate::raw::stream::Stream;

pub(crate) type Message = Request<Full<Bytes>>;

/// One connection, with the state machine that drives it.
///
/// The machine is polled by the call that uses the connection, and by nobody in between. So there is no task to
/// end: dropping the connection, or the call, closes the socket.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: http1::Connection<TokioIo<Stream>, Full<Bytes>>,
    /// A second handle on the same socket, to look at it where the runtime may not have yet.
    watch: std::net::TcpStream,
    /// That it was made in. No other one hears of its events.
    runtime: Id,
    closed: bool,
}

/// What became of a message that was given to a connection.
pub(crate) enum Exchange {
    Done(Response<Bytes>),
    /// Nothing of the message was written, and here it is again.
    Unsent(Message, hyper::Error),
}

impl Connection {
    /// Speaks HTTP/1.1 over a stream. `watch` is a second handle on its socket.
    pub(crate) async fn over(stream: Stream, watch: std::net::TcpStream) -> Result<Self, RawError> {
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(RawError::connect)?;
        Ok(Self { sender, driver, watch, runtime: Handle::current().id(), closed: false })
    }

    pub(crate) fn runtime(&self) -> Id {
        self.runtime
    }

    /// Sends the message and reads the response with at most `limit` bytes of body. `at_head` is called when the status and
    /// the headers have come.
    pub(crate) async fn exchange(
        &mut self,
        message: Message,
        limit: usize,
        at_head: impl FnOnce(),
    ) -> Result<Exchange, RawError> {
        let sent = self.sender.try_send_request(message);
        self.drive(async {
            match sent.await {
                Ok(response) => {
                    at_head();
                    collect(response, limit).await.map(Exchange::Done)
                }
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
    let body = whole(body, limit).await?;
    Ok(Response::from_parts(head, body))
}

/// The body in one piece. One that comes in one piece is not copied.
async fn whole(mut body: Incoming, limit: usize) -> Result<Bytes, RawError> {
    if body.size_hint().lower() > limit as u64 {
        return Err(RawError::too_large(limit));
    }
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(RawError::exchange)?.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Err(RawError::too_large(limit));
        }
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

#[cfg(test)]
mod tests {
    use http::Method;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::RawRequest;
    use crate::raw::base::Base;
    use crate::raw::stream;

    #[tokio::test]
    async fn a_closed_connection_gives_the_message_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap().into_std().unwrap();
        let watch = socket.try_clone().unwrap();
        let stream = stream::plain(TcpStream::from_std(socket).unwrap());
        let mut connection = Connection::over(stream, watch).await.unwrap();
        drop(listener.accept().await.unwrap());
        while connection.is_idle().await {
            tokio::task::yield_now().await;
        }
        assert!(!connection.is_still_idle());

        let base = Base::parse("http://host").unwrap();
        let message = RawRequest::new(Method::POST, "/a").message(&base).unwrap();
        match connection.exchange(message, 0, || ()).await.unwrap() {
            Exchange::Unsent(message, cause) => {
                assert_eq!(message.uri(), "/a");
                assert!(!RawError::unsent(cause).may_have_reached());
            }
            Exchange::Done(response) => panic!("answered: {}", response.status()),
        }
    }
}

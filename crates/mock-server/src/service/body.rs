//! How a body is read, whether it is there with its head or comes later.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;

/// A body that is too large is read on for so many bytes, so that its sender comes to read the answer.
const READ_ON: u64 = 4 << 20;

/// What came of a body.
pub(crate) enum Read {
    Whole(Bytes),
    TooLarge,
    CutOff,
    TooSlow,
}

impl Read {
    /// The same, where a body may have so many bytes.
    pub(super) fn within(self, limit: u64) -> Self {
        match self {
            Self::Whole(body) if body.len() as u64 > limit => Self::TooLarge,
            read => read,
        }
    }
}

/// What there is of a body without a wait.
pub(super) enum First {
    All(Read),
    /// Most bodies are there with their head, but of this one more is to come. It is a copy, as a buffer of hyper's is not to be kept
    /// for as long.
    Part(Vec<u8>),
}

impl First {
    pub(super) async fn of<B: Body<Data = Bytes>>(mut body: Pin<&mut B>) -> Self {
        poll_fn(|context| Poll::Ready(Self::now(body.as_mut(), context))).await
    }

    fn now<B: Body<Data = Bytes>>(mut body: Pin<&mut B>, context: &mut Context<'_>) -> Self {
        if body.is_end_stream() {
            return Self::All(Read::Whole(Bytes::new()));
        }
        match body.as_mut().poll_frame(context) {
            Poll::Ready(None) => Self::All(Read::Whole(Bytes::new())),
            Poll::Ready(Some(Err(_))) => Self::All(Read::CutOff),
            Poll::Ready(Some(Ok(frame))) => {
                let data = frame.into_data().unwrap_or_default();
                if body.is_end_stream() { Self::All(Read::Whole(data)) } else { Self::Part(data.to_vec()) }
            }
            Poll::Pending => Self::Part(Vec::new()),
        }
    }
}

/// Reads a body up to a limit, and a larger one on for a while, so that its sender comes to read the answer.
pub(crate) async fn read<B: Body<Data = Bytes>>(body: B, limit: u64, timeout: Duration) -> Read {
    let mut body = pin!(body);
    match First::of(body.as_mut()).await {
        First::All(read) => read.within(limit),
        First::Part(part) => Box::pin(read_on(part, body, limit, timeout)).await,
    }
}

/// Reads the rest of a body.
pub(super) async fn read_on<B: Body<Data = Bytes>>(
    part: Vec<u8>,
    body: Pin<&mut B>,
    limit: u64,
    timeout: Duration,
) -> Read {
    let mut reading = pin!(rest(part, body, limit));
    // What is there already needs no timer.
    match poll_fn(|context| Poll::Ready(reading.as_mut().poll(context))).await {
        Poll::Ready(read) => read,
        Poll::Pending => tokio::time::timeout(timeout, reading).await.unwrap_or(Read::TooSlow),
    }
}

async fn rest<B: Body<Data = Bytes>>(part: Vec<u8>, mut body: Pin<&mut B>, limit: u64) -> Read {
    let mut length = part.len() as u64;
    let mut whole = part;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return if length > limit { Read::TooLarge } else { Read::CutOff };
        };
        let Ok(data) = frame.into_data() else { continue };
        length += data.len() as u64;
        if length > limit.saturating_add(READ_ON) {
            break;
        }
        if length <= limit {
            whole.extend_from_slice(&data);
        }
    }
    if length > limit { Read::TooLarge } else { Read::Whole(whole.into()) }
}

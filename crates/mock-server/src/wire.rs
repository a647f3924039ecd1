//! Faults on the wire: what is done to the bytes of an answer between hyper and the socket.

mod activity;
mod end;
mod handle;
mod head;
mod hurt;
mod latency;
mod reset;
mod stop;
mod stream;

use std::time::Duration;

pub(crate) use activity::Activity;
pub use handle::WireHandle;
pub use latency::Latency;
pub use reset::Reset;
pub use stop::WireStop;
pub use stream::Wire;

/// What is done to the bytes of one answer on their way.
///
/// Half is rounded down. An answer has no body if its head is flushed before a byte of the body came, as that to a `HEAD` is.
/// If the answer has a body but no `Content-Length`, what hyper has at hand with the head counts as the body.
/// An interim answer (`100 Continue`) goes its way before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireFault {
    /// The connection is reset (RST) before a byte of the answer.
    ResetBefore,
    /// The connection is reset after the head and half of the body, or after half of the head if there is no body.
    ///
    /// The reset comes 20 ms after the bytes, because it throws away those that have not been sent yet. So of a large body
    /// less than the half may arrive at a client that reads slowly.
    ResetInside,
    /// The connection is closed (FIN) without a byte.
    EmptyReply,
    /// [`WireFault::GARBAGE`] comes instead of the answer, then the connection is closed.
    Garbage,
    /// The head with its `Content-Length` and half of the body, or half of the head if there is no body; then the
    /// connection is closed.
    ShortBody,
    /// The head, then the body byte by byte with this pause between two. The connection is kept.
    ///
    /// A pause is at most 36 years.
    Dribble(Duration),
    /// Nothing is ever sent, and the connection stays open until the client closes it, or only its side of it, or until
    /// [`WireStop::stop`].
    NoAnswer,
}

impl WireFault {
    /// What is sent by [`WireFault::Garbage`]: bytes that are neither HTTP nor text.
    pub const GARBAGE: &'static [u8] = b"\xff\xfe\x00\x01 this is not HTTP \x00\x80\xff\r\n\r\n";
}

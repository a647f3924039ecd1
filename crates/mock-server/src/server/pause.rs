use std::future::Future;

use bytes::Bytes;
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::watch::Wait;
use crate::limits::Limits;
use crate::wire::{Reset, Wire};

/// A connection that waits for a request, or for the rest of its head.
pub(super) struct Pause {
    /// What has come of the head.
    pub(super) unread: Bytes,
    pub(super) wait: Wait,
}

/// What ends the rest of a connection.
pub(super) enum Rested {
    /// More of a head has come.
    Read,
    Stopped,
    /// No more comes. Who has begun a head is to be told this.
    Over(Option<StatusCode>),
}

impl Pause {
    /// Before a request.
    pub(super) fn begin() -> Self {
        Self { unread: Bytes::new(), wait: Wait::begin() }
    }

    /// What hyper has read and has not answered. It is a part of a buffer of hyper's, which is not to be kept for it.
    pub(super) fn of(unread: &[u8], wait: Wait) -> Self {
        Self { unread: Bytes::copy_from_slice(unread), wait }
    }

    /// Waits for more without the buffers that hyper has for it.
    pub(super) async fn rest<S: AsyncRead + AsyncWrite + Reset + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        limits: &Limits,
        stopped: &mut (impl Future<Output = ()> + Unpin),
    ) -> Rested {
        let is_idle = self.unread.is_empty();
        let left = self.wait.left_of(if is_idle { limits.idle_timeout } else { limits.head_timeout });
        if !is_idle && left.is_zero() {
            return Rested::Over(Some(StatusCode::REQUEST_TIMEOUT));
        }
        let mut more = [0; 64];
        let rested = tokio::select! {
            biased;
            read = wire.read(&mut more) => match read {
                Ok(0) => Rested::Over(Some(StatusCode::BAD_REQUEST)),
                Ok(length) => {
                    self.unread = [&self.unread, &more[..length]].concat().into();
                    Rested::Read
                }
                Err(_) => Rested::Over(None),
            },
            () = stopped => Rested::Stopped,
            () = tokio::time::sleep(left) => Rested::Over(Some(StatusCode::REQUEST_TIMEOUT)),
        };
        if is_idle {
            self.wait = Wait::begin();
        }
        rested
    }
}

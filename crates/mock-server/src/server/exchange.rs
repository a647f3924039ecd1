use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::shortcut::{Shortcut, Taken};
use crate::outcome::Answer;
use crate::wire::{Activity, Reset, Wire};

/// How many bytes a request may have to be answered by the short way.
const ROOM: usize = 4 << 10;

/// Requests and answers by the short way, one after the other.
pub(super) struct Exchange {
    /// Room for a request, of which so many bytes have come.
    room: Vec<u8>,
    filled: usize,
    /// An answer, of which so many bytes were sent.
    out: Vec<u8>,
    sent: usize,
}

/// Why the short way is left.
pub(super) enum Left {
    /// What has come is for hyper; so is the answer to it, if it was decided.
    ToHyper(Option<Box<Answer>>),
    /// The other side has gone.
    Over,
}

impl Exchange {
    pub(super) fn new(unread: &[u8]) -> Self {
        let mut room = vec![0; ROOM.max(unread.len())];
        room[..unread.len()].copy_from_slice(unread);
        Self { room, filled: unread.len(), out: Vec::new(), sent: 0 }
    }

    /// Whether as much has come of a request as the short way takes.
    pub(super) fn is_full(&self) -> bool {
        self.filled >= ROOM
    }

    /// What has come and was not answered.
    pub(super) fn into_unread(self) -> Bytes {
        Bytes::copy_from_slice(&self.room[..self.filled])
    }

    /// Answers requests for as long as they are plain, if there is a short way. It can be dropped at any time; what is left of an
    /// answer is then to be [sent](Self::send).
    ///
    /// Hyper gets all of a request that is there at once: of one that comes in pieces it looks for the end alone, and does not see
    /// what is wrong with it before.
    pub(super) async fn go_on<S: AsyncRead + AsyncWrite + Reset + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        shortcut: Option<&Shortcut>,
        activity: &Activity,
    ) -> Left {
        loop {
            match self.read(wire).await {
                Some(Ok(0)) if self.filled == 0 => return Left::Over,
                None | Some(Ok(0)) => return Left::ToHyper(None),
                Some(Ok(length)) => self.filled += length,
                Some(Err(_)) => return Left::Over,
            }
            let Some(shortcut) = shortcut else { return Left::ToHyper(None) };
            match shortcut.take(&self.room[..self.filled], &mut self.out) {
                Taken::Whole => {}
                Taken::Half(answer) => return Left::ToHyper(Some(answer)),
                Taken::Not => return Left::ToHyper(None),
            }
            activity.begin_call();
            activity.end_call();
            (self.filled, self.sent) = (0, 0);
            if self.send(wire).await.is_err() {
                return Left::Over;
            }
        }
    }

    /// Waits for a request. `None` if one has begun, and no more of it is there.
    async fn read<S: AsyncRead + AsyncWrite + Reset + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> Option<io::Result<usize>> {
        let has_begun = self.filled > 0;
        let mut reading = pin!(wire.read(&mut self.room[self.filled..]));
        poll_fn(|context| match reading.as_mut().poll(context) {
            Poll::Pending if has_begun => Poll::Ready(None),
            read => read.map(Some),
        })
        .await
    }

    /// Sends what is left of the answer.
    pub(super) async fn send<S: AsyncRead + AsyncWrite + Reset + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> io::Result<()> {
        while self.sent < self.out.len() {
            match wire.write(&self.out[self.sent..]).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => self.sent += count,
            }
        }
        wire.flush().await
    }
}

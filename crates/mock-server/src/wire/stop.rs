use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

/// Tells connections that their server stops, so that no fault holds it up.
///
/// One is enough for a server: give it to each connection with [`Wire::until`](super::Wire::until).
#[derive(Clone, Debug, Default)]
pub struct WireStop {
    stopped: Arc<watch::Sender<bool>>,
}

impl WireStop {
    /// From now on [`NoAnswer`](super::WireFault::NoAnswer) closes the connection, and what is left of a
    /// [`Dribble`](super::WireFault::Dribble) comes without pauses.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Waits until it is stopped.
    pub(crate) async fn until_stopped(&self) {
        // It cannot fail, as the sender is here.
        let _ = self.stopped.subscribe().wait_for(|stopped| *stopped).await;
    }

    /// Is ready once it is stopped; never if there is nothing that could be.
    pub(super) fn stopped(stop: Option<&Self>) -> Stopped {
        let Some(stop) = stop.cloned() else { return Stopped(Box::pin(pending())) };
        Stopped(Box::pin(async move { stop.until_stopped().await }))
    }
}

/// The wait for a [`WireStop`].
pub(super) struct Stopped(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Stopped {
    pub(super) fn is_ready(&mut self, context: &mut std::task::Context<'_>) -> bool {
        self.0.as_mut().poll(context).is_ready()
    }
}

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tracing::subscriber::NoSubscriber;

use super::builder::Serving;
use crate::emulation::Emulation;
use crate::server::Server;

/// A server in a thread of its own, with a runtime of its own.
pub(super) struct ServerThread {
    url: String,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerThread {
    /// Comes back when the server is bound.
    pub(super) fn start(emulation: Arc<Emulation>, serving: Serving) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel::<()>();
        let (bound, told) = mpsc::channel();
        // What a test logs by in its own thread shows the server too.
        let log = tracing::dispatcher::get_default(Clone::clone);
        let thread = std::thread::Builder::new().name("greenapi-mock".to_owned()).spawn(move || {
            if log.is::<NoSubscriber>() {
                // One that is set for the whole process later shows the server too.
                serve(emulation, serving, stopped, &bound);
            } else {
                tracing::dispatcher::with_default(&log, || serve(emulation, serving, stopped, &bound));
            }
        })?;
        // A thread that is gone has panicked, which is no error of the system; but there is nobody to ask for more.
        let (url, runtime) = told.recv().map_err(io::Error::other)??;
        Ok(Self { url, runtime, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Runs something beside the server, until that is stopped.
    pub(super) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(future);
    }

    /// Stops the server, at once, and gives the first panic of a connection.
    pub(super) fn stop(&mut self) -> std::thread::Result<()> {
        drop(self.stop.take());
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

fn serve(
    emulation: Arc<Emulation>,
    serving: Serving,
    stopped: oneshot::Receiver<()>,
    bound: &mpsc::Sender<io::Result<(String, Handle)>>,
) {
    let bind = || {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = runtime.block_on(Server::bind(address, emulation))?;
        io::Result::Ok((runtime, serving.put(server).drain(Duration::ZERO)))
    };
    let runtime_and_server = match bind() {
        Ok((runtime, server)) => {
            let _ = bound.send(Ok((server.url(), runtime.handle().clone())));
            Some((runtime, server))
        }
        Err(error) => {
            let _ = bound.send(Err(error));
            None
        }
    };
    if let Some((runtime, server)) = runtime_and_server {
        runtime.block_on(server.run(async {
            // It ends by its sender being dropped.
            let _ = stopped.await;
        }));
    }
}

use std::future::Future;
use std::io;

/// Ready when the process is asked to stop: by SIGINT or SIGTERM, or elsewhere by Ctrl-C.
///
/// The signals are caught from this call on, not only when the future is polled first.
#[cfg(unix)]
pub(crate) fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ready when Ctrl-C is pressed.
#[cfg(not(unix))]
pub(crate) fn stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Where the signal cannot be caught, the system ends the process by itself.
        let _ = tokio::signal::ctrl_c().await;
    })
}

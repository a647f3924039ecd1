use std::io::{self, BufWriter, IsTerminal};

use greenapi_mock_server::LogFormat;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::LevelFilter;

/// How many lines may wait for a reader of stderr. Further ones are dropped, so that no reader can stop the server.
const LINES: usize = 8192;

/// Starts the log, which lasts until the guard is dropped.
pub(crate) fn start(format: LogFormat) -> Option<WorkerGuard> {
    // The thread that writes takes all lines that are there before it flushes, so that they come out in one piece.
    let stderr = BufWriter::new(io::stderr());
    let (writer, guard) =
        NonBlockingBuilder::default().buffered_lines_limit(LINES).lossy(true).finish(stderr);
    let lines = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::INFO)
        .with_target(false)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(writer);
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Off => return None,
    }
    Some(guard)
}

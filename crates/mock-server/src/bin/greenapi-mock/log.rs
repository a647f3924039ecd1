use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use greenapi_mock_server::LogFormat;
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::LevelFilter;

/// Lines are handed over once they have so many bytes, at the latest.
const BATCH: usize = 4096;

/// How many batches may wait for a reader of stderr. Further ones are dropped, so that no reader can stop the server.
const BATCHES: usize = 2048;

/// The log on stderr. It ends with what was logged, when it is dropped.
pub(crate) struct Log {
    format: LogFormat,
    lines: Arc<Lines>,
    _guard: WorkerGuard,
}

impl Log {
    /// `None` where nothing is to be logged.
    pub(crate) fn new(format: LogFormat) -> Option<Self> {
        if format == LogFormat::Off {
            return None;
        }
        // The thread that writes takes all lines that are there before it flushes, so that they come out in one piece.
        let stderr = BufWriter::new(io::stderr());
        let (thread, guard) =
            NonBlockingBuilder::default().buffered_lines_limit(BATCHES).lossy(true).finish(stderr);
        let lines = Lines(Mutex::new(Gathered { bytes: Vec::with_capacity(2 * BATCH), thread }));
        Some(Self { format, lines: Arc::new(lines), _guard: guard })
    }

    /// From here on what happens is logged.
    pub(crate) fn start(&self) {
        let lines = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::INFO)
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .with_writer(Arc::clone(&self.lines));
        match self.format {
            LogFormat::Json => lines.json().flatten_event(true).init(),
            _ => lines.init(),
        }
    }

    /// What has to be done whenever there is nothing else to do, so that no line is kept back.
    pub(crate) fn hand_over(&self) -> impl Fn() + Send + Sync + 'static {
        let lines = Arc::clone(&self.lines);
        move || lines.gathered().hand_over()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.lines.gathered().hand_over();
    }
}

/// Lines on their way to the thread that writes them. To wake it costs more than to make a line, so they go together: those of the
/// calls that one look at the sockets has brought.
struct Lines(Mutex<Gathered>);

struct Gathered {
    bytes: Vec<u8>,
    thread: NonBlocking,
}

impl Lines {
    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        // What is behind a poisoned lock is lines, and the last of them is whole or not.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    fn hand_over(&mut self) {
        if !self.bytes.is_empty() {
            // It fails if the thread is gone, and then there is nobody to tell.
            let _ = self.thread.write_all(&self.bytes);
            self.bytes.clear();
        }
    }
}

impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut gathered = self.gathered();
        gathered.bytes.extend_from_slice(line);
        if gathered.bytes.len() >= BATCH {
            gathered.hand_over();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.gathered().hand_over();
        Ok(())
    }
}

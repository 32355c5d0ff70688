//! What a piece of work writes to the log, as text, whatever the other tests of the process are doing.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Dispatch;

/// While there is only one dispatcher, `tracing` lets the first thread that reaches a log statement decide for all
/// whether it is wanted, and that thread may be another test's. Two that live as long as the process make it ask every one.
static OTHERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(tracing_subscriber::registry())));

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `work` to its end and gives what was logged at any level, by it and by what it spawned in the meantime on a
/// runtime of one thread.
pub(crate) async fn logged<T>(work: impl Future<Output = T>) -> (T, String) {
    LazyLock::force(&OTHERS);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let done = work.await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (done, text)
}

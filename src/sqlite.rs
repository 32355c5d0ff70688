//! SQLite files as every store here opens them: for their owner alone, and written to the disk before a write returns.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the file, and makes it if it is not there, on Unix with mode 0600.
pub(crate) fn open(path: &Path) -> Result<Connection, Failure> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// A file with a few small tables, which several processes of a machine may share. Clones share one connection.
#[derive(Debug, Clone)]
pub(crate) struct SharedFile(Arc<Mutex<Connection>>);

impl SharedFile {
    /// Opens the file and makes the tables of `schema`, which may be there already and beside others. What the failure
    /// says names the file.
    pub(crate) fn open(path: &Path, schema: &str) -> Result<Self, Failure> {
        let opened = || {
            let connection = open(path)?;
            connection.execute_batch(schema)?;
            Ok(Self(Arc::new(Mutex::new(connection))))
        };
        opened().map_err(|error: Failure| format!("{}: {error}", path.display()).into())
    }

    /// Runs blocking work off the executor's threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let connection = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            work(&connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await?
    }
}

//! SQLite files as every store here opens them: for their owner alone, checked before anything in them changes, and
//! written to the disk before a write returns.
//!
//! POSIX takes away all locks that a process holds on a file when it closes *any* descriptor of it. So nothing here, and
//! nothing in the stores, opens and closes a file beside SQLite while SQLite has it open: files are distinguished by their
//! metadata, which needs no descriptor.

mod fault;
mod files;

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[cfg(feature = "missed-call")]
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row};

#[cfg(feature = "missed-call")]
pub(crate) use self::fault::fault_of;
pub(crate) use self::fault::{Failure, FileFault, Refusal, named};
#[cfg(feature = "missed-call")]
pub(crate) use self::files::{FileId, Seen, log_of};
pub(crate) use self::files::{OpenFiles, real_path};

/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// Files up to this size are checked as a whole before they are used.
#[cfg(feature = "missed-call")]
pub(crate) const CHECKED_BYTES: u64 = 256 * 1024 * 1024;

/// What has a meaning in the path of a `file:` address.
#[cfg(feature = "missed-call")]
const IN_ADDRESS: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'%').add(b'?');

/// Makes an empty file, on Unix with mode 0600, unless there is one. Fails if it is a folder or something else.
pub(crate) fn create(path: &Path) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
        Err(_) if std::fs::metadata(path)?.is_file() => Ok(()),
        Err(_) => Err(Refusal::boxed("is a folder or a device; name a file")),
    }
}

/// Opens a file that is there. Until [`make_durable`] nothing in it changes, also when the connection is closed again.
pub(crate) fn connect(path: &Path) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    keep_plans(&connection)?;
    if connection.is_readonly("main")? {
        return Err(Refusal::boxed(
            "cannot be written; give this user the right to write it",
        ));
    }
    Ok(connection)
}

/// Opens a file that is there, and that another process may have open. Nothing in it changes.
#[cfg(feature = "missed-call")]
pub(crate) fn connect_for_reading(path: &Path) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// A prepared statement keeps its plan. SQLite otherwise plans statements again whenever a value is bound that a partial
/// index or a `LIMIT` could depend on, which takes several times as long as running them.
pub(crate) fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// From here on a commit is on the disk when it returns, and the last connection to close writes the log back.
pub(crate) fn make_durable(connection: &Connection) -> Result<(), Failure> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

/// Opens the file as it stands: no lock is taken, nothing is written and no file made beside it, even if it belongs to another process.
/// `None` if it has a log: a file without what stands there means nothing.
#[cfg(feature = "missed-call")]
pub(crate) fn look_into(path: &Path) -> Result<Option<Connection>, Failure> {
    if std::fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0) {
        return Ok(None);
    }
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
    #[cfg(not(unix))]
    let text = format!("/{}", path.to_string_lossy().replace('\\', "/"));
    #[cfg(not(unix))]
    let bytes = text.as_bytes();
    let address = format!("file:{}?immutable=1", percent_encode(bytes, IN_ADDRESS));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Some(Connection::open_with_flags(address, flags)?))
}

/// Fails with the first thing that is wrong in this table, or in the whole file, and changes nothing.
pub(crate) fn check(connection: &Connection, table: Option<&str>) -> Result<(), Failure> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |row: &Row<'_>| {
        found.push(row.get(0)?);
        Ok(())
    };
    match table {
        Some(table) => connection.pragma(None, "quick_check", table, &mut add)?,
        None => connection.pragma_query(None, "quick_check", &mut add)?,
    }
    match found.into_iter().find(|line| line != "ok") {
        Some(wrong) => Err(FileFault::Damaged(wrong).into()),
        None => Ok(()),
    }
}

/// A file with a few small tables, which several processes of a machine may share. Clones share one connection.
#[derive(Debug, Clone)]
pub(crate) struct SharedFile(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    connection: Mutex<Connection>,
    files: OpenFiles,
}

impl SharedFile {
    /// Opens the file and makes the table of `schema`, which may be there already and beside others; then it is checked.
    /// What the failure says names the file.
    pub(crate) fn open(path: &Path, table: &str, schema: &str) -> Result<Self, Failure> {
        let opened = || {
            let real = real_path(path)?;
            create(&real)?;
            let connection = connect(&real)?;
            let known =
                "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1)";
            if connection.query_row(known, [table], |row| row.get(0))? {
                check(&connection, Some(table))?;
            }
            make_durable(&connection)?;
            connection.execute_batch(schema)?;
            Ok(Self(Arc::new(Shared {
                path: path.to_path_buf(),
                connection: Mutex::new(connection),
                files: OpenFiles::read(&real)?,
            })))
        };
        opened().map_err(|error: Failure| named(path, error))
    }

    /// Runs blocking work off the executor's threads. Fails too if the file is no longer where the next process would open
    /// it: what was written would be lost.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let shared = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            let connection = &shared.connection;
            let done = work(&connection.lock().unwrap_or_else(PoisonError::into_inner))
                .and_then(|done| Ok((done, shared.files.look()?)));
            done.map(|(done, _)| done)
                .map_err(|error| named(&shared.path, error))
        })
        .await?
    }
}

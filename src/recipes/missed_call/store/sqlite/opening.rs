//! Opening: locks, checks, connections and threads, in an order in which each protects the next.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use super::condition::Condition;
use super::error::Result;
use super::integrity::Checker;
use super::lock::Lock;
use super::tally::{LastRun, Tally};
use super::worker::Worker;
use super::writer::Writer;
use super::{SqliteStore, schema};
use crate::sqlite::{self, OpenFiles};

pub(super) fn open(path: &Path) -> Result<SqliteStore> {
    let real = sqlite::real_path(path)?;
    schema::has_no_log_left(&real)?;
    let lock = Lock::take(path, &real)?;
    let connection = schema::open(&real)?;
    let (tally, last_run) = Tally::open(&connection, lock.file()?)?;
    tell(path, last_run);
    let mut files = OpenFiles::read(&real)?;
    lock.watch_in(&mut files)?;
    let condition = Arc::new(Condition::of(path));
    // If something fails, what was begun last ends first, as when the store is dropped.
    let reading = |name| -> Result<Worker> {
        let connection = schema::open_for_reading(&real)?;
        Ok(Worker::reading(name, connection, &condition)?)
    };
    let ledger = reading("gohighlevel-ledger")?;
    let reader = reading("gohighlevel-read")?;
    let (checker, check) = Checker::start(schema::open_for_reading(&real)?, &condition)?;
    let writer = Writer::new(connection, files, tally, Arc::clone(&condition), check)?;
    let writer = Worker::writing(writer, &condition)?;
    Ok(SqliteStore {
        path: path.to_path_buf(),
        real,
        writer,
        _checker: checker,
        reader,
        ledger,
        _lock: lock,
        condition,
        last_run,
        last_beat: Mutex::new(None),
        log_remembers: AtomicBool::new(false),
    })
}

/// A backup that was put back lacks commits too, so this is no reason to keep calls out.
fn tell(path: &Path, last_run: LastRun) {
    let path = path.display();
    match last_run {
        LastRun::Unknown | LastRun::Closed => {}
        LastRun::Died => {
            tracing::info!(%path, "the last run on this database died; nothing that was acknowledged is lost");
        }
        LastRun::Lost { commits } => {
            tracing::error!(
                %path,
                "{commits} commits of the last run are gone: its log (-wal) was removed, or the database is an older copy. What was done since may be done again. If the log or the newer database is still there, stop the service, put it back, and start again"
            );
        }
        LastRun::OtherDatabase => {
            tracing::error!(
                %path,
                "another database was open here last. If that was not meant, stop the service, put it back, and start again"
            );
        }
    }
}

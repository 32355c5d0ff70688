//! The thread that writes. Jobs that wait together run in one transaction, each in a savepoint of its own, and are
//! answered after the one write to the disk that all of them share, and after a look whether that write is in the files
//! that the next start opens.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use super::condition::Condition;
use super::integrity::Order;
use super::tally::Tally;
use super::worker::{Answer, Job, Refused};
use crate::sqlite::{CHECKED_BYTES, FileFault, OpenFiles, Seen};

/// The most jobs that share one write. Each takes some 30 µs, and the first of them waits for the last.
const GROUP: usize = 256;

/// From which length of the log on its growth is told: twice what is kept of it when nobody reads for long.
const LONG_LOG: u64 = 128 * 1024 * 1024;

pub(super) struct Writer {
    connection: Connection,
    files: OpenFiles,
    tally: Tally,
    condition: Arc<Condition>,
    /// Orders a check of the database.
    check: Order,
    /// When the database itself was last written, and how long it was.
    known: Seen,
    is_displaced: bool,
    is_log_long: bool,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        files: OpenFiles,
        tally: Tally,
        condition: Arc<Condition>,
        check: Order,
    ) -> Result<Self, FileFault> {
        let known = files.look()?;
        if known.bytes > CHECKED_BYTES {
            // It was not when it was opened.
            let _ = check.send(());
        }
        Ok(Self {
            connection,
            files,
            tally,
            condition,
            check,
            known,
            is_displaced: false,
            is_log_long: false,
        })
    }

    pub(super) fn work(mut self, waiting: &Receiver<Job>) {
        while let Ok(first) = waiting.recv() {
            self.write(first, waiting);
        }
        // Nothing is left in the log if this is the last connection to close.
        drop(self.connection);
        if self.files.look().is_ok() && self.condition.damage().is_none() {
            self.tally.close();
        }
    }

    fn write(&mut self, first: Job, waiting: &Receiver<Job>) {
        let begun = self.begin();
        // Jobs that cannot be done have waited long enough.
        let most = if begun.is_ok() { GROUP } else { usize::MAX };
        let group = std::iter::once(first).chain(waiting.try_iter().take(most - 1));
        let before = self.connection.total_changes();
        // Some failures (a full disk) make SQLite take back the whole transaction. Whatever ran after that would be
        // written by itself, though everybody in the group is told that nothing was.
        let connection = &self.connection;
        let transaction = || (!connection.is_autocommit()).then_some(connection);
        let answers: Vec<Answer> = group.map(|job| job(transaction())).collect();
        let ended = begun.and_then(|()| self.end(before));
        if ended.is_err() && !self.connection.is_autocommit() {
            // If even this fails, the next BEGIN does too, and its jobs are told.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        let ended = ended.and_then(|()| Ok(self.look()?));
        for answer in answers {
            answer(ended.as_ref().err());
        }
    }

    fn begin(&mut self) -> Result<(), Refused> {
        self.is_sound()?;
        if self.is_displaced {
            self.look()?;
        }
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        begun.map_err(|error| self.refused(error))
    }

    fn is_sound(&self) -> Result<(), FileFault> {
        match self.condition.damage() {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }

    /// Writes what there is to write to the disk.
    fn end(&mut self, before: u64) -> Result<(), Refused> {
        self.is_sound()?;
        let has_changed = self.connection.total_changes() != before;
        let count = if has_changed && !self.connection.is_autocommit() {
            Some(self.tally.count(&self.connection))
        } else {
            None
        };
        let count = count.transpose().map_err(|error| self.refused(error))?;
        let committed = self.connection.execute_batch("COMMIT");
        committed.map_err(|error| self.refused(error))?;
        if let Some(count) = count {
            self.tally.is_written(count);
        }
        Ok(())
    }

    fn refused(&self, error: rusqlite::Error) -> Refused {
        let refused = Refused::Sqlite(error.to_string());
        self.condition.write_failed();
        self.condition.note(&error.into());
        refused
    }

    /// Whether what was written is there for the next start.
    fn look(&mut self) -> Result<(), FileFault> {
        let seen = match self.files.look() {
            Ok(seen) => seen,
            Err(fault) => {
                self.tell_of_displacement(&fault);
                return Err(fault);
            }
        };
        self.is_displaced = false;
        if (seen.written, seen.bytes) != (self.known.written, self.known.bytes) {
            // By this process, which writes the log back now and then, or by somebody who should not.
            self.known = seen;
            if seen.bytes <= CHECKED_BYTES {
                let _ = self.check.send(());
            }
        }
        self.tell_of_log(seen.log_bytes);
        Ok(())
    }

    fn tell_of_displacement(&mut self, fault: &FileFault) {
        if self.is_displaced {
            return;
        }
        self.is_displaced = true;
        let path = self.condition.path().display();
        tracing::error!(%path, "the database takes nothing any more: {fault}");
        // If it is only the log that is gone, all that was acknowledged is in the database now.
        let _ = self
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }

    fn tell_of_log(&mut self, bytes: u64) {
        if bytes > LONG_LOG && !self.is_log_long {
            let (path, mb) = (self.condition.path().display(), bytes / 1024 / 1024);
            tracing::warn!(
                %path,
                "the log of the database (-wal) has grown to {mb} MB, most likely because another program reads the database for long; end that shell or backup, and the log is cut with the next commits"
            );
        }
        self.is_log_long = bytes > LONG_LOG;
    }
}

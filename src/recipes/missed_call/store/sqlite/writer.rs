//! The thread that writes. Jobs that wait together run in one transaction, each in its own savepoint. They are answered after
//! their shared write to the disk, and after a check that the write is in the files that the next start will open.

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

/// A log of this length is reported: twice the length that it keeps without long reads.
const LONG_LOG: u64 = 128 * 1024 * 1024;

pub(super) struct Writer {
    connection: Connection,
    files: OpenFiles,
    tally: Tally,
    condition: Arc<Condition>,
    /// Requests a check of the database.
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
            // It was not checked when it was opened.
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
        // The log is empty afterwards if this is the last connection.
        drop(self.connection);
        if self.files.look().is_ok() && self.condition.damage().is_none() {
            self.tally.close();
        }
    }

    fn write(&mut self, first: Job, waiting: &Receiver<Job>) {
        let begun = self.begin();
        // If no transaction began, all waiting jobs fail now.
        let most = if begun.is_ok() { GROUP } else { usize::MAX };
        let group = std::iter::once(first).chain(waiting.try_iter().take(most - 1));
        let before = self.connection.total_changes();
        // Some failures (a full disk) make SQLite roll back the whole transaction. A later job would then be written on its
        // own, although the whole group is reported as failed.
        let connection = &self.connection;
        let transaction = || (!connection.is_autocommit()).then_some(connection);
        let answers: Vec<Answer> = group.map(|job| job(transaction())).collect();
        let ended = begun.and_then(|()| self.end(before));
        if ended.is_err() && !self.connection.is_autocommit() {
            // If this fails too, the next BEGIN fails, and its jobs report it.
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

    /// Commits the transaction to the disk.
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

    /// Checks that the write will be found by the next start.
    fn look(&mut self) -> Result<(), FileFault> {
        let seen = match self.files.look() {
            Ok(seen) => seen,
            Err(fault) => {
                self.report_displacement(&fault);
                return Err(fault);
            }
        };
        self.is_displaced = false;
        if (seen.written, seen.bytes) != (self.known.written, self.known.bytes) {
            // By this process, which sometimes writes the log back, or by another one, which is an error.
            self.known = seen;
            if seen.bytes <= CHECKED_BYTES {
                let _ = self.check.send(());
            }
        }
        self.report_long_log(seen.log_bytes);
        Ok(())
    }

    fn report_displacement(&mut self, fault: &FileFault) {
        if self.is_displaced {
            return;
        }
        self.is_displaced = true;
        let path = self.condition.path().display();
        tracing::error!(%path, "the database takes nothing any more: {fault}");
        // If only the log is gone, this writes all acknowledged commits into the database.
        let _ = self
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }

    fn report_long_log(&mut self, bytes: u64) {
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

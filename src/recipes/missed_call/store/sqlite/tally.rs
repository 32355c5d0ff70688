//! How many commits there were, counted in the database and once more in the lock file: so that the next start knows
//! whether the last run ended in good order, and whether all that was on the disk is still there.
//!
//! The lock file is written after each commit and never flushed, so it may be behind after a power cut and is never
//! ahead. If it says more than the database, what the database had taken is gone: somebody has removed its log
//! (`-wal`), or put an older copy in its place.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};

use rusqlite::{Connection, OptionalExtension as _};

use super::error::Result;
use crate::sqlite::Refusal;

/// One row, beside the versions of the schema: releases that do not know it leave it as it is.
const TABLE: &str = "
CREATE TABLE IF NOT EXISTS store_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Of this database, by chance.
    name TEXT NOT NULL,
    -- How many times this store has written.
    commits INTEGER NOT NULL,
    -- What was written to see whether there is room.
    room BLOB
);
INSERT INTO store_state (id, name, commits) SELECT 1, lower(hex(randomblob(16))), 0
    WHERE NOT EXISTS (SELECT 1 FROM store_state);
";

/// More than a commit takes, even one of many that were written together.
const ROOM_BYTES: i64 = 1024 * 1024;

/// How the last run on a database ended, as far as is known when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LastRun {
    /// Nothing is known: the database is new, was moved here, or an older release had it last.
    Unknown,
    /// In good order.
    Closed,
    /// The process died. Nothing that was acknowledged is lost.
    Died,
    /// So many commits that were on the disk are gone: the log (`-wal`) was removed, or the database is an older copy.
    /// What had been done since may be done a second time.
    Lost {
        /// How many.
        commits: u64,
    },
    /// Another database was open here last.
    OtherDatabase,
}

/// Counts commits.
#[derive(Debug)]
pub(super) struct Tally {
    file: File,
    name: String,
    commits: u64,
}

impl Tally {
    /// Goes on counting, and tells how the last run ended. The tables of the store are there already.
    pub(super) fn open(connection: &Connection, file: File) -> Result<(Self, LastRun)> {
        let (name, commits) = read(connection)?;
        let mut tally = Self {
            file,
            name,
            commits,
        };
        let last = tally.last_run();
        tally.note("open")?;
        Ok((tally, last))
    }

    fn last_run(&mut self) -> LastRun {
        let mut line = String::new();
        if self.file.rewind().is_err() || self.file.read_to_string(&mut line).is_err() {
            return LastRun::Unknown;
        }
        let mut words = line.split_whitespace();
        let (Some(name), Some(commits), Some(how)) = (words.next(), words.next(), words.next())
        else {
            return LastRun::Unknown;
        };
        let known: u64 = commits.parse().unwrap_or(0);
        match known.checked_sub(self.commits) {
            _ if name != self.name => LastRun::OtherDatabase,
            Some(commits @ 1..) => LastRun::Lost { commits },
            _ if how == "closed" => LastRun::Closed,
            _ => LastRun::Died,
        }
    }

    /// Counts the commit that `connection` is about to make. It counts once [`is_written`](Self::is_written) says so.
    pub(super) fn count(&mut self, connection: &Connection) -> rusqlite::Result<u64> {
        connection
            .prepare_cached("UPDATE store_state SET commits = commits + 1 RETURNING commits")?
            .query_row([], |row| row.get::<_, i64>(0))
            .map(i64::cast_unsigned)
    }

    /// The commit of this count is on the disk.
    pub(super) fn is_written(&mut self, commits: u64) {
        self.commits = commits;
        // Then the next start knows less, and nothing else.
        let _ = self.note("open");
    }

    /// The database is closed in good order.
    pub(super) fn close(mut self) {
        let _ = self.note("closed");
    }

    /// Always of one length, so that no part of an older line stays.
    fn note(&mut self, how: &str) -> io::Result<()> {
        let line = format!("{:32} {:020} {how:6}\n", self.name, self.commits);
        self.file.rewind()?;
        self.file.write_all(line.as_bytes())
    }
}

/// Makes the table if it is not there.
pub(super) fn prepare(connection: &Connection) -> Result<()> {
    Ok(connection.execute_batch(TABLE)?)
}

fn read(connection: &Connection) -> Result<(String, u64)> {
    let row = connection
        .query_row("SELECT name, commits FROM store_state", [], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
        })
        .optional()?;
    row.ok_or_else(|| Refusal::boxed("has an empty table store_state; restore the last backup"))
}

/// Writes something that means nothing, to see whether it can be written: a row, or as much as many commits need.
pub(super) fn beat(connection: &Connection, much: bool) -> Result<()> {
    let room = much.then_some(ROOM_BYTES);
    connection
        .prepare_cached(
            "UPDATE store_state SET room = CASE WHEN ?1 IS NULL THEN NULL ELSE zeroblob(?1) END",
        )?
        .execute([room])?;
    Ok(())
}

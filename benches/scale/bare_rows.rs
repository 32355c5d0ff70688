//! The baseline of what is accepted durably: SQLite itself, without this crate, writes one row for each call.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::scale::callers;

/// The bytes of a missed call in a store, its delivery and its ledger included.
const BYTES: usize = 4200;

/// The time in which `calls` rows are on the disk, written in transactions of `together` rows each.
pub(crate) fn written(file: &Path, calls: u64, together: u64) -> Duration {
    let connection = Connection::open(file).expect("a database");
    let set = |name, value| connection.pragma_update(None, name, value);
    set("journal_mode", "WAL").expect("a log");
    set("synchronous", "FULL").expect("a durable database");
    let table = "CREATE TABLE call (name TEXT PRIMARY KEY, bytes BLOB NOT NULL)";
    connection.execute_batch(table).expect("a table");
    let row = vec![b'x'; BYTES];
    let begun = Instant::now();
    for first in (0..calls).step_by(together as usize) {
        connection.execute_batch("BEGIN IMMEDIATE").expect("begun");
        let mut insert = connection
            .prepare_cached("INSERT INTO call (name, bytes) VALUES (?1, ?2)")
            .expect("a statement");
        for number in first..calls.min(first + together) {
            let values = params![callers::name(1, number), row];
            insert.execute(values).expect("a row");
        }
        connection.execute_batch("COMMIT").expect("on the disk");
    }
    begun.elapsed()
}

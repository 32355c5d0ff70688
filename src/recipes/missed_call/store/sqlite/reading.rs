//! The ledger of a file that a service may have open: read beside it, without its lock and without a write.

use std::path::Path;
use std::sync::Arc;

use super::condition::{self, Condition};
use super::error::Result;
use super::worker::Worker;
use super::{ledger, schema};
use crate::recipes::missed_call::store::{LedgerQuery, LedgerRow, StoreError};
use crate::sqlite;

/// Reads the ledger of a [`SqliteStore`](super::SqliteStore)'s file, for reports. The service may have the file open
/// meanwhile, in this process or in another one: nothing is locked or changed.
///
/// Read in pages: while a page is read, the service cannot empty its log, which may hold what was erased.
///
/// ```no_run
/// use gohighlevel::recipes::missed_call::store::{LedgerQuery, SqliteLedger};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let ledger = SqliteLedger::open("recovery.db")?;
/// let mut page = LedgerQuery::default();
/// page.limit = Some(5_000);
/// let rows = ledger.ledger_rows(&page).await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct SqliteLedger {
    reader: Worker,
}

impl SqliteLedger {
    /// Opens the file at `path` for reading.
    ///
    /// Fails if there is none, if it is not a database of this crate, or if its schema is not that of this release; a
    /// service of this release that opens it once brings it there. The message names the file and says what to do. The user
    /// needs the right to write into the folder while no service has the file open, because SQLite makes two files beside it.
    pub fn open(path: impl AsRef<Path>) -> std::result::Result<Self, StoreError> {
        let path = path.as_ref();
        open(path).map_err(|failure| {
            condition::store_error("open the database for reading", path, failure)
        })
    }

    /// The entries that match, in the order of their sequence, as
    /// [`Store::ledger_rows`](crate::recipes::missed_call::store::Store::ledger_rows) returns them.
    pub async fn ledger_rows(
        &self,
        query: &LedgerQuery,
    ) -> std::result::Result<Vec<LedgerRow>, StoreError> {
        let query = query.clone();
        self.reader
            .run("read the ledger", move |connection| {
                ledger::read(connection, &query)
            })
            .await
    }
}

fn open(path: &Path) -> Result<SqliteLedger> {
    let real = sqlite::real_path(path)?;
    let connection = schema::open_beside(&real)?;
    let condition = Arc::new(Condition::of(path));
    let reader = Worker::reading("gohighlevel-report", connection, &condition)?;
    Ok(SqliteLedger { reader })
}

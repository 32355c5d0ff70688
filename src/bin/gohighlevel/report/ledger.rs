//! The ledger, wherever it is.

use std::path::PathBuf;

use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, LedgerRow, SqliteLedger};
#[cfg(feature = "postgres")]
use gohighlevel::recipes::missed_call::store::{PostgresStore, Store as _};

/// How many entries are read at once.
const PAGE: usize = 5_000;

pub(super) enum Ledger {
    Sqlite(SqliteLedger),
    #[cfg(feature = "postgres")]
    Postgres(Box<PostgresStore>),
}

impl Ledger {
    pub(super) fn in_file(path: PathBuf) -> Result<Self, String> {
        SqliteLedger::open(path)
            .map(Self::Sqlite)
            .map_err(with_causes)
    }

    #[cfg(feature = "postgres")]
    pub(super) async fn in_postgres() -> Result<Self, String> {
        use gohighlevel::postgres::Database;

        let url = std::env::var("DATABASE_URL")
            .map_err(|error| format!("DATABASE_URL: {error}; set it to the database's address"))?;
        let database = Database::builder(&url).only_reads().connections(1);
        let database = database.open().await.map_err(with_causes)?;
        Ok(Self::Postgres(Box::new(PostgresStore::new(database))))
    }

    async fn rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, String> {
        match self {
            Self::Sqlite(ledger) => ledger.ledger_rows(query).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.ledger_rows(query).await,
        }
        .map_err(with_causes)
    }

    /// Hands over the entries that match, a page at a time.
    pub(super) async fn pages(
        &self,
        mut query: LedgerQuery,
        mut each: impl FnMut(Vec<Entry>),
    ) -> Result<(), String> {
        query.limit = Some(PAGE);
        // Who begins with a sequence is spared entries that come before others which are not committed yet.
        query.after = Some(0);
        loop {
            let rows = self.rows(&query).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            query.after = Some(last.sequence);
            each(rows.into_iter().map(|row| row.entry).collect());
        }
    }
}

/// An error with what caused it.
pub(super) fn with_causes(error: impl std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

//! A report on a ledger of any length, made while the ledger is read.

use std::fmt;

use super::projection::{Projection, Report};
use super::row::Row;
use super::settings::Settings;
use crate::recipes::missed_call::core::ledger::Entry;

/// A report that is made while its entries are read, in little memory: of a long ledger it holds the rows that can still
/// change, and those of callers who booked.
///
/// Give it the entries of a ledger in their order, and take the rows that are ready now and then. The rows are those of
/// [`Report::of`]. Name the recipes in the settings: a row that is ready cannot learn any more from a later episode which of
/// its steps was a text.
///
/// ```
/// use gohighlevel::recipes::missed_call::report::{ReportStream, Row, Settings};
/// use gohighlevel::recipes::missed_call::store::{LedgerQuery, Store, StoreError};
///
/// /// Hands each row of a ledger of any length to `each`.
/// async fn rows(store: &dyn Store, settings: &Settings, mut each: impl FnMut(Row)) -> Result<(), StoreError> {
///     let mut stream = ReportStream::new(settings);
///     let mut page = LedgerQuery::default();
///     page.limit = Some(2_000);
///     loop {
///         let entries = store.ledger_rows(&page).await?;
///         let Some(last) = entries.last() else { break };
///         page.after = Some(last.sequence);
///         for row in &entries {
///             stream.take(&row.entry);
///         }
///         stream.ready().into_iter().for_each(&mut each);
///     }
///     stream.finish().rows.into_iter().for_each(&mut each);
///     Ok(())
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let store = gohighlevel::recipes::missed_call::store::MemoryStore::new();
/// # rows(&store, &Settings::new(jiff::tz::TimeZone::UTC), |_| unreachable!()).await.unwrap();
/// # }
/// ```
pub struct ReportStream {
    projection: Projection,
    settings: Settings,
}

impl ReportStream {
    /// A report without entries.
    pub fn new(settings: &Settings) -> Self {
        Self {
            projection: Projection::new(settings),
            settings: settings.clone(),
        }
    }

    /// Takes the next entry of the ledger.
    pub fn take(&mut self, entry: &Entry) {
        self.projection.take(entry);
    }

    /// The rows that no later entry can change. Each is returned once.
    pub fn ready(&mut self) -> Vec<Row> {
        self.projection.ready(&self.settings)
    }

    /// The rows that were not ready before, and all calls that could not be classified.
    pub fn finish(self) -> Report {
        self.projection.finish(&self.settings)
    }
}

impl fmt::Debug for ReportStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportStream")
            .field("entries", &self.projection.entries)
            .field("rows", &self.projection.drafts.len())
            .finish_non_exhaustive()
    }
}

//! The ledger as it grows: a stream of its entries, also of those that other processes write.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{Stream, unfold};
use tokio::sync::watch::Receiver;

use super::base::Base;
use crate::recipes::missed_call::store::{LedgerQuery, LedgerRow, StoreError};

/// How often to look for entries of other processes.
const LOOK: Duration = Duration::from_secs(5);
/// The pause after an error of the store.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How many entries are read at once.
const AT_ONCE: usize = 256;

/// Where a watcher stands.
struct Watch {
    base: Arc<Base>,
    written: Receiver<()>,
    after: u64,
    read: VecDeque<LedgerRow>,
    /// The store failed when it was last asked.
    has_failed: bool,
}

impl Base {
    /// All entries of the ledger with a higher sequence, then those that are written.
    pub(super) fn watch(
        self: &Arc<Self>,
        after: u64,
    ) -> impl Stream<Item = Result<LedgerRow, StoreError>> + Send + use<> {
        let watch = Watch {
            written: self.feed.written(),
            base: Arc::clone(self),
            after,
            read: VecDeque::new(),
            has_failed: false,
        };
        unfold(watch, |mut watch| async move {
            let next = watch.next().await;
            Some((next, watch))
        })
    }
}

impl Watch {
    async fn next(&mut self) -> Result<LedgerRow, StoreError> {
        loop {
            if let Some(row) = self.read.pop_front() {
                self.after = row.sequence;
                return Ok(row);
            }
            if std::mem::take(&mut self.has_failed) {
                self.base.clock.sleep(AFTER_FAILURE).await;
            }
            // Before the store is asked, so that what is written meanwhile is not overlooked.
            self.written.borrow_and_update();
            let query = LedgerQuery {
                after: Some(self.after),
                limit: Some(AT_ONCE),
                ..LedgerQuery::default()
            };
            match self.base.store.ledger_rows(&query).await {
                Ok(rows) => self.read = rows.into(),
                Err(error) => {
                    self.has_failed = true;
                    return Err(error);
                }
            }
            if self.read.is_empty() {
                let base = &self.base;
                tokio::select! {
                    biased;
                    // The sender lives as long as `base`.
                    _ = self.written.changed() => {}
                    () = base.clock.sleep(LOOK) => {}
                }
            }
        }
    }
}

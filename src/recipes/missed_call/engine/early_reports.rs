//! What was reported of people in the last minutes, by this process and by others: webhooks come in any order, and an
//! answer to a call may be reported before the call itself, at the same moment, or to another process.
//!
//! This process keeps it in memory. A store that several processes share keeps it too.

use std::sync::Arc;

use super::reorder_buffer::ReorderBuffer;
use crate::clock::Clock;
use crate::ids::{ContactId, LocationId};
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::core::signal::Occurrence;
use crate::recipes::missed_call::store::{EarlyReport, Store, StoreError};

/// The last occurrences of each person.
pub(super) struct EarlyReports {
    own: ReorderBuffer,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl EarlyReports {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            own: ReorderBuffer::default(),
            store,
            clock,
        }
    }

    /// Keeps an occurrence, without the words of a message, if it can answer a call.
    pub(super) async fn keep(&self, occurrence: &Occurrence) -> Result<(), StoreError> {
        let Some((person, _)) = occurrence.signal.to_input() else {
            return Ok(());
        };
        let occurrence = occurrence.without_words();
        let report = serde_json::to_string(&occurrence)
            .map_err(|error| StoreError::new("write an early report", error))?;
        let report = EarlyReport {
            location: person.location.clone(),
            subject: Subject::contact(&person.contact),
            name: occurrence.name.clone(),
            received_at: occurrence.received_at,
            report: report.into(),
        };
        self.own.keep(&person, occurrence, self.clock.elapsed());
        self.store.keep_early(&report).await
    }

    /// The occurrences of this contact, in the order of their arrival.
    pub(super) async fn of(
        &self,
        location: &LocationId,
        contact: &ContactId,
    ) -> Result<Vec<Occurrence>, StoreError> {
        let subject = Subject::contact(contact);
        let shared = self.store.early_reports(location, &subject).await?;
        let mut all = self.own.of(location, contact);
        let own = all.len();
        for report in shared {
            if all.iter().any(|known| known.name == report.name) {
                continue;
            }
            match serde_json::from_str(report.report.as_str()) {
                Ok(occurrence) => all.push(occurrence),
                // A newer release reports what this one does not know. Serde's message would quote the row.
                Err(_) => tracing::warn!(
                    %location,
                    "an early report of a newer release cannot be read; finish the update of all processes"
                ),
            }
        }
        if all.len() > own {
            all.sort_by_key(|occurrence| occurrence.received_at);
        }
        Ok(all)
    }

    /// Forgets a contact here. The store forgets an erased person with everything else.
    pub(super) fn forget(&self, location: &LocationId, contact: &ContactId) {
        self.own.forget(location, contact);
    }
}

//! What was reported of people in the last minutes: webhooks come in any order, and an answer to a call may be reported
//! before the call itself, at the same moment, to another process, or to one that has ended since. The store keeps it.

use std::sync::Arc;

use crate::ids::{ContactId, LocationId};
use crate::recipes::missed_call::core::model::{PersonKey, Subject};
use crate::recipes::missed_call::core::signal::Occurrence;
use crate::recipes::missed_call::store::{EarlyReport, Store, StoreError, Stored};

/// The last occurrences of each person.
pub(super) struct EarlyReports {
    store: Arc<dyn Store>,
}

impl EarlyReports {
    pub(super) fn in_store(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Keeps an occurrence, without the words of a message, if it can answer a call.
    pub(super) async fn keep(&self, occurrence: &Occurrence) -> Result<(), StoreError> {
        let Some((person, _)) = occurrence.signal.to_input() else {
            return Ok(());
        };
        let report = serde_json::to_string(&occurrence.without_words())
            .map_err(|error| StoreError::new("write an early report", error))?;
        let report = EarlyReport {
            location: person.location,
            subject: Subject::contact(&person.contact),
            name: occurrence.name.clone(),
            received_at: occurrence.received_at,
            report: report.into(),
        };
        self.store.keep_early(&report).await
    }

    /// The occurrences of this contact, in the order of their arrival.
    pub(super) async fn of(
        &self,
        location: &LocationId,
        contact: &ContactId,
    ) -> Result<Vec<Occurrence>, StoreError> {
        let subject = Subject::contact(contact);
        let reports = self.store.early_reports(location, &subject).await?;
        Ok(reports.iter().filter_map(read).collect())
    }

    /// The last episode of a caller, and the occurrences of their contact in the order of their arrival.
    pub(super) async fn before_call(
        &self,
        person: &PersonKey,
    ) -> Result<(Option<Stored>, Vec<Occurrence>), StoreError> {
        let (latest, reports) = self.store.before_call(person).await?;
        Ok((latest, reports.iter().filter_map(read).collect()))
    }
}

/// The occurrence; `None` if this release cannot read it.
fn read(report: &EarlyReport) -> Option<Occurrence> {
    let read = serde_json::from_str(report.report.as_str());
    if read.is_err() {
        // Serde's message would quote the row.
        tracing::warn!(
            location = %report.location,
            "an early report cannot be read, because a newer release has written it; finish the update of all processes"
        );
    }
    read.ok()
}

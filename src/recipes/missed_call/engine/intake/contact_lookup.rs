//! Finds the contact of an event that does not name it: by conversation, appointment, task or phone number of an episode.

use super::Intake;
use crate::recipes::missed_call::core::signal::{Clue, EventReport};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::StoreError;

impl Intake {
    /// Adds the contact if the event does not name it and the store knows it; otherwise returns the event unchanged.
    pub(super) async fn with_contact<'e>(
        &self,
        site: &LocationEntry,
        report: EventReport<'e>,
    ) -> Result<EventReport<'e>, StoreError> {
        let (store, location) = (&self.base.store, site.location.id());
        for clue in report.clues() {
            let found = match &clue {
                Clue::Reference(reference) => {
                    store.episode_by_reference(location, reference).await?
                }
                Clue::Number(number) => store.episode_by_number(location, number).await?,
            };
            if let Some(found) = found {
                return Ok(report.with_contact(found.state.contact().clone()));
            }
        }
        Ok(report)
    }
}

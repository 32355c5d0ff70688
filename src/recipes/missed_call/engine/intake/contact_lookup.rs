//! Events that do not name their contact: the contact is that of the episode that one of their ids finds.

use super::Intake;
use crate::recipes::missed_call::core::signal::{Clue, EventReport};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::StoreError;

impl Intake {
    /// The event with its contact, where it does not name one and the store knows whose it is.
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

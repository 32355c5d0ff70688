//! What the team reads of a call beside what the episode knows: a name, the local time, the text that was sent.

use super::error::{FactsError, of_contact};
use crate::recipes::missed_call::core::episode::{Episode, TeamFacts};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Intent;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::engine::worker::Worker;
use crate::recipes::missed_call::store::{LedgerQuery, StoreError};
use crate::secret::Private;

impl Worker {
    pub(super) async fn team_facts(
        &self,
        site: &LocationEntry,
        episode: &Episode,
    ) -> Result<TeamFacts, FactsError> {
        let location = site.location.in_background();
        let contact = location.contacts().get(episode.state().contact()).await;
        let contact = contact.map_err(of_contact)?;
        let sent_text = self.sent_text(episode).await.map_err(FactsError::Store)?;
        Ok(TeamFacts {
            contact_name: contact.name.or(contact.first_name),
            zone: location.details().await?.timezone,
            sent_text,
            caller: self.caller_facts(site, episode).await?,
        })
    }

    /// The last text of the episode that HighLevel accepted.
    async fn sent_text(&self, episode: &Episode) -> Result<Option<Private<String>>, StoreError> {
        let query = LedgerQuery::of_episode(episode.state().id().clone());
        let entries = self.base.store.ledger(&query).await?;
        let mut sent = None;
        let mut attempted = None;
        for entry in entries {
            match entry.kind {
                EntryKind::Attempted {
                    effect,
                    intent: Intent::Text { body, .. },
                    ..
                } => {
                    attempted = Some((effect.step, body));
                }
                EntryKind::Done { step, .. } => {
                    if let Some((of, body)) = attempted.take_if(|(of, _)| *of == step) {
                        drop(of);
                        sent = Some(body);
                    }
                }
                _ => {}
            }
        }
        Ok(sent)
    }
}

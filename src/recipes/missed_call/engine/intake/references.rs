//! Events that do not say of whom they are: the contact is that of an episode which has met one of the ids that they do
//! say.

use std::borrow::Cow;

use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Trigger;
use crate::recipes::missed_call::core::model::{Reference, ReferenceChange};
use crate::recipes::missed_call::core::recipe::StepAction;
use crate::recipes::missed_call::core::signal;
use crate::recipes::missed_call::core::signal::Clue;
use crate::recipes::missed_call::engine::{Engine, LocationEntry};
use crate::recipes::missed_call::store::StoreError;
use crate::webhooks::Delivery;

impl Engine {
    /// The delivery with its contact, where it does not tell one and the store knows whose it is.
    pub(crate) async fn with_contact<'d>(
        &self,
        site: &LocationEntry,
        delivery: &'d Delivery,
    ) -> Result<Cow<'d, Delivery>, StoreError> {
        let (store, location) = (&self.shared.store, site.location.id());
        for clue in signal::clues(&delivery.event) {
            let found = match &clue {
                Clue::Reference(reference) => {
                    store.episode_by_reference(location, reference).await?
                }
                Clue::Number(number) => store.episode_by_number(location, number).await?,
            };
            if let Some(found) = found {
                let mut delivery = delivery.clone();
                signal::set_contact(&mut delivery.event, found.state.contact());
                return Ok(Cow::Owned(delivery));
            }
        }
        Ok(Cow::Borrowed(delivery))
    }
}

/// What the episode is found by after this entry.
pub(crate) fn met(episode: &Episode, entry: &EntryKind) -> Option<ReferenceChange> {
    let state = episode.state();
    let reference = match entry {
        EntryKind::CallMissed { .. } => Reference::Conversation(state.conversation.clone()?),
        EntryKind::Done {
            step,
            reference: Some(id),
            ..
        } if matches!(episode.recipe().step(step)?.action, StepAction::Task(_)) => {
            Reference::Task(id.clone())
        }
        EntryKind::Happened {
            what: Trigger::Booked,
            reference,
        } => Reference::Appointment(reference.clone()),
        _ => return None,
    };
    Some(ReferenceChange {
        location: state.location().clone(),
        reference,
        episode: Some(state.id().clone()),
    })
}

/// All that an episode with these entries is found by, to be forgotten.
pub(crate) fn forgotten<'e>(
    episode: &Episode,
    entries: impl IntoIterator<Item = &'e EntryKind>,
) -> Vec<ReferenceChange> {
    let met = entries.into_iter().filter_map(|entry| met(episode, entry));
    met.map(|change| ReferenceChange {
        episode: None,
        ..change
    })
    .collect()
}

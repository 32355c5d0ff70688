//! The ids by which an event finds an episode when it does not name the contact.

use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Reference, ReferenceChange, Trigger};
use crate::recipes::missed_call::core::recipe::StepAction;

/// The id by which the episode is found after this entry, if the entry brings one.
pub(super) fn found_by(episode: &Episode, entry: &EntryKind) -> Option<ReferenceChange> {
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

/// All ids by which an episode with these entries is found, to be forgotten.
pub(super) fn forgotten<'e>(
    episode: &Episode,
    entries: impl IntoIterator<Item = &'e EntryKind>,
) -> Vec<ReferenceChange> {
    let known = entries
        .into_iter()
        .filter_map(|entry| found_by(episode, entry));
    known
        .map(|change| ReferenceChange {
            episode: None,
            ..change
        })
        .collect()
}

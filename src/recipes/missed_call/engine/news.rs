//! What a commit is to tell once it is durable.

use super::locations::Locations;
use super::observer::ObservedEntry;
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::{EpisodeId, StepName};
use crate::recipes::missed_call::store::Commit;

/// Taken from a commit before it is handed to the store.
pub(super) struct News {
    /// All entries, or the ends alone if nobody observes.
    pub(super) entries: Vec<ObservedEntry>,
    pub(super) erased: Vec<EpisodeId>,
}

impl News {
    pub(super) fn of(commit: &Commit, locations: &Locations, is_observed: bool) -> Self {
        let entries = commit.entries.iter();
        let entries = entries.filter(|entry| is_observed || is_end(&entry.kind));
        let rewritten = commit.rewritten.iter();
        Self {
            entries: entries
                .map(|entry| ObservedEntry {
                    action: step_of(&entry.kind)
                        .filter(|_| is_observed)
                        .and_then(|step| action(commit, entry, step, locations)),
                    entry: entry.clone(),
                })
                .collect(),
            erased: rewritten.map(|entries| entries.episode.clone()).collect(),
        }
    }
}

/// Whether the entry is an end that is logged.
fn is_end(kind: &EntryKind) -> bool {
    matches!(
        kind,
        EntryKind::Done { .. }
            | EntryKind::NotDone { .. }
            | EntryKind::Would { .. }
            | EntryKind::Ended { .. }
            | EntryKind::Closed { .. }
    )
}

/// The step that ends with this entry.
fn step_of(kind: &EntryKind) -> Option<&StepName> {
    match kind {
        EntryKind::Done { step, .. } | EntryKind::NotDone { step, .. } => Some(step),
        EntryKind::Would { effect, .. } => Some(&effect.step),
        _ => None,
    }
}

/// What the step does, by the recipe of the entry's episode, which was decided with and so is in memory.
fn action(
    commit: &Commit,
    entry: &Entry,
    step: &StepName,
    locations: &Locations,
) -> Option<&'static str> {
    let mut states = commit.episodes.iter().map(|change| &change.state);
    let state = states.find(|state| Some(state.id()) == entry.episode.as_ref())?;
    let recipe = locations.recipe_in_memory(state.location(), state.recipe())?;
    Some(recipe.step(step)?.action.word())
}

//! Parts of a commit that several inputs share: the outputs of an episode, entries without one, suppressions.

use jiff::Timestamp;

use super::daily_counts::{counted, day_of};
use super::found_by::found_by;
use super::receipts::add_receipt;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::compliance::SendCounts;
use crate::recipes::missed_call::core::episode::{Episode, Output};
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::{Reason, Subject};
use crate::recipes::missed_call::core::signal::Person;
use crate::recipes::missed_call::store::{
    Commit, DailyCounts, EffectChange, EpisodeChange, SuppressionChange,
};

/// Adds the outputs of `episode`, and its state, to the commit.
pub(super) fn add_outputs(
    commit: &mut Commit,
    episode: &Episode,
    read_at_revision: Option<u64>,
    outputs: Vec<Output>,
    now: Timestamp,
) {
    let mut more = SendCounts::default();
    for output in outputs {
        match output {
            Output::Perform { effect, due, lane } => {
                commit
                    .effects
                    .push(EffectChange::Plan { effect, due, lane })
            }
            Output::Record(kind) => {
                commit.references.extend(found_by(episode, &kind));
                add_receipt(commit, episode, &kind, now);
                more = more.plus(counted(&kind, episode.recipe()));
                commit.entries.push(Entry {
                    episode: Some(episode.state().id().clone()),
                    ..entry_without_episode(episode.state().location(), kind, now)
                });
            }
        }
    }
    if more != SendCounts::default() {
        commit.counts.push(DailyCounts {
            location: episode.state().location().clone(),
            day: day_of(now),
            more,
        });
    }
    commit.episodes.push(EpisodeChange {
        state: episode.state().clone(),
        read_at_revision,
        wake_at: episode.next_wakeup(),
    });
}

/// An entry of a location that belongs to no episode.
pub(super) fn entry_without_episode(
    location: &LocationId,
    kind: EntryKind,
    now: Timestamp,
) -> Entry {
    Entry {
        at: now,
        location: location.clone(),
        episode: None,
        kind,
    }
}

/// Everything that a person is known by, with their episode's number.
pub(super) fn subjects(person: &Person, episode: Option<&Episode>) -> Vec<Subject> {
    let called = episode.and_then(|episode| episode.state().caller());
    Subject::all(&person.contact, person.number.iter().chain(called))
}

/// Adds a person to the suppression list, or lifts that.
pub(super) fn suppressions(
    person: &Person,
    subjects: Vec<Subject>,
    reason: &Reason,
    suppressed: bool,
) -> Vec<SuppressionChange> {
    let change = |subject| SuppressionChange {
        location: person.location.clone(),
        subject,
        reason: reason.clone(),
        suppressed,
        at: person.at,
    };
    subjects.into_iter().map(change).collect()
}

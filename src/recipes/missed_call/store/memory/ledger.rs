//! The ledger of a [`MemoryStore`](super::MemoryStore).

use std::collections::HashSet;

use jiff::Timestamp;

use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{LedgerQuery, LedgerRow, RedactedEntries};

#[derive(Debug, Default)]
pub(super) struct Ledger {
    rows: Vec<LedgerRow>,
    /// The sequence of the last entry; 0 before the first.
    last: u64,
}

impl Ledger {
    pub(super) fn append(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.last += 1;
            self.rows.push(LedgerRow {
                sequence: self.last,
                entry,
            });
        }
    }

    /// The entries of the episode.
    pub(super) fn of(&self, episode: &EpisodeId) -> impl Iterator<Item = &Entry> {
        let entries = self.rows.iter().map(|row| &row.entry);
        entries.filter(move |entry| entry.episode.as_ref() == Some(episode))
    }

    /// Removes rows and returns their number. The last sequence is not given again.
    pub(super) fn remove(&mut self, is_removed: impl Fn(&LedgerRow) -> bool) -> u64 {
        let known = self.rows.len();
        self.rows.retain(|row| !is_removed(row));
        (known - self.rows.len()) as u64
    }

    /// Replaces the entries of the episode.
    pub(super) fn rewrite(&mut self, rewritten: RedactedEntries) {
        let of_episode = self
            .rows
            .iter_mut()
            .filter(|row| row.entry.episode.as_ref() == Some(&rewritten.episode));
        for (row, entry) in of_episode.zip(rewritten.entries) {
            row.entry = entry;
        }
    }

    pub(super) fn find(&self, query: &LedgerQuery) -> Vec<LedgerRow> {
        let older = query
            .episodes_since
            .map(|since| self.with_entries_before(since));
        let is_new_enough = |entry: &Entry| match (&older, &entry.episode) {
            (None, _) => true,
            (Some(older), Some(episode)) => !older.contains(episode),
            (Some(_), None) => false,
        };
        let found = self.rows.iter().filter(|row| {
            query.after.is_none_or(|after| row.sequence > after)
                && query.matches(&row.entry)
                && is_new_enough(&row.entry)
        });
        found
            .take(query.limit.unwrap_or(usize::MAX))
            .cloned()
            .collect()
    }

    fn with_entries_before(&self, time: Timestamp) -> HashSet<&EpisodeId> {
        let before = self.rows.iter().filter(|row| row.entry.at < time);
        before
            .filter_map(|row| row.entry.episode.as_ref())
            .collect()
    }
}

//! Deletes what is over from a [`MemoryStore`](super::MemoryStore).

use std::collections::BTreeSet;

use super::tables::Tables;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{LedgerQuery, PruneBatch, Pruned};

impl Tables {
    pub(super) fn prune(&mut self, batch: &PruneBatch) -> Pruned {
        let query = LedgerQuery {
            after: Some(batch.after),
            limit: Some(batch.limit),
            ..LedgerQuery::default()
        };
        let rows = self.ledger.find(&query);
        let mut pruned = Pruned {
            next: batch.next(&rows),
            ..Pruned::default()
        };
        for row in &rows {
            if row.entry.episode.is_none() && batch.may_delete([&row.entry]) {
                pruned.entries += self.ledger.remove(|other| other.sequence == row.sequence);
            }
        }
        let episodes: BTreeSet<&EpisodeId> = rows
            .iter()
            .filter_map(|row| row.entry.episode.as_ref())
            .collect();
        for id in episodes {
            if self.is_over(id) && batch.may_delete(self.ledger.of(id)) {
                pruned.episodes += 1;
                pruned.entries += self
                    .ledger
                    .remove(|row| row.entry.episode.as_ref() == Some(id));
                self.forget_episode(id);
            }
        }
        if let Some(before) = batch.suppressions_before {
            let known = self.suppressions.len();
            self.suppressions.retain(|_, since| *since >= before);
            pruned.suppressions = (known - self.suppressions.len()) as u64;
        }
        if let Some(before) = batch.consents_before {
            let known = self.consents.len();
            self.consents
                .retain(|_, consent| consent.given_at >= before);
            pruned.consents = (known - self.consents.len()) as u64;
        }
        pruned
    }

    /// Whether the episode is closed and none of its effects is still to end.
    fn is_over(&self, id: &EpisodeId) -> bool {
        let row = self.episodes.get(id);
        let is_closed = row.is_none_or(|row| !row.stored.state.is_open());
        let mut effects = self.effects.iter();
        is_closed && !effects.any(|(effect, row)| effect.episode == *id && row.due.is_some())
    }

    fn forget_episode(&mut self, id: &EpisodeId) {
        self.episodes.remove(id);
        self.effects.retain(|effect, _| effect.episode != *id);
        self.references.retain(|_, episode| episode != id);
        for texts in self.texts.values_mut() {
            texts.retain(|effect, _| effect.episode != *id);
        }
    }
}

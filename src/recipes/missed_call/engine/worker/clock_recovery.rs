//! What a clock that was ahead has put off does not wait for it: due times, claims and waits that it made are made anew
//! once the clock is right.
//!
//! It is looked for when work begins and when the time has jumped. Entries of the ledger that lie ahead tell that a clock
//! was, and in which episodes.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::backoff::LONGEST_PAUSE;
use super::run::LEASE;
use crate::client::TOLERATED;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::engine::{Engine, Loaded, add_to};
use crate::recipes::missed_call::store::{
    Commit, CommitOutcome, EffectChange, Fence, LedgerQuery, PutOff, StoreError,
};

/// How many effects are recalled in one step.
const AT_ONCE: usize = 256;

impl Engine {
    /// Makes due what a clock has put off that was ahead of `now`.
    pub(crate) async fn recall(&self, now: Timestamp) -> Result<(), StoreError> {
        let query = LedgerQuery {
            since: Some(after(now, TOLERATED)),
            ..LedgerQuery::default()
        };
        let ahead = self.shared.store.ledger(&query).await?;
        let was_ahead = !ahead.is_empty();
        let put_off = self.shared.store.put_off(after(now, TOLERATED)).await?;
        let recalled: Vec<EffectChange> = put_off
            .into_iter()
            .filter_map(|put_off| {
                let due = due(&put_off, now, was_ahead);
                let fence = put_off.fence;
                due.map(|due| EffectChange::Recall { fence, due })
            })
            .collect();
        for effects in recalled.chunks(AT_ONCE) {
            let commit = Commit {
                effects: effects.to_vec(),
                ..Commit::default()
            };
            self.shared.store.commit(commit).await?;
        }
        let episodes: BTreeSet<EpisodeId> = ahead
            .into_iter()
            .filter_map(|entry| entry.episode)
            .collect();
        if was_ahead {
            tracing::warn!(
                effects = recalled.len(),
                episodes = episodes.len(),
                "a clock was ahead when the ledger was written; what it has put off is due now"
            );
        }
        for id in episodes {
            if let Err(error) = self.recall_steps(&id, now).await {
                // It keeps the others from nothing.
                tracing::error!(episode = %id, error = &error as &dyn std::error::Error, "the due times of an episode cannot be made anew");
            }
        }
        Ok(())
    }

    /// Makes due, each at its own time, what such a clock has planned.
    async fn recall_steps(&self, id: &EpisodeId, now: Timestamp) -> Result<(), StoreError> {
        let Some(Loaded {
            mut episode,
            revision,
        }) = self.episode(id).await?
        else {
            return Ok(());
        };
        let recall = |(effect, due)| EffectChange::Recall {
            fence: Fence { effect, attempt: 0 },
            due,
        };
        let planned = episode.clock_was_ahead(now);
        let mut commit = Commit {
            effects: planned.into_iter().map(recall).collect(),
            ..Commit::default()
        };
        add_to(&mut commit, &episode, Some(revision), Vec::new(), now);
        if self.shared.store.commit(commit).await? == CommitOutcome::Conflict {
            tracing::debug!(episode = %id, "somebody else has written the episode");
        }
        Ok(())
    }
}

/// When an effect is due that was put off beyond `now`; `None` if that is as it should be.
fn due(put_off: &PutOff, now: Timestamp, was_ahead: bool) -> Option<Timestamp> {
    if put_off.claimed {
        // Whoever holds it keeps it for as long as anybody may.
        return Some(after(now, LEASE));
    }
    let fails = put_off.progress.failures() > 0 || put_off.progress.under_way_since().is_some();
    // Others may wait for the morning. To ask about them early does no harm, but asks HighLevel.
    (fails || was_ahead).then(|| {
        if was_ahead {
            now
        } else {
            after(now, LONGEST_PAUSE)
        }
    })
}

fn after(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

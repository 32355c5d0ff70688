//! Recovery after a clock was ahead: due times, claims and deadlines that it wrote too far ahead are set again once
//! the time is right.
//!
//! This runs when work begins and after the time has jumped. Ledger entries dated in the future show that a clock was
//! ahead, and which episodes it wrote to.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::Worker;
use super::backoff::LONGEST_PAUSE;
use super::run::LEASE;
use crate::client::TOLERATED;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{
    Commit, EffectChange, Fence, LedgerQuery, PutOff, StoreError,
};

/// How far the time may jump ahead while effects are under way: their claims, which hold for 15 minutes from at most 7
/// minutes before an attempt begins, still hold then.
const SAFE_JUMP: SignedDuration = SignedDuration::from_mins(3);
/// How many effects are recalled in one step.
const AT_ONCE: usize = 256;

impl Worker {
    /// The time at which to claim effects and wake episodes. `None` while the time is not certain, and after a jump
    /// of more than [`SAFE_JUMP`] while effects are under way, because their claims would seem to have ended.
    pub(super) async fn time_to_work(&self, idle: bool) -> Result<Option<Timestamp>, StoreError> {
        let time = &self.base.time;
        if !time.is_sure() {
            return Ok(None);
        }
        let now = self.base.now();
        let jump = time.jump(now);
        if jump.is_some_and(|jump| jump > SAFE_JUMP) && !idle {
            return Ok(None);
        }
        if jump.is_none_or(|jump| jump.abs() > TOLERATED) {
            self.recall(now).await?;
        }
        time.works(now);
        Ok(Some(now))
    }

    /// Makes due what a clock has put off that was ahead of `now`.
    pub(super) async fn recall(&self, now: Timestamp) -> Result<(), StoreError> {
        let query = LedgerQuery {
            since: Some(after(now, TOLERATED)),
            ..LedgerQuery::default()
        };
        let ahead = self.base.store.ledger(&query).await?;
        let was_ahead = !ahead.is_empty();
        let put_off = self.base.store.put_off(after(now, TOLERATED)).await?;
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
            self.base.commit(StoreFailures::Return, commit).await?;
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
            if let Err(error) = self.recall_steps(&id).await {
                // The others are recalled all the same.
                tracing::error!(episode = %id, error = &error as &dyn std::error::Error, "the due times of an episode cannot be set again");
            }
        }
        Ok(())
    }

    /// Makes due, each at its own time, what such a clock has planned.
    async fn recall_steps(&self, id: &EpisodeId) -> Result<(), StoreError> {
        let recall = |(effect, due)| EffectChange::Recall {
            fence: Fence { effect, attempt: 0 },
            due,
        };
        let failures = StoreFailures::Return;
        let updated = self.base.update(id, failures, |episode, commit, now| {
            let planned = episode.clock_was_ahead(now);
            commit.effects = planned.into_iter().map(recall).collect();
            Some(Vec::new())
        });
        updated.await?.or_contested("recall steps").map(drop)
    }
}

/// When an effect is due that was put off beyond `now`; `None` if its due time need not change.
fn due(put_off: &PutOff, now: Timestamp, was_ahead: bool) -> Option<Timestamp> {
    if put_off.claimed {
        // The worker that holds it keeps it for the length of a claim.
        return Some(after(now, LEASE));
    }
    let fails = put_off.progress.failures() > 0 || put_off.progress.under_way_since().is_some();
    // Other effects may be deferred rightly, such as until quiet hours end. Trying early is harmless, but costs requests.
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

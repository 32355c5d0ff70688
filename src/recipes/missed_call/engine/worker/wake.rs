//! Episodes whose time has come.

use jiff::{SignedDuration, Timestamp};

use super::Worker;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{Scope, StoreError};

/// How many episodes are woken before looking for effects again: texts wait for that.
const WAKE_AT_ONCE: usize = 64;
/// How long an episode that cannot be woken is put off.
const NOT_WOKEN: SignedDuration = SignedDuration::from_mins(10);

impl Worker {
    /// Wakes what is due in these locations and returns how many that were. An episode that cannot be read is put off, so that it does not
    /// delay the others.
    pub(super) async fn wake(&self, now: Timestamp, scope: &Scope) -> Result<usize, StoreError> {
        let store = &self.base.store;
        let due = store.episodes_to_wake(now, WAKE_AT_ONCE, scope).await?;
        let woken = due.len();
        for id in due {
            if let Err(error) = self.wake_one(&id).await {
                tracing::error!(episode = %id, error = &error as &dyn std::error::Error, "an episode cannot be woken; it is tried again in ten minutes");
                let later = self
                    .base
                    .now()
                    .saturating_add(NOT_WOKEN)
                    .unwrap_or(Timestamp::MAX);
                store.reschedule_wakeup(&id, later).await?;
            }
        }
        Ok(woken)
    }

    async fn wake_one(&self, id: &EpisodeId) -> Result<(), StoreError> {
        let failures = StoreFailures::Return;
        let updated = self.base.update(id, failures, |episode, _, now| {
            Some(episode.handle(&Input::Wake, now))
        });
        updated.await?.or_contested("wake an episode").map(drop)
    }
}

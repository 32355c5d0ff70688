//! Locations that are paused by the operator, and the writing of any halt. Halts are in the store, so they hold after a
//! restart too, and are asked for before each effect.

use jiff::Timestamp;

use super::Admin;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Halt;
use crate::recipes::missed_call::engine::commit_parts::entry_without_episode;
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{Commit, HaltChange, Halted, StoreError};

impl Admin {
    /// Pauses a location.
    pub(in super::super) async fn pause(&self, location: &LocationId) -> Result<(), StoreError> {
        self.halt(location, Halt::Paused, true).await
    }

    /// Ends the pause of a location. Returns what still halts it.
    pub(in super::super) async fn resume(
        &self,
        location: &LocationId,
    ) -> Result<Option<Halt>, StoreError> {
        self.halt(location, Halt::Paused, false).await?;
        self.base.wake_up.notify_one();
        self.base.halted(location).await
    }

    pub(super) async fn halt(
        &self,
        location: &LocationId,
        halt: Halt,
        halted: bool,
    ) -> Result<(), StoreError> {
        let now = self.base.now();
        let known = self.last_said(location, halt).await?;
        // The host says it now, whatever a clock shows or has shown: after what was said before, and after every call known.
        let mut at = known.as_ref().map_or(now, |known| known.since.max(now));
        if !self.base.time.is_sure() {
            at = self
                .newest_open_call(location)
                .await?
                .max(Some(at))
                .unwrap_or(at);
        }
        let change = HaltChange {
            location: location.clone(),
            halt,
            halted,
            at,
        };
        let commit = commit_of(change, known.as_ref(), now);
        self.base
            .commit(StoreFailures::Return, commit)
            .await
            .map(drop)
    }

    /// When the newest call of the location's open episodes ended.
    async fn newest_open_call(
        &self,
        location: &LocationId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let store = &self.base.store;
        let mut newest = None;
        for id in store.open_episodes(location).await? {
            let episode = store.episode(&id).await?;
            newest = newest.max(episode.map(|episode| episode.state.call_ended_at));
        }
        Ok(newest)
    }

    /// What was last said of this halt.
    pub(super) async fn last_said(
        &self,
        location: &LocationId,
        halt: Halt,
    ) -> Result<Option<Halted>, StoreError> {
        let halts = self.base.store.halts(location).await?;
        Ok(halts.into_iter().find(|known| known.halt == halt))
    }
}

/// The change, and its entry in the ledger where it is news.
pub(super) fn commit_of(change: HaltChange, known: Option<&Halted>, now: Timestamp) -> Commit {
    let HaltChange { halt, halted, .. } = change;
    let is_news = known.is_some_and(|known| known.halted) != halted;
    let kind = if halted {
        EntryKind::Halted { halt }
    } else {
        EntryKind::Resumed { halt }
    };
    let entry = is_news.then(|| entry_without_episode(&change.location, kind, now));
    Commit {
        halts: vec![change],
        entries: entry.into_iter().collect(),
        ..Commit::default()
    }
}

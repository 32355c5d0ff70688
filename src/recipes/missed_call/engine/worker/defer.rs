//! Claimed effects that are held back: those of a location that is halted, or that this engine does not serve.

use jiff::{SignedDuration, Timestamp};

use super::Worker;
use crate::recipes::missed_call::core::episode::{EffectEnd, Episode};
use crate::recipes::missed_call::core::model::Halt;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{Commit, EffectChange, Fence, Progress, StoreError};

/// How often an effect that is held back is looked at.
const LOOK: SignedDuration = SignedDuration::from_mins(1);
/// How often at least one is looked at that waits for its location, after it has waited for long.
const LONGEST_LOOK: SignedDuration = SignedDuration::from_mins(15);

impl Worker {
    /// Keeps a claimed effect of a halted location from being performed. `false` if nothing keeps it.
    pub(super) async fn hold_back(
        &self,
        episode: &Episode,
        fence: &Fence,
        progress: &Progress,
    ) -> Result<bool, StoreError> {
        let is_under_way = progress.under_way_since().is_some();
        let location = episode.state().location();
        let halted = self.base.holds(episode.state()).await?;
        if let Some(halt) = halted.filter(|_| !is_under_way) {
            self.base.log_once.of_halt(location, halt);
        }
        let end = match halted {
            None => return Ok(false),
            // Without the app it cannot be found out any more whether it was done.
            Some(Halt::Uninstalled | Halt::Removed) if is_under_way => {
                Some(Reason::unknown_outcome())
            }
            Some(Halt::Uninstalled) => Some(Reason::Uninstalled),
            // Looking sends nothing.
            Some(Halt::Paused | Halt::Finishing) if is_under_way => return Ok(false),
            Some(Halt::Removed | Halt::Finishing) => Some(Reason::Removed),
            Some(Halt::Paused) => self.too_old_to_wait(episode, fence, "paused"),
        };
        if let Some(reason) = end {
            self.end(fence.clone(), EffectEnd::NotDone(reason)).await?;
            return Ok(true);
        }
        self.give_back(fence.clone(), progress.clone(), LOOK)
            .await?;
        Ok(true)
    }

    /// Keeps a claimed effect of a location that this engine has no recipe for, or cannot learn of: another process may
    /// have it, or this one later. It waits longer each time, and for as long as it would be tried for, so that it has an end.
    pub(super) async fn hold_for_others(
        &self,
        episode: &Episode,
        fence: Fence,
        progress: Progress,
    ) -> Result<(), StoreError> {
        let end = match progress.under_way_since() {
            Some(began_at) => self.is_too_late(began_at).then(Reason::unknown_outcome),
            None => self.too_old_to_wait(episode, &fence, "not_configured"),
        };
        if let Some(reason) = end {
            return self.end(fence, EffectEnd::NotDone(reason)).await;
        }
        tracing::warn!(effect = %fence.effect, "the effect waits: its location is not served here");
        let step = &fence.effect.step;
        let waited = self.base.now().duration_since(episode.time_of(step));
        let wait = if self
            .base
            .locations
            .leave_to_others(episode.state().location())
        {
            SignedDuration::ZERO
        } else {
            (waited / 4).clamp(LOOK, LONGEST_LOOK)
        };
        self.give_back(fence, progress, wait).await
    }

    /// Gives a claimed effect back as it is.
    async fn give_back(
        &self,
        fence: Fence,
        progress: Progress,
        wait: SignedDuration,
    ) -> Result<(), StoreError> {
        let due = self.base.now().saturating_add(wait);
        let commit = Commit {
            effects: vec![EffectChange::Release {
                fence,
                progress,
                due: due.unwrap_or(Timestamp::MAX),
            }],
            ..Commit::default()
        };
        self.base
            .commit(StoreFailures::Retry, commit)
            .await
            .map(drop)
    }

    fn too_old_to_wait(&self, episode: &Episode, fence: &Fence, why: &str) -> Option<Reason> {
        let name = &fence.effect.step;
        let is_message = episode.recipe().step(name)?.is_message();
        if is_message {
            let stale = episode.is_stale(name, self.base.now());
            return stale.then_some(Reason::Stale);
        }
        let too_late = self.is_too_late(episode.time_of(name));
        too_late.then(|| Reason::Failed(why.into()))
    }
}

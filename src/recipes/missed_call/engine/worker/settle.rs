//! The end of an effect, or its release, is written together with its episode.

use jiff::Timestamp;

use super::Worker;
use super::backoff::GIVE_UP_AFTER;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::episode::{EffectEnd, Episode, Input, Output};
use crate::recipes::missed_call::core::model::{EffectId, Intent, Reason, Subject};
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::update::{Patience, StoreFailures, Updated};
use crate::recipes::missed_call::store::{
    Commit, EffectChange, Fence, Progress, SentText, StoreError, SuppressionChange,
};

impl Worker {
    /// Gives the episode the end of the effect, and writes both down.
    pub(super) async fn end(&self, fence: Fence, end: EffectEnd) -> Result<(), StoreError> {
        let input = Input::EffectEnded {
            effect: fence.effect.clone(),
            end: end.clone(),
        };
        self.settle(&fence, |episode, commit, now| {
            let outputs = episode.handle(&input, now);
            commit.effects.push(EffectChange::End {
                fence: fence.clone(),
            });
            if end == EffectEnd::NotDone(Reason::DoNotDisturb) {
                commit.suppressions = suppressions(episode, now);
            }
            // A text that may have been sent counts.
            if matches!(&end, EffectEnd::NotDone(reason) if *reason != Reason::unknown_outcome()) {
                commit.texts = count(episode, &fence.effect, None, None);
            }
            outputs
        })
        .await
    }

    /// Ends the effect of a dry run with what it would have done. A text counts, so that the next one is decided as ever.
    pub(super) async fn end_dry(&self, fence: Fence, intent: &Intent) -> Result<(), StoreError> {
        self.settle(&fence, |episode, commit, now| {
            let outputs = episode.would(&fence.effect, intent, now);
            commit.effects.push(EffectChange::End {
                fence: fence.clone(),
            });
            if matches!(intent, Intent::Text { .. }) {
                commit.texts = count(episode, &fence.effect, None, Some(now));
            }
            outputs
        })
        .await
    }

    /// Gives the effect back with the progress and time that `change` says.
    pub(super) async fn release(
        &self,
        fence: Fence,
        mut change: impl FnMut(&mut Episode, Timestamp) -> (Vec<Output>, Progress, Timestamp) + Send,
    ) -> Result<(), StoreError> {
        self.settle(&fence, |episode, commit, now| {
            let (outputs, progress, due) = change(episode, now);
            commit.effects.push(EffectChange::Release {
                fence: fence.clone(),
                progress,
                due,
            });
            outputs
        })
        .await
    }

    /// Changes the effect's episode with the effect. If another worker has the effect by now, nothing is written.
    pub(super) async fn settle(
        &self,
        fence: &Fence,
        mut change: impl FnMut(&mut Episode, &mut Commit, Timestamp) -> Vec<Output> + Send,
    ) -> Result<(), StoreError> {
        let id = &fence.effect.episode;
        let updated = self
            .base
            .update(id, StoreFailures::Retry, |episode, commit, now| {
                Some(change(episode, commit, now))
            });
        match updated.await? {
            Updated::Contested => {
                tracing::warn!(effect = %fence.effect, "another worker has the effect");
            }
            Updated::Unchanged(()) | Updated::Written(()) | Updated::Duplicate => {}
        }
        Ok(())
    }

    /// Ends the effect without its episode: nothing is to be done about it any more.
    pub(super) async fn forget(&self, fence: Fence) -> Result<(), StoreError> {
        let commit = Commit {
            effects: vec![EffectChange::End { fence }],
            ..Commit::default()
        };
        self.base
            .commit(StoreFailures::Retry, commit)
            .await
            .map(drop)
    }

    /// The effect's episode.
    pub(super) async fn load(&self, fence: &Fence) -> Result<Option<Loaded>, StoreError> {
        self.base.episode(&fence.effect.episode).await
    }

    /// The same, and a failing store is asked again for a minute.
    pub(super) async fn load_patiently(&self, fence: &Fence) -> Result<Option<Loaded>, StoreError> {
        let mut patience = Patience::new(StoreFailures::Retry);
        loop {
            match self.load(fence).await {
                Ok(loaded) => return Ok(loaded),
                Err(error) => {
                    let then = "the episode is read again";
                    patience.wait(&self.base, error, then).await?;
                }
            }
        }
    }

    /// Whether a tag or task has been tried for long enough.
    pub(super) fn is_too_late(&self, since: Timestamp) -> bool {
        self.base.now().duration_since(since) > GIVE_UP_AFTER
    }
}

/// The effect's text was sent at this time to the caller, under all names they are known by; or it was not sent.
pub(super) fn count(
    episode: &Episode,
    effect: &EffectId,
    phone: Option<&PhoneNumber>,
    sent_at: Option<Timestamp>,
) -> Vec<SentText> {
    let state = episode.state();
    let subjects = Subject::all(state.contact(), state.caller().into_iter().chain(phone));
    let count = |subject| SentText {
        location: state.location().clone(),
        subject,
        effect: effect.clone(),
        sent_at,
    };
    subjects.into_iter().map(count).collect()
}

/// HighLevel refused a text because of do-not-disturb: its own word outranks what was read before.
fn suppressions(episode: &Episode, at: Timestamp) -> Vec<SuppressionChange> {
    let state = episode.state();
    let change = |subject| SuppressionChange {
        location: state.location().clone(),
        subject,
        reason: Reason::DoNotDisturb,
        suppressed: true,
        at,
    };
    let subjects = Subject::all(state.contact(), state.caller());
    subjects.into_iter().map(change).collect()
}

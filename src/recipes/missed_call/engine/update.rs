//! Writes down what became of an effect, together with its episode, until no input comes in between.

use std::time::Duration;

use jiff::Timestamp;

use super::worker::backoff::GIVE_UP_AFTER;
use super::{Engine, Loaded, add_to};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::episode::{EffectEnd, Episode, Input, Output};
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::core::model::{EffectId, Reason};
use crate::recipes::missed_call::store::{
    Commit, CommitOutcome, EffectChange, Fence, Progress, SentText, StoreError, SuppressionChange,
};

/// How often a commit is decided anew because an input came in between.
pub(super) const MOST_CONFLICTS: u32 = 50;
/// How often a commit is repeated while the store fails. What HighLevel did must not be forgotten.
pub(super) const MOST_STORE_FAILURES: u32 = 60;
/// The pause before that.
pub(super) const AFTER_STORE_FAILURE: Duration = Duration::from_secs(1);

impl Engine {
    /// Tells the episode how the effect ended, and writes both down.
    pub(super) async fn end(&self, fence: Fence, end: EffectEnd) -> Result<(), StoreError> {
        let input = Input::EffectEnded {
            effect: fence.effect.clone(),
            end: end.clone(),
        };
        self.rewrite(&fence, |commit, episode, now| {
            let outputs = episode.handle(&input, now);
            commit.effects.push(EffectChange::End {
                fence: fence.clone(),
            });
            if end == EffectEnd::NotDone(Reason::DoNotDisturb) {
                commit.suppressions = suppressions(episode, now);
            }
            // What may have been sent counts.
            if matches!(&end, EffectEnd::NotDone(reason) if *reason != Reason::unknown_outcome()) {
                commit.texts = count(episode, &fence.effect, None, None);
            }
            outputs
        })
        .await
    }

    /// Gives the effect back with the progress and time that `change` says.
    pub(super) async fn release(
        &self,
        fence: Fence,
        change: impl Fn(&mut Episode, Timestamp) -> (Vec<Output>, Progress, Timestamp) + Send + Sync,
    ) -> Result<(), StoreError> {
        self.rewrite(&fence, |commit, episode, now| {
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

    /// Changes the effect's episode and commits, again and again until no input comes in between.
    async fn rewrite(
        &self,
        fence: &Fence,
        change: impl Fn(&mut Commit, &mut Episode, Timestamp) -> Vec<Output> + Send + Sync,
    ) -> Result<(), StoreError> {
        for _ in 0..MOST_CONFLICTS {
            let Some(Loaded {
                mut episode,
                revision,
            }) = self.load_patiently(fence).await?
            else {
                return Ok(());
            };
            let now = self.shared.clock.now();
            let mut commit = Commit::default();
            let outputs = change(&mut commit, &mut episode, now);
            add_to(&mut commit, &episode, Some(revision), outputs, now);
            if self.commit_fenced(commit).await? == CommitOutcome::Done {
                return Ok(());
            }
        }
        tracing::warn!(effect = %fence.effect, "another worker has the effect");
        Ok(())
    }

    /// Commits, and does not give up at once when the store fails.
    pub(super) async fn commit_fenced(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        let mut failures = 0;
        loop {
            match self.shared.store.commit(commit.clone()).await {
                Err(error) if failures < MOST_STORE_FAILURES => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the store failed; the commit is repeated"
                    );
                    failures += 1;
                    self.shared.clock.sleep(AFTER_STORE_FAILURE).await;
                }
                result => return result,
            }
        }
    }

    pub(super) async fn load(&self, fence: &Fence) -> Result<Option<Loaded>, StoreError> {
        self.episode(&fence.effect.episode).await
    }

    /// Loads, and does not give up at once when the store fails.
    pub(super) async fn load_patiently(&self, fence: &Fence) -> Result<Option<Loaded>, StoreError> {
        let mut failures = 0;
        loop {
            match self.load(fence).await {
                Err(error) if failures < MOST_STORE_FAILURES => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the store failed; the episode is read again"
                    );
                    failures += 1;
                    self.shared.clock.sleep(AFTER_STORE_FAILURE).await;
                }
                result => return result,
            }
        }
    }

    /// Whether a tag or task has been tried for long enough.
    pub(super) fn is_too_late(&self, since: Timestamp) -> bool {
        self.shared.clock.now().duration_since(since) > GIVE_UP_AFTER
    }
}

/// That the effect's text was sent then to the caller, under all names they are known by; or that none was.
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

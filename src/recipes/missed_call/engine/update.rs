//! Load, decide, commit, and again after a conflict: written here once, with one policy for conflicts and for a store that
//! fails.

use std::time::Duration;

use jiff::Timestamp;

use super::base::{Base, Loaded};
use super::commit_parts::add_outputs;
use super::news::News;
use super::observer::{StoreAnswer, StoreOperation};
use crate::recipes::missed_call::core::episode::{Episode, Output};
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{Commit, CommitOutcome, StoreError};

/// How often a change is decided again because another writer was faster.
const MOST_CONFLICTS: u32 = 50;
/// How often the store is asked again while it fails, where that is worth the wait.
const MOST_STORE_FAILURES: u32 = 60;
/// The pause before that.
const AFTER_STORE_FAILURE: Duration = Duration::from_secs(1);

/// What follows when the store fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoreFailures {
    /// The error is returned: its cause is reported again, or the work is repeated by itself.
    Return,
    /// The store is asked again for a minute. What HighLevel did must not be forgotten.
    Retry,
}

/// A change that is decided from what the store holds.
pub(super) trait Change: Send {
    /// What the caller learns beside the commit.
    type Then: Send;

    /// Reads and decides. `conflicts` is how many decisions before it met a conflict.
    fn decide(
        &mut self,
        conflicts: u32,
    ) -> impl Future<Output = Result<Decided<Self::Then>, StoreError>> + Send;
}

/// What a change has decided.
pub(super) enum Decided<T> {
    /// Nothing is to be written.
    Nothing(T),
    /// Write this.
    Commit(Box<Commit>, T),
    /// Write this, and decide again whether or not it was written.
    First(Box<Commit>),
}

/// The end of a change.
pub(super) enum Updated<T> {
    /// Nothing was to be written.
    Unchanged(T),
    /// It is written.
    Written(T),
    /// The delivery was committed before; nothing is written.
    Duplicate,
    /// Other writers were faster each time; nothing is written.
    Contested,
}

impl<T> Updated<T> {
    /// The same, where a contested change is an error of `operation`.
    pub(super) fn or_contested(self, operation: &'static str) -> Result<Self, StoreError> {
        match self {
            Self::Contested => Err(StoreError::new(
                operation,
                "other writers change the same episode again and again",
            )),
            Self::Unchanged(_) | Self::Written(_) | Self::Duplicate => Ok(self),
        }
    }
}

impl Base {
    /// Decides and commits `change` until no other writer comes in between.
    pub(super) async fn commit_change<C: Change>(
        &self,
        failures: StoreFailures,
        mut change: C,
    ) -> Result<Updated<C::Then>, StoreError> {
        let mut conflicts = 0;
        for _ in 0..MOST_CONFLICTS {
            let mut patience = Patience::new(failures);
            let decided = loop {
                match change.decide(conflicts).await {
                    Ok(decided) => break decided,
                    Err(error) => {
                        patience
                            .wait(self, error, "the episode is read again")
                            .await?
                    }
                }
            };
            let (commit, then) = match decided {
                Decided::Nothing(then) => return Ok(Updated::Unchanged(then)),
                Decided::Commit(commit, then) => (*commit, Some(then)),
                Decided::First(commit) => (*commit, None),
            };
            match (self.commit(failures, commit).await?, then) {
                (CommitOutcome::Done, Some(then)) => return Ok(Updated::Written(then)),
                (CommitOutcome::Duplicate, Some(_)) => return Ok(Updated::Duplicate),
                (CommitOutcome::Conflict, Some(_)) => conflicts += 1,
                (
                    CommitOutcome::Done | CommitOutcome::Duplicate | CommitOutcome::Conflict,
                    None,
                ) => {}
            }
        }
        Ok(Updated::Contested)
    }

    /// Changes one episode: `change` adds to the commit what belongs to it and returns the outputs of the episode, or
    /// `None` if nothing is to be written. An episode that is not in the store stays unchanged.
    pub(super) async fn update(
        &self,
        id: &EpisodeId,
        failures: StoreFailures,
        change: impl FnMut(&mut Episode, &mut Commit, Timestamp) -> Option<Vec<Output>> + Send,
    ) -> Result<Updated<()>, StoreError> {
        let base = self;
        self.commit_change(failures, OfEpisode { base, id, change })
            .await
    }

    /// Writes `commit`, and tells of it.
    pub(super) async fn commit(
        &self,
        failures: StoreFailures,
        commit: Commit,
    ) -> Result<CommitOutcome, StoreError> {
        let news = News::of(&commit, &self.locations, self.feed.is_observed());
        let outcome = match failures {
            StoreFailures::Return => self.write(commit).await?,
            StoreFailures::Retry => self.write_patiently(commit).await?,
        };
        if outcome == CommitOutcome::Done {
            self.feed.tell(news);
        }
        Ok(outcome)
    }

    async fn write_patiently(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        let mut patience = Patience::new(StoreFailures::Retry);
        loop {
            match self.write(commit.clone()).await {
                Ok(outcome) => return Ok(outcome),
                Err(error) => patience.wait(self, error, "the commit is repeated").await?,
            }
        }
    }

    async fn write(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        self.timed(StoreOperation::Commit, self.store.commit(commit))
            .await
    }

    /// Tells observers how long the store takes.
    pub(super) async fn timed<T>(
        &self,
        operation: StoreOperation,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let began = self.clock.elapsed();
        let answer = answer.await;
        self.feed.store_answered(StoreAnswer {
            operation,
            took: self.clock.elapsed().saturating_sub(began),
            failed: answer.is_err(),
        });
        answer
    }
}

struct OfEpisode<'u, F> {
    base: &'u Base,
    id: &'u EpisodeId,
    change: F,
}

impl<F> Change for OfEpisode<'_, F>
where
    F: FnMut(&mut Episode, &mut Commit, Timestamp) -> Option<Vec<Output>> + Send,
{
    type Then = ();

    async fn decide(&mut self, _: u32) -> Result<Decided<()>, StoreError> {
        let Some(loaded) = self.base.episode(self.id).await? else {
            return Ok(Decided::Nothing(()));
        };
        let Loaded {
            mut episode,
            revision,
        } = loaded;
        let now = self.base.now();
        let mut commit = Commit::default();
        Ok(match (self.change)(&mut episode, &mut commit, now) {
            Some(outputs) => {
                add_outputs(&mut commit, &episode, Some(revision), outputs, now);
                Decided::Commit(Box::new(commit), ())
            }
            None => Decided::Nothing(()),
        })
    }
}

/// How long a failing store is waited for.
pub(super) struct Patience {
    left: u32,
}

impl Patience {
    pub(super) fn new(failures: StoreFailures) -> Self {
        Self {
            left: match failures {
                StoreFailures::Return => 0,
                StoreFailures::Retry => MOST_STORE_FAILURES,
            },
        }
    }

    /// Logs the error and pauses, or returns the error if the store has failed for long enough. `then` says what follows.
    pub(super) async fn wait(
        &mut self,
        base: &Base,
        error: StoreError,
        then: &str,
    ) -> Result<(), StoreError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(error);
        };
        self.left = left;
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the store failed; {then}"
        );
        base.clock.sleep(AFTER_STORE_FAILURE).await;
        Ok(())
    }
}

//! The episode that a report about a person belongs to.

use jiff::Timestamp;

use super::Intake;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::signal::Person;
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::commit_parts::add_outputs;
use crate::recipes::missed_call::store::{Commit, StoreError};

impl Intake {
    /// The open episode of a person, or their last one, unless that is long over.
    pub(super) async fn episode_of(
        &self,
        person: &Person,
        now: Timestamp,
    ) -> Result<Option<Loaded>, StoreError> {
        match self.base.store.latest_episode(&person.key()).await? {
            Some(stored) if stored.state.accepts_late_input(now) => {
                self.base.load(stored).await.map(Some)
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Adds to `commit` what follows from an input to a person's episode. If there is none, or if the input is older than
    /// the call that opened it, `commit` stays as it is.
    pub(super) async fn apply(
        &self,
        person: &Person,
        input: &Input,
        commit: Option<Commit>,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let Some(Loaded {
            mut episode,
            revision,
        }) = self.episode_of(person, now).await?
        else {
            return Ok(commit);
        };
        if episode.is_before_the_call(person.at, now) {
            return Ok(commit);
        }
        let mut commit = commit.unwrap_or_default();
        let outputs = episode.handle(input, now);
        add_outputs(&mut commit, &episode, Some(revision), outputs, now);
        Ok(Some(commit))
    }
}

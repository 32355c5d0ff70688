//! What was reported at the same moment as a missed call, before or while its episode was opened.

use super::Intake;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::core::signal::Signal;
use crate::recipes::missed_call::engine::acceptance::Acceptance;
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::commit_parts::add_outputs;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::engine::update::{Change, Decided, StoreFailures, Updated};
use crate::recipes::missed_call::store::{Commit, LedgerQuery, StoreError};

/// The episode that a commit opens, its call and contact, and the names of earlier reports that are committed with it.
pub(super) struct Opened {
    episode: EpisodeId,
    call: MessageId,
    contact: ContactId,
    committed: Vec<String>,
}

impl Opened {
    pub(super) fn by(commit: &Commit) -> Option<Self> {
        let mut episodes = commit.episodes.iter();
        let opened = episodes.find(|change| change.read_at_revision.is_none())?;
        let earlier = commit.earlier.iter();
        Some(Self {
            episode: opened.state.id().clone(),
            call: opened.state.calls.first()?.clone(),
            contact: opened.state.contact().clone(),
            committed: earlier.map(|delivery| delivery.name.clone()).collect(),
        })
    }
}

impl Intake {
    /// Gives a new episode what was reported at the same moment as its call and found no episode
    /// yet, or an older one.
    pub(super) async fn replay(&self, site: &LocationEntry, opened: &Opened) {
        let location = site.location.id();
        let reports = match self.early.of(location, &opened.contact).await {
            Ok(reports) => reports,
            Err(error) => {
                note_failure(location, &error);
                return;
            }
        };
        for early in reports {
            if opened.committed.contains(&early.name) || early.signal.is_answer_of(&opened.call) {
                continue;
            }
            let replayed = async {
                // No early report is a missed call, so none opens another episode.
                let (acceptance, _) = self.commit_occurrence(site, &early).await?;
                if acceptance == Acceptance::Duplicate {
                    self.apply_once(&opened.episode, &early.signal).await?;
                }
                Ok::<_, StoreError>(())
            };
            if let Err(error) = replayed.await {
                note_failure(location, &error);
            }
        }
    }

    /// Applies to an episode what was committed already, if by another episode.
    async fn apply_once(&self, id: &EpisodeId, signal: &Signal) -> Result<(), StoreError> {
        let change = ApplyOnce {
            intake: self,
            id,
            signal,
        };
        let applied = self.base.commit_change(StoreFailures::Return, change);
        let applied = applied.await?;
        match applied.or_contested("commit what was reported at the moment of a call")? {
            Updated::Written(()) => self.base.wake_up.notify_one(),
            Updated::Unchanged(()) | Updated::Duplicate | Updated::Contested => {}
        }
        Ok(())
    }
}

/// The call is committed and must not be reported again for this.
fn note_failure(location: &LocationId, error: &StoreError) {
    tracing::error!(
        %location,
        error = error as &dyn std::error::Error,
        "what was reported at the same moment as a call could not be read or stored"
    );
}

struct ApplyOnce<'a> {
    intake: &'a Intake,
    id: &'a EpisodeId,
    signal: &'a Signal,
}

impl Change for ApplyOnce<'_> {
    type Then = ();

    async fn decide(&mut self, _: u32) -> Result<Decided<()>, StoreError> {
        let base = &self.intake.base;
        let Some((person, input)) = self.signal.to_input() else {
            return Ok(Decided::Nothing(()));
        };
        let now = base.now();
        let Some(Loaded {
            mut episode,
            revision,
        }) = base.episode(self.id).await?
        else {
            return Ok(Decided::Nothing(()));
        };
        let query = LedgerQuery::of_episode(self.id.clone());
        let entries = base.store.ledger(&query).await?;
        if episode.has_handled(&input, &entries) || episode.is_before_the_call(person.at, now) {
            return Ok(Decided::Nothing(()));
        }
        let mut commit = Box::<Commit>::default();
        let outputs = episode.handle(&input, now);
        add_outputs(&mut commit, &episode, Some(revision), outputs, now);
        Ok(Decided::Commit(commit, ()))
    }
}

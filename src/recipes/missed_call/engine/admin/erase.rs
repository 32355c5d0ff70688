//! Erasing a person: nothing more is done for them, and what is kept says nothing of them any more.

use super::Admin;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::{PersonKey, Reason, Subject};
use crate::recipes::missed_call::core::redact;
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::commit_parts::add_outputs;
use crate::recipes::missed_call::engine::found_by;
use crate::recipes::missed_call::engine::update::{Change, Decided, StoreFailures, Updated};
use crate::recipes::missed_call::store::{
    Commit, EpisodeChange, ErasedSubject, LedgerQuery, RedactedEntries, StoreError,
};

/// The result of a request to erase a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Erasure {
    /// All is erased: this number of their episodes, 0 if the store knew nothing of them.
    Done(usize),
    /// Nothing new is begun for them, but something is under way, and its end is still to be written. Ask again in a
    /// minute.
    UnderWay,
}

impl Admin {
    /// Erases a person's episodes, one after the other, and their consents.
    pub(in super::super) async fn erase(&self, person: &PersonKey) -> Result<Erasure, StoreError> {
        let mut erased = 0;
        loop {
            let admin = self;
            let change = EraseNext { admin, person };
            let updated = self.base.commit_change(StoreFailures::Return, change);
            match updated.await?.or_contested("erase a person")? {
                // An episode without its person is not found again, so each round erases another.
                Updated::Written(Erased::Episode) => erased += 1,
                Updated::Written(Erased::EndsNow) | Updated::Duplicate | Updated::Contested => {}
                Updated::Written(Erased::EndsLater) => return Ok(Erasure::UnderWay),
                Updated::Written(Erased::Nothing) | Updated::Unchanged(_) => break,
            }
        }
        // Consents can be there without any episode.
        let subjects = Subject::all(&person.contact, &person.number);
        let rest = Commit {
            forgotten: forgotten(&person.location, subjects),
            ..Commit::default()
        };
        self.base.commit(StoreFailures::Return, rest).await?;
        Ok(Erasure::Done(erased))
    }
}

/// What one round has written.
enum Erased {
    /// No episode of the person is left.
    Nothing,
    /// The end of an open episode.
    EndsNow,
    /// The same, but something is under way.
    EndsLater,
    /// An episode without its person.
    Episode,
}

/// Ends the person's next episode, or erases it if it is over.
struct EraseNext<'a> {
    admin: &'a Admin,
    person: &'a PersonKey,
}

impl Change for EraseNext<'_> {
    type Then = Erased;

    async fn decide(&mut self, _: u32) -> Result<Decided<Erased>, StoreError> {
        let base = &self.admin.base;
        let location = &self.person.location;
        let Some(stored) = base.store.latest_episode(self.person).await? else {
            return Ok(Decided::Nothing(Erased::Nothing));
        };
        let Loaded {
            mut episode,
            revision,
        } = base.load(stored).await?;
        let mut commit = Box::<Commit>::default();
        if episode.state().is_open() || episode.state().has_open_step() {
            let now = base.now();
            let outputs = episode.handle(&Input::Ended(Reason::Erased), now);
            add_outputs(&mut commit, &episode, Some(revision), outputs, now);
            let later = episode.state().has_open_step();
            let erased = if later {
                Erased::EndsLater
            } else {
                Erased::EndsNow
            };
            return Ok(Decided::Commit(commit, erased));
        }
        let state = episode.state();
        let id = state.id().clone();
        let query = LedgerQuery::of_episode(id.clone());
        let entries = base.store.ledger(&query).await?;
        commit.references = found_by::forgotten(&episode, entries.iter().map(|entry| &entry.kind));
        commit.rewritten.push(RedactedEntries {
            episode: id,
            entries: entries.into_iter().map(redact::entry).collect(),
        });
        let mut subjects = Subject::all(state.contact(), state.caller());
        subjects.extend(state.former_contact.as_ref().map(Subject::contact));
        commit.forgotten = forgotten(location, subjects);
        commit.episodes.push(EpisodeChange {
            wake_at: None,
            state: redact::state(state.clone()),
            read_at_revision: Some(revision),
        });
        Ok(Decided::Commit(commit, Erased::Episode))
    }
}

fn forgotten(location: &LocationId, subjects: Vec<Subject>) -> Vec<ErasedSubject> {
    let forgotten = |subject| ErasedSubject {
        location: location.clone(),
        subject,
    };
    subjects.into_iter().map(forgotten).collect()
}

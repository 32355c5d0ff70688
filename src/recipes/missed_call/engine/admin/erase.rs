//! Erasing a person: nothing more is done for them, and what is kept says nothing of them any more.

use crate::ids::LocationId;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::model::{PersonKey, Subject};
use crate::recipes::missed_call::core::redact;
use crate::recipes::missed_call::engine::intake::references;
use crate::recipes::missed_call::engine::update::MOST_CONFLICTS;
use crate::recipes::missed_call::engine::{Engine, Loaded, add_to};
use crate::recipes::missed_call::store::{
    Commit, CommitOutcome, EpisodeChange, ErasedSubject, LedgerQuery, RedactedEntries, StoreError,
};

/// What became of a request to erase somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Erasure {
    /// All is erased: so many episodes of theirs, none if the store knew nothing of them.
    Done(usize),
    /// Nothing new is begun for them, but something is under way, and its end is still to be written. Ask again in a
    /// minute.
    UnderWay,
}

impl Engine {
    /// Erases a person on their request: their contact, numbers, names and all that was written to them, from episodes and
    /// from the ledger, with their consents. What is left says that somebody called, what was done, when, and how it ended.
    ///
    /// Their opt-outs stay, as hashes of contact and number: they outlive the person's data, so that a later call is not
    /// answered by text. HighLevel keeps its own data; delete the contact there. With the texts goes the evidence that
    /// they were allowed: export it first if a law asks you to keep it.
    ///
    /// A [`SqliteStore`](crate::recipes::missed_call::store::SqliteStore) overwrites what is erased in its file and empties
    /// its log; while a report is being read, it empties the log after the next one.
    ///
    /// If the location has no app or token any more, that is no hindrance. Give the number too: episodes are found by
    /// either.
    pub async fn erase(&self, person: &PersonKey) -> Result<Erasure, StoreError> {
        self.shared.early.forget(&person.location, &person.contact);
        let mut erased = 0;
        let mut conflicts = 0;
        // An episode without its person is not found again, so each round takes another.
        while let Some(stored) = self.shared.store.latest_episode(person).await? {
            let resumed = self.load_stored(stored).await?;
            let (commit, ends) = self.erasing(person, resumed).await?;
            match (self.shared.store.commit(commit).await?, ends) {
                (CommitOutcome::Done, Some(Ends::Later)) => return Ok(Erasure::UnderWay),
                (CommitOutcome::Done, Some(Ends::Now)) => {}
                (CommitOutcome::Done, None) => erased += 1,
                _ if conflicts == MOST_CONFLICTS => {
                    return Err(StoreError::new(
                        "erase a person",
                        "an episode is written again and again by others",
                    ));
                }
                _ => conflicts += 1,
            }
        }
        // Consents can be there without any episode.
        let subjects = Subject::all(&person.contact, &person.number);
        let rest = Commit {
            forgotten: forgotten(&person.location, subjects),
            ..Commit::default()
        };
        self.shared.store.commit(rest).await?;
        Ok(Erasure::Done(erased))
    }

    /// The next thing to write: the end of what still goes on, or the episode without its person.
    async fn erasing(
        &self,
        person: &PersonKey,
        resumed: Loaded,
    ) -> Result<(Commit, Option<Ends>), StoreError> {
        let Loaded {
            mut episode,
            revision,
        } = resumed;
        let mut commit = Commit::default();
        if episode.state().is_open() || episode.state().has_open_step() {
            let now = self.shared.clock.now();
            let outputs = episode.handle(&Input::Ended(Reason::Erased), now);
            add_to(&mut commit, &episode, Some(revision), outputs, now);
            let later = episode.state().has_open_step();
            let ends = if later { Ends::Later } else { Ends::Now };
            return Ok((commit, Some(ends)));
        }
        let known = [
            Some(&episode.state().contact),
            episode.state().former_contact.as_ref(),
        ];
        for contact in known.into_iter().flatten() {
            self.shared.early.forget(&person.location, contact);
        }
        let id = episode.state().id().clone();
        let query = LedgerQuery::of_episode(id.clone());
        let entries = self.shared.store.ledger(&query).await?;
        commit.references =
            references::forgotten(&episode, entries.iter().map(|entry| &entry.kind));
        commit.rewritten.push(RedactedEntries {
            episode: id,
            entries: entries.into_iter().map(redact::entry).collect(),
        });
        let state = episode.state();
        commit.forgotten = forgotten(
            &person.location,
            Subject::all(state.contact(), state.caller()),
        );
        commit.episodes.push(EpisodeChange {
            wake_at: None,
            state: redact::state(episode.state().clone()),
            read_at_revision: Some(revision),
        });
        Ok((commit, None))
    }
}

fn forgotten(location: &LocationId, subjects: Vec<Subject>) -> Vec<ErasedSubject> {
    let forgotten = |subject| ErasedSubject {
        location: location.clone(),
        subject,
    };
    subjects.into_iter().map(forgotten).collect()
}

/// When an episode that still went on comes to its end.
enum Ends {
    Now,
    Later,
}

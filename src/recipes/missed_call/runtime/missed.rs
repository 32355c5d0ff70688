//! A missed call: it joins its caller's episode or opens one, which takes with it what was told before the call.

use jiff::Timestamp;

use super::accept::alone;
use super::floods::note_new_caller;
use super::write::MOST_CONFLICTS;
use super::{Acceptance, Engine, Resumed, Site, add_to};
use crate::ids::{ContactId, MessageId};
use crate::recipes::missed_call::episode::{Episode, EpisodeId, Input, MissedCall, Reason};
use crate::recipes::missed_call::intake::{Person, Signal};
use crate::recipes::missed_call::ledger::Entry;
use crate::recipes::missed_call::reply::Reply;
use crate::recipes::missed_call::store::{
    Commit, Committed, DeliveryName, LedgerQuery, RecipeText, StoreError,
};

impl Engine {
    /// A missed call joins its caller's episode, or opens one. `again` says that what was decided before was a conflict.
    pub(super) async fn missed(
        &self,
        site: &Site,
        call: &MissedCall,
        now: Timestamp,
        again: bool,
    ) -> Result<Commit, StoreError> {
        let key = Person::of_call(call).key();
        let mut ends_another = false;
        let latest = loop {
            let latest = self.shared.store.latest_episode(&key).await?;
            let Some(stored) = latest.clone().filter(|stored| stored.state.is_live()) else {
                break latest;
            };
            let Resumed {
                mut episode,
                revision,
            } = self.reopen(stored).await?;
            let mut commit = Commit::default();
            if episode.joins(call.ended_at) || episode.has_call(&call.message) {
                let actions = episode.handle(&Input::CallMissed(call.clone()), now);
                add_to(&mut commit, &episode, Some(revision), actions, now);
                return Ok(commit);
            }
            // Its time is over whatever becomes of this call. Closed at once and not together with the opening of the
            // next: the caller's number can have another live episode, which shows when this one, the contact's, is
            // out of the way. On a conflict somebody else has written it, and the next look tells.
            let actions = episode.close(now);
            add_to(&mut commit, &episode, Some(revision), actions, now);
            self.shared.store.commit(commit).await?;
            ends_another = true;
        };
        let id = EpisodeId::of_call(&call.location, &call.message);
        // Whoever was erased is found no more, but their episode's name is taken.
        if (latest.is_some() || again) && self.shared.store.episode(&id).await?.is_some() {
            // A call that opened an episode which is over is told once more, in another delivery: it changes nothing.
            return Ok(Commit::default());
        }
        let (mut episode, mut actions) =
            Episode::open(std::sync::Arc::clone(&site.recipe), call, now);
        note_new_caller(&mut episode, call, latest.as_ref());
        if self.is_suppressed(&episode, None).await? {
            let input = Input::OptedOut {
                reason: Reason::Suppressed,
                unconfirmed_since: None,
            };
            actions.extend(episode.handle(&input, now));
        }
        let mut commit = Commit {
            recipe: Some(RecipeText {
                fingerprint: site.recipe.fingerprint().to_owned(),
                source: site.recipe.source().into(),
            }),
            ..Commit::default()
        };
        for early in self.shared.early.of(&call.location, &call.contact) {
            let Some((person, input)) = early.signal.as_told() else {
                continue;
            };
            if episode.is_before_the_call(person.at, now) || early.is_of(&call.message) {
                continue;
            }
            if matches!(
                early.signal,
                Signal::Wrote {
                    reply: Reply::OptIn,
                    ..
                }
            ) {
                // It may take back an opt-out besides, and is taken whole after this.
                actions.extend(episode.hear_of(&input));
                continue;
            }
            let name = &early.delivery.name;
            let is_processed = ends_another && self.shared.store.is_processed(name).await?;
            commit.earlier.push(early.delivery);
            if is_processed {
                // The episode that this call ends was live when it was told, and has set off what follows.
                actions.extend(episode.hear_of(&input));
                continue;
            }
            actions.extend(episode.handle(&input, now));
            let found = early.found.map(|found| Entry {
                episode: Some(episode.state().id().clone()),
                ..alone(&person, *found, now)
            });
            commit.entries.extend(found);
        }
        add_to(&mut commit, &episode, None, actions, now);
        Ok(commit)
    }

    /// Tells a new episode what was told at the same moment as its call, by whoever found no episode yet, or an older one.
    pub(super) async fn tell_what_came_meanwhile(&self, site: &Site, opened: Opens) {
        for early in self.shared.early.of(site.location.id(), &opened.contact) {
            if opened.taken.contains(&early.delivery) || early.is_of(&opened.call) {
                continue;
            }
            let told = async {
                let (delivery, found) = (early.delivery.clone(), early.found.as_deref());
                let taken = Box::pin(self.take(site, &early.signal, delivery, found)).await?;
                if taken == Acceptance::Duplicate {
                    self.tell_once(&opened.episode, &early.signal).await?;
                }
                Ok::<_, StoreError>(())
            };
            if let Err(error) = told.await {
                // The call is taken and must not be told again for this.
                tracing::error!(
                    location = %site.location.id(),
                    error = &error as &dyn std::error::Error,
                    "what was told at the same moment as a call could not be stored"
                );
            }
        }
    }

    /// Tells an episode what has been taken already, if by another one.
    async fn tell_once(&self, id: &EpisodeId, signal: &Signal) -> Result<(), StoreError> {
        let Some((person, input)) = signal.as_told() else {
            return Ok(());
        };
        for _ in 0..MOST_CONFLICTS {
            let now = self.shared.clock.now();
            let Some(Resumed {
                mut episode,
                revision,
            }) = self.episode(id).await?
            else {
                return Ok(());
            };
            let query = LedgerQuery::of_episode(id.clone());
            let entries = self.shared.store.ledger(&query).await?;
            if episode.has_heard(&input, &entries) || episode.is_before_the_call(person.at, now) {
                return Ok(());
            }
            let mut commit = Commit::default();
            let actions = episode.handle(&input, now);
            add_to(&mut commit, &episode, Some(revision), actions, now);
            if self.shared.store.commit(commit).await? == Committed::Done {
                self.shared.planned.notify_one();
                return Ok(());
            }
        }
        Err(StoreError::new(
            "commit what was told at the moment of a call",
            "the same episode is written again and again by others",
        ))
    }
}

/// The episode that a commit opens, its call and contact, and what was told before and is taken with it.
pub(super) struct Opens {
    episode: EpisodeId,
    call: MessageId,
    contact: ContactId,
    taken: Vec<DeliveryName>,
}

impl Opens {
    pub(super) fn of(commit: &Commit) -> Option<Self> {
        let mut episodes = commit.episodes.iter();
        let opened = episodes.find(|change| change.read_at_revision.is_none())?;
        Some(Self {
            episode: opened.state.id().clone(),
            call: opened.state.calls.first()?.clone(),
            contact: opened.state.contact().clone(),
            taken: commit.earlier.clone(),
        })
    }
}

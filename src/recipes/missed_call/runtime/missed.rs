//! A missed call: it joins its caller's episode or opens one, which takes with it what was told before the call.

use jiff::Timestamp;

use super::accept::alone;
use super::early::Early;
use super::{Engine, Resumed, Site, add_to};
use crate::ids::{ContactId, MessageId};
use crate::recipes::missed_call::Caller;
use crate::recipes::missed_call::episode::{Episode, EpisodeId, Input, MissedCall, Reason};
use crate::recipes::missed_call::ledger::Entry;
use crate::recipes::missed_call::store::{Commit, DeliveryName, PersonKey, RecipeText, StoreError};

impl Engine {
    /// A missed call joins its caller's episode, or opens one. `again` says that what was decided before was a conflict.
    pub(super) async fn missed(
        &self,
        site: &Site,
        call: &MissedCall,
        now: Timestamp,
        again: bool,
    ) -> Result<Commit, StoreError> {
        let number = match &call.caller {
            Some(Caller::Number(number)) => Some(number.clone()),
            _ => None,
        };
        let key = PersonKey {
            location: call.location.clone(),
            contact: call.contact.clone(),
            number,
        };
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
        };
        if latest.is_none()
            && let Some(number) = &key.number
        {
            let newcomers = &self.shared.newcomers;
            newcomers.note(&key.location, number, call.ended_at, now);
        }
        let id = EpisodeId::of_call(&call.location, &call.message);
        // Whoever was erased is found no more, but their episode's name is taken.
        if (latest.is_some() || again) && self.shared.store.episode(&id).await?.is_some() {
            // A call that opened an episode which is over is told once more, in another delivery: it changes nothing.
            return Ok(Commit::default());
        }
        let (mut episode, mut actions) =
            Episode::open(std::sync::Arc::clone(&site.recipe), call, now);
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
            actions.extend(episode.handle(&input, now));
            commit.earlier.push(early.delivery);
            let found = early.found.map(|found| Entry {
                episode: Some(episode.state().id().clone()),
                ..alone(&person, found, now)
            });
            commit.entries.extend(found);
        }
        add_to(&mut commit, &episode, None, actions, now);
        Ok(commit)
    }

    /// Tells a new episode what was told at the same moment as its call, by whoever found no episode yet.
    pub(super) async fn tell_what_came_meanwhile(&self, site: &Site, opened: Opens) {
        for early in self.shared.early.of(site.location.id(), &opened.contact) {
            if opened.taken.contains(&early.delivery) || early.is_of(&opened.call) {
                continue;
            }
            let Early {
                signal,
                delivery,
                found,
            } = early;
            let told = Box::pin(self.take(site, &signal, delivery, found.as_ref())).await;
            if let Err(error) = told {
                // The call is taken and must not be told again for this.
                tracing::error!(
                    location = %site.location.id(),
                    error = &error as &dyn std::error::Error,
                    "what was told before a call could not be stored; a sweep will find it"
                );
            }
        }
    }
}

/// The call and the contact that a commit opens an episode for, and what was told before and is taken with it.
pub(super) struct Opens {
    call: MessageId,
    contact: ContactId,
    taken: Vec<DeliveryName>,
}

impl Opens {
    pub(super) fn of(commit: &Commit) -> Option<Self> {
        let mut episodes = commit.episodes.iter();
        let opened = episodes.find(|change| change.read_at_revision.is_none())?;
        Some(Self {
            call: opened.state.calls.first()?.clone(),
            contact: opened.state.contact().clone(),
            taken: commit.earlier.clone(),
        })
    }
}

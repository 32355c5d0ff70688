//! A missed call: it joins its caller's episode or opens one, together with what was reported before the call.

use std::sync::Arc;

use jiff::Timestamp;

use super::Intake;
use super::interpret::{Attempts, Meaning};
use crate::recipes::missed_call::core::call::Caller;
use crate::recipes::missed_call::core::episode::{Episode, Input, Output};
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::{EpisodeId, MissedCall, Reason};
use crate::recipes::missed_call::core::reply::Reply;
use crate::recipes::missed_call::core::signal::{Occurrence, Person, Signal};
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::commit_parts::{add_outputs, entry_without_episode};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::{Commit, DeliveryName, RecipeText, StoreError, Stored};

impl Intake {
    /// A missed call joins its caller's open episode, or opens one after an older one is closed.
    pub(super) async fn new_call(
        &self,
        site: &LocationEntry,
        call: &MissedCall,
        now: Timestamp,
        attempts: Attempts,
    ) -> Result<Meaning, StoreError> {
        let key = Person::of_call(call).key();
        let (latest, early) = self.early.before_call(&key).await?;
        if let Some(stored) = latest.clone().filter(|stored| stored.state.is_open()) {
            let Loaded {
                mut episode,
                revision,
            } = self.base.load(stored).await?;
            let mut commit = Box::<Commit>::default();
            if episode.joins(call.ended_at) || episode.has_call(&call.message) {
                let outputs = episode.handle(&Input::CallMissed(call.clone()), now);
                add_outputs(&mut commit, &episode, Some(revision), outputs, now);
                return Ok(Meaning::Commit(commit));
            }
            // Its time is over whatever becomes of this call. It is closed at once and not together with the opening of the
            // next: the caller's number can have another open episode, which is found when this one, the contact's, is
            // closed. After a conflict another writer has changed it, and the next look tells.
            let outputs = episode.close(now);
            add_outputs(&mut commit, &episode, Some(revision), outputs, now);
            return Ok(Meaning::CloseFirst(commit));
        }
        let id = EpisodeId::of_call(&call.location, &call.message);
        // A person who was erased is not found any more, but the name of their episode is in use.
        if (latest.is_some() || attempts.met_conflict)
            && self.base.store.episode(&id).await?.is_some()
        {
            // A call that opened an episode which is over is reported again, in another delivery: it changes nothing.
            return Ok(Meaning::from(Commit::default()));
        }
        let (mut episode, mut outputs) = Episode::open(Arc::clone(&site.recipe), call, now);
        note_new_caller(&mut episode, call, latest.as_ref());
        let list = self.base.on_the_list(&episode, None).await?;
        if list.doubtful {
            outputs.extend(episode.handle(&Input::DoubtStands, now));
        }
        if list.suppressed {
            let input = Input::OptedOut {
                reason: Reason::Suppressed,
                unconfirmed_since: None,
            };
            outputs.extend(episode.handle(&input, now));
        }
        let mut commit = Commit {
            recipe: Some(RecipeText {
                fingerprint: site.recipe.fingerprint().to_owned(),
                source: site.recipe.source().into(),
            }),
            ..Commit::default()
        };
        let added = self.add_early(early, &mut commit, &mut episode, call, now, attempts);
        outputs.extend(added.await?);
        add_outputs(&mut commit, &episode, None, outputs, now);
        Ok(commit.into())
    }

    /// Adds what was reported before the call, as far as it is an answer to it.
    async fn add_early(
        &self,
        early: Vec<Occurrence>,
        commit: &mut Commit,
        episode: &mut Episode,
        call: &MissedCall,
        now: Timestamp,
        attempts: Attempts,
    ) -> Result<Vec<Output>, StoreError> {
        let mut outputs = Vec::new();
        for early in early {
            let Some((person, input)) = early.signal.to_input() else {
                continue;
            };
            if episode.is_before_the_call(person.at, now)
                || early.signal.is_answer_of(&call.message)
            {
                continue;
            }
            if matches!(
                early.signal,
                Signal::Wrote {
                    reply: Reply::OptIn,
                    ..
                }
            ) {
                // It may take back an opt-out besides, and is committed as a whole after this.
                outputs.extend(episode.apply_stop_only(&input));
                continue;
            }
            let is_processed =
                attempts.closed_another && self.base.store.is_processed(&early.name).await?;
            let entry = early.entry();
            commit.earlier.push(DeliveryName {
                name: early.name,
                received_at: early.received_at,
            });
            if is_processed {
                // The episode that this call closes was open at the time, and has set off what follows.
                outputs.extend(episode.apply_stop_only(&input));
                continue;
            }
            outputs.extend(episode.handle(&input, now));
            commit.entries.extend(entry.map(|kind| Entry {
                episode: Some(episode.state().id().clone()),
                ..entry_without_episode(&person.location, kind, now)
            }));
        }
        Ok(outputs)
    }
}

/// Notes that nothing is known of a caller but this call, if so. `latest` is their last episode before it.
///
/// A caller whose last call came in a flood is as unknown as before it: machines call again. Callers who hide their number
/// cannot be distinguished.
fn note_new_caller(episode: &mut Episode, call: &MissedCall, latest: Option<&Stored>) {
    match &call.caller {
        None | Some(Caller::Number(_)) => {}
        Some(_) => return,
    }
    match latest {
        None => episode.opens_for_a_new_caller(None),
        Some(latest) if latest.state.came_in_a_flood() => {
            episode.opens_for_a_new_caller(latest.state.new_since);
        }
        Some(_) => {}
    }
}

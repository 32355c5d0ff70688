//! Replies that may be opt-outs, and what a person decides about them. A doubt is kept as an opt-out is: by the contact and
//! by every number known for it, for later calls and for other processes.

use jiff::Timestamp;

use super::Intake;
use crate::ids::MessageId;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::{DoubtDecision, Reason};
use crate::recipes::missed_call::core::recipe::DoubtTags;
use crate::recipes::missed_call::core::signal::Person;
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::commit_parts::{
    add_outputs, entry_without_episode, subjects, suppressions,
};
use crate::recipes::missed_call::store::{Commit, StoreError, Suppression};

impl Intake {
    /// A doubt is kept whether there is an episode or not. `reply` is what the message is to an episode besides.
    pub(super) async fn doubted(
        &self,
        person: &Person,
        message: Option<&MessageId>,
        reply: Option<&Input>,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let mut commit = Commit::default();
        let loaded = self.readable_episode_of(person, now).await;
        let subjects = subjects(person, loaded.as_ref().map(|loaded| &loaded.episode));
        commit.suppressions = suppressions(person, subjects, &Reason::Doubtful, true);
        let message = message.cloned();
        match loaded {
            Some(Loaded {
                mut episode,
                revision,
            }) => {
                let mut outputs = episode.handle(&Input::Doubted { message }, now);
                // What was written before the call is no answer to it.
                if let Some(reply) = reply
                    && !episode.is_before_the_call(person.at, now)
                {
                    outputs.extend(episode.handle(reply, now));
                }
                add_outputs(&mut commit, &episode, Some(revision), outputs, now);
            }
            None => commit.entries.push(entry_without_episode(
                &person.location,
                EntryKind::Doubted { message },
                now,
            )),
        }
        Ok(commit)
    }

    /// A person of the business decided. That they may text lifts a doubt and nothing else, and is nothing if there is
    /// none; that there must be no more texts is an opt-out in any case. `None` if nothing follows.
    pub(super) async fn decided(
        &self,
        person: &Person,
        decision: DoubtDecision,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let loaded = self.episode_of(person, now).await?;
        let all = subjects(person, loaded.as_ref().map(|loaded| &loaded.episode));
        let store = &self.base.store;
        let kept = store.suppressions(&person.location, &all).await?;
        let stands = kept.iter().any(|kept| is_doubt(kept, person));
        if decision == DoubtDecision::MayText && !stands {
            return Ok(None);
        }
        let kind = EntryKind::DoubtDecided {
            decision,
            by: by.to_owned(),
        };
        let mut commit = Commit::default();
        match (decision, loaded) {
            (DoubtDecision::NoMoreTexts, _) => {
                commit = self.opted_out(person, Reason::OptedOut, None, now).await?;
                for change in &mut commit.episodes {
                    change.state.doubtful = false;
                }
                let episode = commit.episodes.first();
                let entry = Entry {
                    episode: episode.map(|change| change.state.id().clone()),
                    ..entry_without_episode(&person.location, kind, now)
                };
                commit.entries.insert(0, entry);
            }
            (DoubtDecision::MayText, Some(loaded)) => {
                let mut episode = loaded.episode;
                let input = Input::DoubtDecided {
                    decision,
                    by: by.to_owned(),
                };
                let outputs = episode.handle(&input, now);
                add_outputs(&mut commit, &episode, Some(loaded.revision), outputs, now);
            }
            (DoubtDecision::MayText, None) => {
                commit
                    .entries
                    .push(entry_without_episode(&person.location, kind, now))
            }
        }
        let lifted = suppressions(person, all, &Reason::Doubtful, false);
        commit.suppressions.extend(lifted);
        Ok(Some(commit))
    }

    /// The contact has a tag that decides about a doubt. Tags outlive the doubt they were set for, and a report lists all of
    /// them, so the tag that allows texts counts only if a step has removed it after this doubt: then somebody has set it
    /// since.
    pub(super) async fn decided_by_tag(
        &self,
        tags: &DoubtTags,
        person: &Person,
        found: &[String],
        is_dated: bool,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let (decision, tag) = if found.contains(&tags.no_more_texts) {
            (DoubtDecision::NoMoreTexts, &tags.no_more_texts)
        } else if found.contains(&tags.may_text) && is_dated {
            (DoubtDecision::MayText, &tags.may_text)
        } else {
            return Ok(None);
        };
        let loaded = self.episode_of(person, now).await?;
        let episode = loaded.as_ref().map(|loaded| &loaded.episode);
        let all = subjects(person, episode);
        let kept = self.base.store.suppressions(&person.location, &all).await?;
        if !kept.iter().any(|kept| is_doubt(kept, person)) {
            return Ok(None);
        }
        let removed_at = episode.and_then(|episode| episode.state().may_text_tag_removed_at);
        if decision == DoubtDecision::MayText && removed_at.is_none_or(|at| person.at <= at) {
            return Ok(None);
        }
        self.decided(person, decision, &format!("tag:{tag}"), now)
            .await
    }
}

/// A doubt that was there before the person's decision.
fn is_doubt(kept: &Suppression, decided: &Person) -> bool {
    kept.reason == Reason::Doubtful && kept.since < decided.at
}

//! Whether a person may be texted: opt-outs, opt-ins and consents. Each is kept by the contact and by every number known
//! for it, and outlives the episode.

use jiff::Timestamp;

use super::Intake;
use crate::digest::sha256_hex;
use crate::recipes::missed_call::core::compliance::{Consent, ConsentKind};
use crate::recipes::missed_call::core::episode::{Input, Output};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::signal::Person;
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::commit_parts::{
    add_outputs, entry_without_episode, subjects, suppressions,
};
use crate::recipes::missed_call::store::{Commit, ConsentGiven, StoreError, Suppression};

impl Intake {
    /// An opt-out is kept by contact and by every number known for it, whether there is an episode or not.
    pub(super) async fn opted_out(
        &self,
        person: &Person,
        reason: Reason,
        unconfirmed_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let mut commit = Commit::default();
        let loaded = self.readable_episode_of(person, now).await;
        let subjects = subjects(person, loaded.as_ref().map(|loaded| &loaded.episode));
        commit.suppressions = suppressions(person, subjects, &reason, true);
        match loaded {
            Some(Loaded {
                mut episode,
                revision,
            }) => {
                let input = Input::OptedOut {
                    reason: reason.clone(),
                    unconfirmed_since,
                };
                let outputs = episode.handle(&input, now);
                let is_opt_out =
                    |output: &Output| matches!(output, Output::Record(EntryKind::OptedOut { .. }));
                if !episode.state().is_open() && !outputs.iter().any(is_opt_out) {
                    // The episode recorded one before it was over. Since then the person may have opted in again.
                    let kind = EntryKind::OptedOut { reason };
                    commit
                        .entries
                        .push(entry_without_episode(&person.location, kind, now));
                }
                add_outputs(&mut commit, &episode, Some(revision), outputs, now);
            }
            None => commit.entries.push(entry_without_episode(
                &person.location,
                EntryKind::OptedOut { reason },
                now,
            )),
        }
        Ok(commit)
    }

    /// The episode of somebody who opts out, or may do so. One that cannot be read must not cost the opt-out: the list alone
    /// keeps texts back, too.
    pub(super) async fn readable_episode_of(
        &self,
        person: &Person,
        now: Timestamp,
    ) -> Option<Loaded> {
        let loaded = self.episode_of(person, now).await;
        loaded.unwrap_or_else(|error| {
            tracing::error!(
                location = %person.location,
                error = &error as &dyn std::error::Error,
                "the episode of an opt-out or doubtful reply cannot be read; the opt-out or doubt is kept without it"
            );
            None
        })
    }

    /// Takes back opt-outs of these kinds only: a setting that HighLevel reports as off says nothing about a STOP
    /// that HighLevel did not understand. `None` if there is none to take back.
    pub(super) async fn opted_in(
        &self,
        person: &Person,
        reasons: &[Reason],
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let loaded = self.episode_of(person, now).await?;
        let subjects = subjects(person, loaded.as_ref().map(|loaded| &loaded.episode));
        let store = &self.base.store;
        let kept = store.suppressions(&person.location, &subjects).await?;
        // What was said before the opt-out takes nothing back, however late it is reported.
        let takes_back = |reason: &&Reason| {
            let is_older = |kept: &Suppression| kept.reason == **reason && kept.since < person.at;
            kept.iter().any(is_older)
        };
        let mut commit = Commit::default();
        for reason in reasons.iter().filter(takes_back) {
            let lifted = suppressions(person, subjects.clone(), reason, false);
            commit.suppressions.extend(lifted);
            let reason = reason.clone();
            let kind = EntryKind::OptedIn { reason };
            let entry = entry_without_episode(&person.location, kind, now);
            commit.entries.push(entry);
        }
        Ok((!commit.entries.is_empty()).then_some(commit))
    }

    /// A consent is kept by contact and by every number known for it, whether there is an episode or not.
    pub(super) async fn consented(
        &self,
        person: &Person,
        how: ConsentKind,
        consent: &Consent,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let loaded = self.episode_of(person, now).await?;
        let subjects = subjects(person, loaded.as_ref().map(|loaded| &loaded.episode));
        let given = |subject| ConsentGiven {
            location: person.location.clone(),
            subject,
            kind: how,
            consent: consent.clone(),
        };
        let mut kind = EntryKind::Consented {
            how,
            consent: consent.clone(),
        };
        let mut commit = Commit {
            consents: subjects.into_iter().map(given).collect(),
            ..Commit::default()
        };
        match loaded {
            Some(Loaded { episode, revision }) => {
                let outputs = vec![Output::Record(kind)];
                add_outputs(&mut commit, &episode, Some(revision), outputs, now);
            }
            None => {
                // An erasure does not find an entry without an episode, and the reference may be the person's own.
                if let EntryKind::Consented { consent, .. } = &mut kind {
                    let hash = sha256_hex(consent.reference.as_bytes());
                    consent.reference = format!("sha256:{hash}");
                }
                commit
                    .entries
                    .push(entry_without_episode(&person.location, kind, now));
            }
        }
        Ok(commit)
    }
}

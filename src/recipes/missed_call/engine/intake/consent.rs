//! Whether somebody may be texted: opt-outs, what takes them back, and consent. Each is kept by the contact and by every
//! number known for it, and outlives the episode.

use jiff::Timestamp;

use super::accept::alone;
use crate::digest::sha256_hex;
use crate::recipes::missed_call::core::compliance::{Consent, ConsentKind};
use crate::recipes::missed_call::core::episode::{Episode, Input, Output};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::core::signal::Person;
use crate::recipes::missed_call::engine::{Engine, Loaded, add_to};
use crate::recipes::missed_call::store::{
    Commit, ConsentGiven, StoreError, Suppression, SuppressionChange,
};

impl Engine {
    /// An opt-out is kept by contact and by every number known for it, whether there is an episode or not.
    pub(crate) async fn opted_out(
        &self,
        person: &Person,
        reason: Reason,
        unconfirmed_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let mut commit = Commit::default();
        // An episode that cannot be read must not cost the opt-out: the list alone keeps texts back, too.
        let told = self.of(person, now).await.unwrap_or_else(|error| {
            tracing::error!(
                location = %person.location,
                error = &error as &dyn std::error::Error,
                "the episode of an opt-out cannot be read; the opt-out is kept without it"
            );
            None
        });
        let subjects = subjects(person, told.as_ref().map(|resumed| &resumed.episode));
        commit.suppressions = changes(person, subjects, &reason, true);
        match told {
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
                    |action: &Output| matches!(action, Output::Record(EntryKind::OptedOut { .. }));
                if !episode.state().is_open() && !outputs.iter().any(is_opt_out) {
                    // It said so before it was over. Since then the person may have opted in again.
                    let kind = EntryKind::OptedOut { reason };
                    commit.entries.push(alone(person, kind, now));
                }
                add_to(&mut commit, &episode, Some(revision), outputs, now);
            }
            None => commit
                .entries
                .push(alone(person, EntryKind::OptedOut { reason }, now)),
        }
        Ok(commit)
    }

    /// Takes back an opt-out of the same kind only: a setting that HighLevel reports as off says nothing about a STOP
    /// that HighLevel did not understand. `None` if there is none to take back.
    pub(crate) async fn opted_in(
        &self,
        person: &Person,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let told = self.of(person, now).await?;
        let subjects = subjects(person, told.as_ref().map(|resumed| &resumed.episode));
        let suppressions = self
            .shared
            .store
            .suppressions(&person.location, &subjects)
            .await?;
        // What was said before it was forbidden takes nothing back, however late it is told.
        let takes_back = |kept: &Suppression| kept.reason == reason && kept.since < person.at;
        if !suppressions.iter().any(takes_back) {
            return Ok(None);
        }
        let kind = EntryKind::OptedIn {
            reason: reason.clone(),
        };
        Ok(Some(Commit {
            suppressions: changes(person, subjects, &reason, false),
            entries: vec![alone(person, kind, now)],
            ..Commit::default()
        }))
    }

    /// A consent is kept by contact and by every number known for it, whether there is an episode or not.
    pub(crate) async fn consented(
        &self,
        person: &Person,
        how: ConsentKind,
        consent: &Consent,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let told = self.of(person, now).await?;
        let subjects = subjects(person, told.as_ref().map(|resumed| &resumed.episode));
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
        match told {
            Some(Loaded { episode, revision }) => {
                let outputs = vec![Output::Record(kind)];
                add_to(&mut commit, &episode, Some(revision), outputs, now);
            }
            None => {
                // An entry without an episode is found by nobody who erases a person, and the reference may be theirs.
                if let EntryKind::Consented { consent, .. } = &mut kind {
                    let hash = sha256_hex(consent.reference.as_bytes());
                    consent.reference = format!("sha256:{hash}");
                }
                commit.entries.push(alone(person, kind, now));
            }
        }
        Ok(commit)
    }
}

pub(crate) fn subjects(person: &Person, episode: Option<&Episode>) -> Vec<Subject> {
    let called = episode.and_then(|episode| episode.state().caller());
    Subject::all(&person.contact, person.number.iter().chain(called))
}

pub(crate) fn changes(
    person: &Person,
    subjects: Vec<Subject>,
    reason: &Reason,
    suppressed: bool,
) -> Vec<SuppressionChange> {
    let change = |subject| SuppressionChange {
        location: person.location.clone(),
        subject,
        reason: reason.clone(),
        suppressed,
        at: person.at,
    };
    subjects.into_iter().map(change).collect()
}

//! Inputs whose meaning depends on the episode that they are told to, or on the recipe.

use jiff::Timestamp;

use super::accept::alone;
use crate::ids::TaskId;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{MissedCall, Reason, Trigger};
use crate::recipes::missed_call::core::recipe::SuspectedVoicemail;
use crate::recipes::missed_call::core::signal::{Person, Signal};
use crate::recipes::missed_call::engine::{Engine, LocationEntry};
use crate::recipes::missed_call::store::{Commit, StoreError};

/// What the recipe makes of a call that was answered, if a mailbox may have taken it.
pub(crate) fn suspicion(
    site: &LocationEntry,
    call: &MissedCall,
    by_a_user: bool,
) -> Option<SuspectedVoicemail> {
    let rules = &site.recipe.call;
    rules
        .suspects(call.duration, by_a_user)
        .then_some(rules.suspected_voicemail)
}

/// Whether a signal is a missed call in this location.
pub(crate) fn is_missed(site: &LocationEntry, signal: &Signal) -> bool {
    match signal {
        Signal::Missed(_) => true,
        Signal::Answered { call, by_a_user } => {
            suspicion(site, call, *by_a_user) == Some(SuspectedVoicemail::Missed)
        }
        _ => false,
    }
}

impl Engine {
    /// A call was answered, or may have been.
    pub(crate) async fn answered(
        &self,
        signal: &Signal,
        call: &MissedCall,
        suspected: Option<SuspectedVoicemail>,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let Some((person, input)) = signal.to_input() else {
            return Ok(None);
        };
        let reported = (suspected == Some(SuspectedVoicemail::Reported)).then(|| Commit {
            entries: vec![alone(
                &person,
                EntryKind::CallUnclear {
                    message: call.message.clone(),
                    status: "suspected_voicemail".into(),
                },
                now,
            )],
            ..Commit::default()
        });
        self.tell(&person, &input, reported, now).await
    }

    /// Only a task of the episode tells that its caller was taken care of, and only if a person has completed it.
    pub(crate) async fn task_done(
        &self,
        person: &Person,
        task: &TaskId,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let told = self.of(person, now).await?;
        if !told.is_some_and(|told| told.episode.has_open_task(task)) {
            return Ok(None);
        }
        let input = Input::Happened {
            what: Trigger::TaskDone,
            reference: task.to_string(),
        };
        self.tell(person, &input, None, now).await
    }

    /// The episode of a contact that was deleted ends; opt-outs stay.
    pub(crate) async fn contact_gone(
        &self,
        person: &Person,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let told = self.of(person, now).await?;
        if told.is_none_or(|told| *told.episode.state().contact() != person.contact) {
            return Ok(None);
        }
        self.tell(person, &Input::Ended(Reason::ContactGone), None, now)
            .await
    }
}

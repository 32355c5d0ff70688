//! Inputs whose meaning depends on the episode that they are told to, or on the recipe.

use jiff::Timestamp;

use super::accept::alone;
use super::{Engine, Site};
use crate::ids::TaskId;
use crate::recipes::missed_call::call::Caller;
use crate::recipes::missed_call::episode::{Happening, Input, MissedCall, Reason};
use crate::recipes::missed_call::intake::Person;
use crate::recipes::missed_call::ledger::EntryKind;
use crate::recipes::missed_call::recipe::Suspected;
use crate::recipes::missed_call::store::{Commit, StoreError};

impl Engine {
    /// A call was answered. One that a mailbox may have taken is what the recipe says.
    pub(super) async fn answered(
        &self,
        site: &Site,
        call: &MissedCall,
        by_a_user: bool,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let rules = &site.recipe.call;
        let person = Person {
            location: call.location.clone(),
            contact: call.contact.clone(),
            number: match &call.caller {
                Some(Caller::Number(number)) => Some(number.clone()),
                _ => None,
            },
            at: call.ended_at,
        };
        let mut commit = None;
        if rules.suspects(call.duration, by_a_user) {
            match rules.suspected_voicemail {
                Suspected::Missed => return self.missed(site, call, now).await.map(Some),
                Suspected::Reported => {
                    let kind = EntryKind::CallUnclear {
                        message: call.message.clone(),
                        status: "suspected_voicemail".into(),
                    };
                    commit = Some(Commit {
                        entries: vec![alone(&person, kind, now)],
                        ..Commit::default()
                    });
                }
                Suspected::Answered => {}
            }
        }
        let input = Input::Happened {
            what: Happening::Answered,
            reference: call.message.to_string(),
        };
        self.tell(&person, &input, commit, now).await
    }

    /// An appointment that was made before the call has nothing to do with it: HighLevel tells of every change to one.
    pub(super) async fn booked(
        &self,
        person: &Person,
        reference: &str,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let told = self.of(person, now).await?;
        if told.is_some_and(|told| person.at < told.episode.state().call_ended_at()) {
            return Ok(None);
        }
        let input = Input::Happened {
            what: Happening::Booked,
            reference: reference.to_owned(),
        };
        self.tell(person, &input, None, now).await
    }

    /// Only a task of the episode tells that its caller was taken care of, and only if a person has completed it.
    pub(super) async fn task_done(
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
            what: Happening::TaskDone,
            reference: task.to_string(),
        };
        self.tell(person, &input, None, now).await
    }

    /// The episode of a contact that was deleted ends; opt-outs stay.
    pub(super) async fn contact_gone(
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

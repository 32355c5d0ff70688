//! The stored state of an episode. It is stored as JSON, and every later release must load rows of older ones: add fields
//! with a default, never change the meaning of one, and raise [`VERSION`] if that is not enough.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::pending_reply::PendingReply;
use super::{Episode, later};
use crate::ids::{ContactId, ConversationId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::NewCaller;
use crate::recipes::missed_call::core::model::{
    EpisodeId, ExperimentArm, PersonKey, Reason, Receipt, StepName,
};

/// The version that this release writes.
pub(crate) const VERSION: u32 = 1;

/// How many call ids are remembered, to recognise another event about one of these calls.
pub(crate) const REMEMBERED_CALLS: usize = 32;

/// The stored part of an [`Episode`](super::Episode).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodeState {
    /// The version of this format.
    pub(crate) version: u32,
    pub(crate) id: EpisodeId,
    pub(crate) location: LocationId,
    pub(crate) contact: ContactId,
    /// The contact of the call, if it no longer exists and another contact with the caller's number replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) former_contact: Option<ContactId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) conversation: Option<ConversationId>,
    /// The caller's number, if the call reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) caller: Option<PhoneNumber>,
    /// The number of the business that was called first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) called: Option<PhoneNumber>,
    /// The fingerprint of its recipe, which never changes.
    pub(crate) recipe: String,
    /// When the first call ended.
    pub(crate) call_ended_at: Timestamp,
    /// How many seconds the first call lasted, if reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) call_seconds: Option<u64>,
    /// The caller's first call, if nothing was known of the caller except this call and others in a flood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) new_since: Option<Timestamp>,
    /// Until when further calls join.
    #[serde(rename = "closes_at")]
    pub(crate) cooldown_until: Timestamp,
    /// The first call and the latest ones that joined.
    pub(crate) calls: Vec<MessageId>,
    /// How many calls were missed.
    pub(crate) missed_calls: u32,
    /// Whether the caller left a voicemail with one of the calls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) voicemail: bool,
    /// When the caller last wrote something that is neither an opt-out nor automatic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replied_at: Option<Timestamp>,
    /// When the caller opted out in words that carriers do not act on, so that a step may confirm it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unconfirmed_opt_out_at: Option<Timestamp>,
    /// Why no more texts may be sent to the caller, once they have opted out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) opted_out: Option<Reason>,
    /// Whether the caller may have opted out, and nobody has decided yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) doubtful: bool,
    /// When a step removed the tag that allows texts, since the last doubt: from then on the tag is a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) may_text_tag_removed_at: Option<Timestamp>,
    /// The state of each step that was started.
    pub(crate) steps: BTreeMap<StepName, StepState>,
    /// The start time of steps that the first call did not start.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) set_off: BTreeMap<StepName, Timestamp>,
    /// The caller's arm in the recipe's experiment, once they are assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) arm: Option<ExperimentArm>,
    /// When the call ended by which a caller was released from whom the text was held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) released_at: Option<Timestamp>,
    /// The steps that were held back and planned again then, under another effect.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) planned_again: BTreeSet<StepName>,
    /// The ids of what completed steps created: messages, tasks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) references: BTreeMap<StepName, String>,
    /// What became of texts, as far as HighLevel has said it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) receipts: BTreeMap<StepName, Receipt>,
    /// Until when steps wait for the word that a text was not delivered. The episode stays open so long.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) receipts_until: BTreeMap<StepName, Timestamp>,
    /// Replies that are not classified yet.
    #[serde(rename = "unread", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) pending_replies: BTreeMap<MessageId, PendingReply>,
    /// Whether no step may start any more, whatever is reported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) ended: bool,
    /// Whether it is open: further calls of this caller join it.
    pub(crate) live: bool,
}

/// The state of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepState {
    /// Its effect is stored and waits for its due time.
    Planned,
    /// An attempt has begun. Whether HighLevel did it is not known before the attempt ends.
    Attempting,
    /// An attempt has begun, and the step was stopped since. If HighLevel did not do it, it is not retried.
    Stopping(Reason),
    /// HighLevel did it.
    Done,
    /// In a dry run: it would have been done.
    Would,
    /// It was not done.
    NotDone(Reason),
}

impl StepState {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Planned | Self::Attempting | Self::Stopping(_))
    }
}

impl EpisodeState {
    pub(crate) fn step(&self, step: &StepName) -> Option<&StepState> {
        self.steps.get(step)
    }

    pub(crate) fn has_open_step(&self) -> bool {
        self.steps.values().any(StepState::is_open)
    }

    pub(crate) fn has_open(&self, step: &StepName) -> bool {
        self.step(step).is_some_and(StepState::is_open)
    }

    /// When the first call began; its end, if its length is not known.
    pub(crate) fn call_began_at(&self) -> Timestamp {
        let seconds = self.call_seconds.unwrap_or(0);
        let length = SignedDuration::from_secs(seconds.try_into().unwrap_or(i64::MAX));
        self.call_ended_at
            .saturating_sub(length)
            .unwrap_or(Timestamp::MIN)
    }

    /// Whether its first call ended after this time.
    pub(crate) fn is_called_after(&self, time: Timestamp) -> bool {
        self.call_ended_at > time
    }

    /// Whether the first text was not sent because the call was part of a flood.
    pub(crate) fn came_in_a_flood(&self) -> bool {
        let mut steps = self.steps.values();
        steps.any(|step| *step == StepState::NotDone(Reason::Flood))
    }

    /// The first call, if the caller was unknown then. Floods are detected by these calls, so a
    /// [`Store`](crate::recipes::missed_call::store::Store) must find them by time and by number.
    pub fn new_caller(&self) -> Option<NewCaller> {
        self.new_since.map(|_| NewCaller {
            number: self.caller.clone(),
            called_at: self.call_began_at(),
        })
    }

    /// The episode's id.
    pub fn id(&self) -> &EpisodeId {
        &self.id
    }

    /// Its location.
    pub fn location(&self) -> &LocationId {
        &self.location
    }

    /// The caller's contact.
    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// The caller's number, if the call reported it.
    pub fn caller(&self) -> Option<&PhoneNumber> {
        self.caller.as_ref()
    }

    /// The number of the business that was called first.
    pub(crate) fn called(&self) -> Option<&PhoneNumber> {
        self.called.as_ref()
    }

    /// The person whose episode it is.
    pub(crate) fn person(&self) -> PersonKey {
        PersonKey {
            location: self.location.clone(),
            contact: self.contact.clone(),
            number: self.caller.clone(),
        }
    }

    /// The fingerprint of its recipe.
    pub fn recipe(&self) -> &str {
        &self.recipe
    }

    /// Whether further calls of this caller join it.
    pub fn is_open(&self) -> bool {
        self.live
    }

    /// Whether it still records what its caller does: it is open, or closed and its call is not older than
    /// [`Episode::ATTRIBUTION_WINDOW`].
    pub fn accepts_late_input(&self, now: Timestamp) -> bool {
        self.live || now <= later(self.call_ended_at, Episode::ATTRIBUTION_WINDOW)
    }
}

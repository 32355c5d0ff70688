//! The ledger: the history of every episode, the source of reports and of consent evidence.
//!
//! This module defines the entries. Stores keep them, and no entry is ever changed or removed, except that erasing a
//! person redacts theirs. Entries are stored as JSON, and every later release must load them. They hold phone numbers and
//! texts, because they are the evidence; `Debug` does not show these.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::call::MissedReason;
use super::compliance::{Consent, ConsentKind};
pub use super::entry_tag::EntryTag;
use super::model::Halt;
pub use super::model::{Assignment, ExperimentArm, ExperimentRules};
pub use super::model::{DeliveryFailure, FailedStatus};
use super::model::{
    DoubtDecision, EffectId, EpisodeId, Evidence, Intent, Reason, StepName, Trigger,
};
use super::reply::Reply;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::phone::PhoneNumber;

/// One entry of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// When it was written.
    pub at: Timestamp,
    /// Where it happened.
    pub location: LocationId,
    /// The episode it belongs to. An opt-out without an episode belongs to none.
    pub episode: Option<EpisodeId>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EntryKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntryKind {
    /// A call was missed and opened the episode. The call is the consent to the first text.
    CallMissed {
        /// The facts of the call.
        #[serde(flatten)]
        call: CallRecord,
        /// The recipe's name and version.
        recipe: String,
        /// The recipe's fingerprint.
        recipe_fingerprint: String,
    },
    /// A further call was missed within the cooldown. It triggers no second text.
    CallJoined {
        /// The facts of the call.
        #[serde(flatten)]
        call: CallRecord,
        /// How many calls of the episode were missed so far.
        missed_calls: u32,
    },
    /// The report of a call does not say whether it was missed or answered, or not whose call it was. The recipe does
    /// nothing for it.
    CallUnclear {
        /// The call.
        message: MessageId,
        /// The status as HighLevel wrote it, or one of ours: `no_status` if there is none, `no_contact` for a missed call
        /// without a contact, `no_direction` for a recorded call that may be the team's own, `suspected_voicemail` for a
        /// call that counts as answered but was so short that a voicemail box may have answered it.
        status: String,
    },
    /// An attempt at an effect begins. The entry is written before the attempt and holds all that it will do.
    Attempted {
        /// The effect.
        effect: EffectId,
        /// Which attempt it is, from 1.
        attempt: u32,
        /// What exactly the attempt does.
        intent: Intent,
        /// The contact of the effect.
        contact: ContactId,
        /// The call that is the basis of the effect; for a text, the consent.
        basis: Option<MessageId>,
    },
    /// In a dry run: an attempt would begin here. Nothing is done, and the step ends.
    Would {
        /// The effect.
        effect: EffectId,
        /// What exactly the attempt would do.
        intent: Intent,
    },
    /// An effect failed for now and is retried. The entry is written at the first failure only.
    Postponed {
        /// The effect.
        effect: EffectId,
        /// The code of the failure.
        code: String,
    },
    /// The caller is assigned to an arm of the recipe's experiment. The entry is written for both arms alike, when nothing
    /// else forbids the text. If it is held back, [`NotDone`](Self::NotDone) follows.
    Assigned {
        /// The arm, and what it follows from.
        #[serde(flatten)]
        assignment: Assignment,
        /// The text.
        effect: EffectId,
    },
    /// The caller has called again: nothing is held back from them any longer. The text follows, unless something else
    /// forbids it by now. In reports they stay in their arm.
    Released {
        /// The experiment.
        experiment: String,
        /// The call.
        call: MessageId,
    },
    /// An experiment begins in the location, by these rules. It is written before the first caller is assigned, and again
    /// where the rules have changed since; reports go by the first entry.
    ExperimentBegan {
        /// The rules.
        #[serde(flatten)]
        rules: ExperimentRules,
        /// The fingerprint of the recipe that has it.
        recipe_fingerprint: String,
    },
    /// A text is deferred until an hour at which the person may be texted.
    Waits {
        /// The effect.
        effect: EffectId,
        /// Until when.
        until: Timestamp,
        /// The rule that defers it, as a sentence.
        why: String,
    },
    /// The response to an attempt was lost. The outcome is found by reading back from HighLevel.
    OutcomeUnknown {
        /// The effect.
        effect: EffectId,
        /// The code of the failure.
        code: String,
    },
    /// Reading back showed that the attempt had no effect.
    NotFound {
        /// The effect.
        effect: EffectId,
    },
    /// A step was done.
    Done {
        /// The step.
        step: StepName,
        /// The id of what the step created: a message, a task.
        reference: Option<String>,
        /// When HighLevel accepted it.
        accepted_at: Timestamp,
        /// Whole seconds from the end of the call until then.
        seconds_after_call: i64,
        /// Whether it was found by reading back after a lost response.
        found: bool,
    },
    /// A step was not done and will not be done.
    NotDone {
        /// The step.
        step: StepName,
        /// Why.
        reason: Reason,
    },
    /// HighLevel says that a text was delivered.
    Delivered {
        /// The step.
        step: StepName,
        /// The text.
        message: MessageId,
    },
    /// HighLevel says that a text, which it had accepted, was not delivered.
    NotDelivered {
        /// The step.
        step: StepName,
        /// The text.
        message: MessageId,
        /// How HighLevel says it.
        #[serde(flatten)]
        failure: DeliveryFailure,
    },
    /// The caller wrote, or their phone replied automatically ([`Reply::Automatic`]).
    Replied {
        /// The message.
        message: Option<MessageId>,
        /// What the reply asks for. [`Reply::Other`] is not written; a row without the field means it.
        #[serde(default, skip_serializing_if = "Reply::is_other")]
        reply: Reply,
    },
    /// A trigger occurred: something that can start or stop steps.
    Happened {
        /// The trigger.
        what: Trigger,
        /// Its id: of a call, a message, an appointment.
        reference: String,
    },
    /// The caller must not be texted any longer.
    OptedOut {
        /// Why.
        reason: Reason,
    },
    /// The caller may have opted out ([`Reply::Doubtful`]). No message is sent until a person decides.
    Doubted {
        /// The message that left the doubt.
        message: Option<MessageId>,
    },
    /// A person of the business decided about a doubt. If they decided for no more texts, an opt-out follows.
    DoubtDecided {
        /// What was decided.
        decision: DoubtDecision,
        /// Who decided: the host's word for the person, `tag:` and the tag, or `note:` and the id of the note.
        by: String,
    },
    /// The caller opted out and asked for their data to be erased. The engine erases nothing by itself: the message leads
    /// to the contact in HighLevel, whom the host erases there and with
    /// [`Engine::erase`](crate::recipes::missed_call::Engine::erase).
    ErasureAsked {
        /// The message.
        message: Option<MessageId>,
    },
    /// A person consented to texts.
    Consented {
        /// How.
        how: ConsentKind,
        /// When, and where the proof is. If there was no episode, the reference is `sha256:` and the hash in hex of the
        /// recorded reference: that one may contain a name, and an entry without an episode cannot be found to be erased.
        #[serde(flatten)]
        consent: Consent,
    },
    /// The caller may be texted again.
    OptedIn {
        /// Which opt-out was withdrawn; [`Reason::Doubtful`] for a doubt.
        reason: Reason,
    },
    /// The episode has ended early; no further step is done.
    Ended {
        /// Why.
        reason: Reason,
    },
    /// The contact no longer exists, as after a merge. The episode continues with another contact that has the caller's
    /// number.
    ContactFollowed {
        /// The contact that no longer exists.
        from: ContactId,
        /// The contact that the episode continues with.
        to: ContactId,
    },
    /// A sweep of HighLevel's records found this message, which no webhook had reported. Its consequences are entries of
    /// their own.
    Found {
        /// The message: a call or a text.
        message: MessageId,
        /// When the message was created.
        made_at: Timestamp,
    },
    /// A sweep of HighLevel's records is finished.
    Swept {
        /// Start of the time range that it read.
        from: Timestamp,
        /// End of that time range.
        to: Timestamp,
        /// How many of the messages are relevant to the recipe.
        seen: u64,
        /// How many of those had not been reported by a webhook.
        found: u64,
    },
    /// The location is halted: from here on nothing is done in it.
    Halted {
        /// Why.
        halt: Halt,
    },
    /// One of the reasons for which the location was halted is gone.
    Resumed {
        /// Which one.
        halt: Halt,
    },
    /// The episode is closed. The caller's next call opens a new one.
    Closed {
        /// How many calls were missed in it.
        missed_calls: u32,
    },
}

/// The known facts of one call, as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call.
    pub message: MessageId,
    /// The contact.
    pub contact: ContactId,
    /// The caller's number, if reported.
    pub caller: Option<PhoneNumber>,
    /// The number that was called, if reported.
    pub called: Option<PhoneNumber>,
    /// When the call ended.
    pub ended_at: Timestamp,
    /// How many seconds it lasted, if reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Why it was missed.
    pub reason: MissedReason,
    /// The delivery that reported it.
    pub evidence: Evidence,
}

impl EntryKind {
    /// The kind without its data.
    pub fn tag(&self) -> EntryTag {
        match self {
            Self::CallMissed { .. } => EntryTag::CallMissed,
            Self::CallJoined { .. } => EntryTag::CallJoined,
            Self::CallUnclear { .. } => EntryTag::CallUnclear,
            Self::Attempted { .. } => EntryTag::Attempted,
            Self::Would { .. } => EntryTag::Would,
            Self::Assigned { .. } => EntryTag::Assigned,
            Self::Released { .. } => EntryTag::Released,
            Self::ExperimentBegan { .. } => EntryTag::ExperimentBegan,
            Self::Postponed { .. } => EntryTag::Postponed,
            Self::Waits { .. } => EntryTag::Waits,
            Self::OutcomeUnknown { .. } => EntryTag::OutcomeUnknown,
            Self::NotFound { .. } => EntryTag::NotFound,
            Self::Done { .. } => EntryTag::Done,
            Self::NotDone { .. } => EntryTag::NotDone,
            Self::Delivered { .. } => EntryTag::Delivered,
            Self::NotDelivered { .. } => EntryTag::NotDelivered,
            Self::Replied { .. } => EntryTag::Replied,
            Self::Happened { .. } => EntryTag::Happened,
            Self::OptedOut { .. } => EntryTag::OptedOut,
            Self::Doubted { .. } => EntryTag::Doubted,
            Self::DoubtDecided { .. } => EntryTag::DoubtDecided,
            Self::ErasureAsked { .. } => EntryTag::ErasureAsked,
            Self::Consented { .. } => EntryTag::Consented,
            Self::OptedIn { .. } => EntryTag::OptedIn,
            Self::Ended { .. } => EntryTag::Ended,
            Self::ContactFollowed { .. } => EntryTag::ContactFollowed,
            Self::Found { .. } => EntryTag::Found,
            Self::Swept { .. } => EntryTag::Swept,
            Self::Halted { .. } => EntryTag::Halted,
            Self::Resumed { .. } => EntryTag::Resumed,
            Self::Closed { .. } => EntryTag::Closed,
        }
    }

    /// The stored name of the kind, such as `call_missed`.
    pub fn name(&self) -> &'static str {
        self.tag().name()
    }
}

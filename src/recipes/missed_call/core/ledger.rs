//! The ledger: the append-only history of every episode, the source of reports and of consent evidence.
//!
//! Only what an entry is lives here; stores keep them, and nobody changes or removes one. Entries are stored as JSON
//! and must load for ever. They hold numbers and texts, because they are the evidence; `Debug` does not show them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::call::MissedReason;
use super::compliance::{Consent, ConsentKind};
use super::model::Halt;
use super::model::{EffectId, EpisodeId, Evidence, Intent, Reason, StepName, Trigger};
use super::reply::Reply;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::phone::PhoneNumber;

/// One thing that happened.
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
        /// What is known of the call.
        #[serde(flatten)]
        call: CallRecord,
        /// The recipe's name and version.
        recipe: String,
        /// The recipe's fingerprint.
        recipe_fingerprint: String,
    },
    /// A further call was missed within the cooldown; it sends nothing.
    CallJoined {
        /// What is known of the call.
        #[serde(flatten)]
        call: CallRecord,
        /// How many calls were missed so far.
        missed_calls: u32,
    },
    /// A call was reported in a way that says neither missed nor answered, or not of whom. Nothing follows from it.
    CallUnclear {
        /// The call.
        message: MessageId,
        /// The status as HighLevel wrote it; `no_status` without one, `no_contact` for a missed call of nobody,
        /// `no_direction` for a recorded call that may be one of the team's, `suspected_voicemail` for a call that counts
        /// as answered, and was so short that a mailbox may have taken it.
        status: String,
    },
    /// An attempt at an effect begins. Written before it, with all that it will do.
    Attempted {
        /// The effect.
        effect: EffectId,
        /// Which attempt it is, from 1.
        attempt: u32,
        /// What exactly is done.
        intent: Intent,
        /// The contact it is done for.
        contact: ContactId,
        /// The call it rests on: for a text, the consent.
        basis: Option<MessageId>,
    },
    /// A step could not be done for now and is tried again; written at the first failure only.
    Postponed {
        /// The effect.
        effect: EffectId,
        /// The code of what went wrong.
        code: String,
    },
    /// A text waits for an hour at which the person may be texted.
    Waits {
        /// The effect.
        effect: EffectId,
        /// Until when.
        until: Timestamp,
        /// The hours that keep it, in a sentence.
        why: String,
    },
    /// The answer to an attempt was lost; it is settled by reading back.
    OutcomeUnknown {
        /// The effect.
        effect: EffectId,
        /// The code of what went wrong.
        code: String,
    },
    /// Reading back showed that the attempt had no effect.
    NotFound {
        /// The effect.
        effect: EffectId,
    },
    /// A step was done.
    Done {
        /// Which.
        step: StepName,
        /// The id of what came of it: a message, a task.
        reference: Option<String>,
        /// When HighLevel had accepted it.
        accepted_at: Timestamp,
        /// Whole seconds from the call's end until then.
        seconds_after_call: i64,
        /// Found by reading back after an attempt whose answer was lost.
        found: bool,
    },
    /// A step was not done, and will not be.
    NotDone {
        /// Which.
        step: StepName,
        /// Why.
        reason: Reason,
    },
    /// The caller wrote, or their phone answered by itself ([`Reply::Automatic`]).
    Replied {
        /// The message.
        message: Option<MessageId>,
        /// What it asks for. [`Reply::Other`] is not written, and is what rows without it mean.
        #[serde(default, skip_serializing_if = "Reply::is_other")]
        reply: Reply,
    },
    /// Something else happened that steps can follow or stop on.
    Happened {
        /// What.
        what: Trigger,
        /// The id of it: a call, a message, an appointment.
        reference: String,
    },
    /// The caller must not be texted any more.
    OptedOut {
        /// Why.
        reason: Reason,
    },
    /// The caller asked, beside an opt-out, that what is known of them be erased. The engine erases nothing by itself: the
    /// message names the contact in HighLevel, whom the host erases there and with
    /// [`Engine::erase`](crate::recipes::missed_call::Engine::erase).
    ErasureAsked {
        /// The message.
        message: Option<MessageId>,
    },
    /// Somebody consented to texts.
    Consented {
        /// How.
        how: ConsentKind,
        /// When, and where the proof is. Where there was no episode, the reference is `sha256:` and the hash of the one
        /// that was recorded, in hex: it may name somebody, and nothing would find the entry to erase them.
        #[serde(flatten)]
        consent: Consent,
    },
    /// The caller may be texted again.
    OptedIn {
        /// Which of the two opt-outs was taken back.
        reason: Reason,
    },
    /// Nothing more is done in the episode.
    Ended {
        /// Why.
        reason: Reason,
    },
    /// The contact was gone, as after a merge; the episode goes on with another one that has the caller's number.
    ContactFollowed {
        /// The contact that is gone.
        from: ContactId,
        /// The other one.
        to: ContactId,
    },
    /// No webhook had told of this message; a sweep of what HighLevel has recorded found it. What follows from it stands
    /// beside.
    Found {
        /// The message: a call or a text.
        message: MessageId,
        /// When it was made.
        made_at: Timestamp,
    },
    /// A sweep of what HighLevel has recorded is done.
    Swept {
        /// It looked at messages from this time on …
        from: Timestamp,
        /// … up to this one.
        to: Timestamp,
        /// How many of them mean something to the recipe.
        seen: u64,
        /// How many of those no webhook had told of.
        found: u64,
    },
    /// From here on nothing is done in the location.
    Halted {
        /// Why.
        halt: Halt,
    },
    /// This keeps the location from nothing any more.
    Resumed {
        /// What did.
        halt: Halt,
    },
    /// The episode is over; the caller's next call opens a new one.
    Closed {
        /// How many calls were missed in it.
        missed_calls: u32,
    },
}

/// What is known of one call, as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call.
    pub message: MessageId,
    /// The contact.
    pub contact: ContactId,
    /// The caller's number, where told.
    pub caller: Option<PhoneNumber>,
    /// The number that was called, where told.
    pub called: Option<PhoneNumber>,
    /// When the call ended.
    pub ended_at: Timestamp,
    /// How many seconds it lasted, where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Why it was missed.
    pub reason: MissedReason,
    /// The delivery that told of it.
    pub evidence: Evidence,
}

impl EntryKind {
    /// The stored name of the kind, such as `call_missed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CallMissed { .. } => "call_missed",
            Self::CallJoined { .. } => "call_joined",
            Self::CallUnclear { .. } => "call_unclear",
            Self::Attempted { .. } => "attempted",
            Self::Postponed { .. } => "postponed",
            Self::Waits { .. } => "waits",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::NotFound { .. } => "not_found",
            Self::Done { .. } => "done",
            Self::NotDone { .. } => "not_done",
            Self::Replied { .. } => "replied",
            Self::Happened { .. } => "happened",
            Self::OptedOut { .. } => "opted_out",
            Self::ErasureAsked { .. } => "erasure_asked",
            Self::Consented { .. } => "consented",
            Self::OptedIn { .. } => "opted_in",
            Self::Ended { .. } => "ended",
            Self::ContactFollowed { .. } => "contact_followed",
            Self::Found { .. } => "found",
            Self::Swept { .. } => "swept",
            Self::Halted { .. } => "halted",
            Self::Resumed { .. } => "resumed",
            Self::Closed { .. } => "closed",
        }
    }
}

//! What an episode is told.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::happening::Happening;
use super::names::EffectId;
use super::reason::Reason;
use crate::ids::{ContactId, ConversationId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::call::{Caller, MissedReason};
use crate::recipes::missed_call::reply::Reply;

/// Something that happened, for one episode.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// The caller called again and was not answered.
    CallMissed(MissedCall),
    /// The caller wrote to the business, on any channel.
    Replied {
        /// The message, if it has an id.
        message: Option<MessageId>,
        /// What it asks for. An automatic answer is written down and changes nothing.
        reply: Reply,
        /// When they wrote it, as far as that is told.
        at: Timestamp,
    },
    /// The caller wrote, and somebody is asked what it means. It counts as a reply of a person at once; what it asks for
    /// comes as [`Read`](Self::Read), and is what the rules made of it where that does not come in time.
    Wrote {
        /// The message.
        message: MessageId,
        /// What the rules made of it: of a person, and no opt-out.
        rules: Reply,
        /// When they wrote it, as far as that is told.
        at: Timestamp,
        /// How long is waited.
        until: Timestamp,
    },
    /// What a reply asks for is known. Told late, or twice, it changes nothing.
    Read {
        /// The message.
        message: MessageId,
        /// What it asks for.
        reply: Reply,
    },
    /// The caller must not be texted any more.
    OptedOut {
        /// Why.
        reason: Reason,
        /// When they said so, if in words that no carrier answers; then a step may confirm it.
        unconfirmed_since: Option<Timestamp>,
    },
    /// Something else that steps can follow or stop on.
    Happened {
        /// What.
        what: Happening,
        /// The id of it: a call, a message, an appointment.
        reference: String,
    },
    /// Nothing more is to be done, for this reason: what waits is dropped, and the episode is closed.
    Ended(Reason),
    /// An effect came to its end.
    EffectEnded {
        /// Which one.
        effect: EffectId,
        /// How.
        end: EffectEnd,
    },
    /// The time of [`next_wakeup`](super::Episode::next_wakeup) has come.
    Wake,
}

/// A call that nobody answered, as HighLevel told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedCall {
    /// Where.
    pub location: LocationId,
    /// The call, which HighLevel keeps as a message.
    pub message: MessageId,
    /// The contact HighLevel found or made for the caller.
    pub contact: ContactId,
    /// The thread with the contact.
    pub conversation: Option<ConversationId>,
    /// Who called; `None` when the event does not say it in a form that can be read, and the contact's own number counts.
    pub caller: Option<Caller>,
    /// The number of the business that was called.
    pub called: Option<PhoneNumber>,
    /// When the call ended.
    pub ended_at: Timestamp,
    /// How long it lasted, where the event tells it: what the caller spent on a voicemail, or waiting.
    pub duration: Option<Duration>,
    /// Why nobody answered.
    pub reason: MissedReason,
    /// What proves it.
    pub evidence: Evidence,
}

/// Where knowledge of a call comes from; kept with the consent that the call gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The name of the delivery over all of its repeats.
    pub delivery: String,
    /// SHA-256 of its body in hex.
    pub body_sha256: String,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// How an effect ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EffectEnd {
    /// HighLevel did it.
    Done {
        /// The id of what came of it: a message, a task.
        reference: Option<String>,
        /// When HighLevel had accepted it.
        at: Timestamp,
        /// Found by reading back after an attempt whose answer was lost.
        found: bool,
    },
    /// It was not done, and will not be.
    NotDone(Reason),
}

//! What an episode is told.

use jiff::Timestamp;

use crate::ids::MessageId;
use crate::recipes::missed_call::core::model::EffectId;
use crate::recipes::missed_call::core::model::MissedCall;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::model::Trigger;
use crate::recipes::missed_call::core::reply::Reply;

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
    /// comes as [`Read`](Self::ReplyClassified), and is what the rules made of it where that does not come in time.
    ReplyPending {
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
    ReplyClassified {
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
        what: Trigger,
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

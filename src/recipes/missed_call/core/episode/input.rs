//! The inputs of an episode.

use jiff::Timestamp;

use crate::ids::MessageId;
use crate::recipes::missed_call::core::model::DoubtDecision;
use crate::recipes::missed_call::core::model::EffectId;
use crate::recipes::missed_call::core::model::MissedCall;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::model::Receipt;
use crate::recipes::missed_call::core::model::Trigger;
use crate::recipes::missed_call::core::reply::Reply;

/// An input of an episode: something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// The caller called again and was not answered.
    CallMissed(MissedCall),
    /// The caller wrote to the business, on any channel.
    Replied {
        /// The message, if it has an id.
        message: Option<MessageId>,
        /// What it asks for. An automatic reply is recorded and changes nothing.
        reply: Reply,
        /// When they wrote it, as far as reported.
        at: Timestamp,
    },
    /// The caller wrote, and a reply agent is asked to classify it. It counts as a reply of a person at once. What it asks
    /// for comes as [`ReplyClassified`](Self::ReplyClassified); if that does not come in time, the rules decide.
    ReplyPending {
        /// The message.
        message: MessageId,
        /// The classification of the rules: written by a person, and not an opt-out.
        rules: Reply,
        /// When they wrote it, as far as reported.
        at: Timestamp,
        /// Until when the answer is awaited.
        until: Timestamp,
    },
    /// A pending reply is classified. Given late or twice, it changes nothing.
    ReplyClassified {
        /// The message.
        message: MessageId,
        /// What it asks for.
        reply: Reply,
    },
    /// The caller must not be texted any longer.
    OptedOut {
        /// Why.
        reason: Reason,
        /// When they opted out, if in words that carriers do not act on. A step may confirm it then.
        unconfirmed_since: Option<Timestamp>,
    },
    /// The caller may have opted out. No message is sent until a person decides.
    Doubted {
        /// The message that left the doubt, if it has an id.
        message: Option<MessageId>,
    },
    /// A doubt of before the call stands. Messages end, and nothing else follows.
    DoubtStands,
    /// A person decided about the doubt. If they decided for no more texts, [`OptedOut`](Self::OptedOut) is another input.
    DoubtDecided {
        /// What was decided.
        decision: DoubtDecision,
        /// Who decided.
        by: String,
    },
    /// A trigger occurred: something that can start or stop steps.
    Happened {
        /// The trigger.
        what: Trigger,
        /// Its id: of a call, a message, an appointment.
        reference: String,
    },
    /// The episode ends early for this reason: planned steps are dropped, and the episode is closed.
    Ended(Reason),
    /// An effect has ended.
    EffectEnded {
        /// Which one.
        effect: EffectId,
        /// How.
        end: EffectEnd,
    },
    /// HighLevel has said what became of a text. Given late or twice, it changes nothing.
    Receipt {
        /// The text.
        message: MessageId,
        /// What became of it.
        receipt: Receipt,
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
        /// The id of what it created: a message, a task.
        reference: Option<String>,
        /// When HighLevel accepted it.
        at: Timestamp,
        /// Whether it was found by reading back after a lost response.
        found: bool,
    },
    /// It was not done and will not be done.
    NotDone(Reason),
}

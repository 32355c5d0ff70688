//! What can be reported of a person or a call, and whom it is about.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, LocationId, MessageId, TaskId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::call::Caller;
use crate::recipes::missed_call::core::compliance::{Consent, ConsentKind};
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::{
    DoubtDecision, MissedCall, PersonKey, Receipt, Trigger,
};
use crate::recipes::missed_call::core::reply::Reply;
use crate::secret::Private;

/// What a delivery means to the recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signal {
    /// A call was missed.
    Missed(MissedCall),
    /// A call was answered: by a user of HighLevel, by somebody it does not know, or by a mailbox. `call` is what it would
    /// be as a missed call.
    Answered { call: MissedCall, by_a_user: bool },
    /// A call that cannot be judged: nothing follows, but the ledger shows it.
    Unclear {
        location: LocationId,
        message: MessageId,
        status: String,
    },
    /// The contact wrote.
    Wrote {
        person: Person,
        message: Option<MessageId>,
        /// What they wrote, where they wrote words.
        text: Option<Private<String>>,
        /// What the rules make of it.
        reply: Reply,
        /// Whether it is a text of more than a word: no carrier takes that for an opt-out, and none confirms it.
        in_words: bool,
        /// Whether they ask, besides, that what is known of them be erased.
        erasure: bool,
    },
    /// Something else happened that steps can follow or stop on.
    Happened {
        person: Person,
        what: Trigger,
        reference: String,
    },
    /// HighLevel says what became of a text.
    Receipt {
        location: LocationId,
        message: MessageId,
        receipt: Receipt,
    },
    /// A task of the contact was completed.
    TaskDone { person: Person, task: TaskId },
    /// The contact was deleted.
    ContactGone { person: Person },
    /// Somebody consented to texts; HighLevel does not tell of that, the host does.
    Consented {
        person: Person,
        how: ConsentKind,
        consent: Consent,
    },
    /// A person of the business decided about a reply that leaves a doubt.
    Decided {
        person: Person,
        decision: DoubtDecision,
        by: String,
    },
    /// The contact's tags were changed, and are these now, in small letters. Two of them can be a decision.
    Tagged {
        person: Person,
        tags: Vec<String>,
        /// Whether the report says when.
        is_dated: bool,
    },
    /// The contact's do-not-disturb for texts was turned on or off.
    DoNotDisturb { person: Person, on: bool },
}

/// Whom a signal is about: the contact, and the number where the report says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) location: LocationId,
    pub(crate) contact: ContactId,
    pub(crate) number: Option<PhoneNumber>,
    /// When the person did it, as far as the report says it.
    pub(crate) at: Timestamp,
}

impl Signal {
    /// A call of which nothing but this word can be said. The word is stored, so its end is left out where it is long.
    pub(crate) fn unclear(location: LocationId, message: MessageId, status: &str) -> Self {
        const LONGEST: usize = 64;
        Self::Unclear {
            location,
            message,
            status: status.chars().take(LONGEST).collect(),
        }
    }

    /// What it says of the message that reports it, in one word; `None` if a later report of the message may say more, or if
    /// no message reports it.
    pub(crate) fn dedupe_kind(&self) -> Option<&'static str> {
        match self {
            Self::Missed(_) => Some("missed"),
            Self::Answered { .. } => Some("answered"),
            Self::Wrote { .. } => Some("wrote"),
            Self::Happened { what, .. } => Some(what.as_str()),
            Self::Unclear { .. } => Some("unclear"),
            Self::Receipt { .. }
            | Self::TaskDone { .. }
            | Self::ContactGone { .. }
            | Self::Consented { .. }
            | Self::Decided { .. }
            | Self::Tagged { .. }
            | Self::DoNotDisturb { .. } => None,
        }
    }
}

impl Signal {
    /// Who did something that can answer a missed call, and the input that it is to the caller's episode; `None` for what is
    /// no input of an episode, or more than one input.
    pub(crate) fn to_input(&self) -> Option<(Person, Input)> {
        match self {
            Self::Wrote {
                person,
                message,
                reply,
                ..
            } if !reply.holds_messages_back() => {
                let input = Input::Replied {
                    message: message.clone(),
                    reply: *reply,
                    at: person.at,
                };
                Some((person.clone(), input))
            }
            Self::Answered { call, .. } => {
                let input = Input::Happened {
                    what: Trigger::Answered,
                    reference: call.message.to_string(),
                };
                Some((Person::of_call(call), input))
            }
            Self::Happened {
                person,
                what,
                reference,
            } if !matches!(what, Trigger::OptedOut | Trigger::Doubtful) => {
                let input = Input::Happened {
                    what: *what,
                    reference: reference.clone(),
                };
                Some((person.clone(), input))
            }
            // An opt-out or a doubt is more than an input; the rest has no episode, or asks for more than one input.
            Self::Wrote { .. }
            | Self::Happened { .. }
            | Self::Missed(_)
            | Self::Unclear { .. }
            | Self::Receipt { .. }
            | Self::TaskDone { .. }
            | Self::ContactGone { .. }
            | Self::Consented { .. }
            | Self::Decided { .. }
            | Self::Tagged { .. }
            | Self::DoNotDisturb { .. } => None,
        }
    }
}

impl Signal {
    /// Whether it says that this call itself was answered. HighLevel reports a call each time its status changes, and the
    /// last report counts: what was said before the call was missed is no answer to it, what is said after it is one.
    pub(crate) fn is_answer_of(&self, call: &MessageId) -> bool {
        matches!(self, Self::Answered { call: answered, .. } if answered.message == *call)
    }

    /// Whether the contact wants no more texts, or may want none.
    pub(crate) fn is_no(&self) -> bool {
        matches!(self, Self::Wrote { reply, .. } if reply.holds_messages_back())
    }

    /// Whom it is about, where it is somebody.
    pub(crate) fn contact(&self) -> Option<&ContactId> {
        match self {
            Self::Missed(call) | Self::Answered { call, .. } => Some(&call.contact),
            Self::Unclear { .. } | Self::Receipt { .. } => None,
            Self::Wrote { person, .. }
            | Self::Happened { person, .. }
            | Self::TaskDone { person, .. }
            | Self::ContactGone { person }
            | Self::Consented { person, .. }
            | Self::Decided { person, .. }
            | Self::Tagged { person, .. }
            | Self::DoNotDisturb { person, .. } => Some(&person.contact),
        }
    }

    /// When it happened, as far as the report says it; `None` for what belongs to nobody.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Missed(call) | Self::Answered { call, .. } => Some(call.ended_at),
            Self::Unclear { .. } | Self::Receipt { .. } => None,
            Self::Wrote { person, .. }
            | Self::Happened { person, .. }
            | Self::TaskDone { person, .. }
            | Self::ContactGone { person }
            | Self::Consented { person, .. }
            | Self::Decided { person, .. }
            | Self::Tagged { person, .. }
            | Self::DoNotDisturb { person, .. } => Some(person.at),
        }
    }

    /// The same, for memory: what somebody wrote may be long, and is theirs.
    pub(crate) fn without_words(&self) -> Self {
        let mut same = self.clone();
        if let Self::Wrote { text, .. } = &mut same {
            *text = None;
        }
        same
    }
}

impl Person {
    /// The caller.
    pub(crate) fn of_call(call: &MissedCall) -> Self {
        Self {
            location: call.location.clone(),
            contact: call.contact.clone(),
            number: match &call.caller {
                Some(Caller::Number(number)) => Some(number.clone()),
                _ => None,
            },
            at: call.ended_at,
        }
    }

    /// How to find their episode.
    pub(crate) fn key(&self) -> PersonKey {
        PersonKey {
            location: self.location.clone(),
            contact: self.contact.clone(),
            number: self.number.clone(),
        }
    }
}

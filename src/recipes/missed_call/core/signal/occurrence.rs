//! One thing that was reported: what, when, under which name, and by whom.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::Signal;
use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::core::ledger::EntryKind;

/// What was reported. It is committed once under its name, however often it is reported. Stores that processes share keep
/// some for minutes, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Occurrence {
    /// What happened, where and when.
    pub(crate) signal: Signal,
    /// The same for all reports that say the same.
    pub(crate) name: String,
    /// When the report arrived.
    pub(crate) received_at: Timestamp,
    /// Who reported it.
    pub(crate) origin: Origin,
}

/// Who reported an occurrence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// A verified webhook.
    Webhook,
    /// A step of a workflow.
    Workflow,
    /// The service that embeds the engine.
    Host,
    /// A sweep found this message among HighLevel's records.
    Sweep(Box<FoundMessage>),
    /// A sweep found an opt-out and could not read its contact's number. The opt-out holds for the contact; a later sweep
    /// reports the message under its own name.
    SweepWithoutNumber,
}

/// A message that a sweep found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FoundMessage {
    pub(crate) message: MessageId,
    pub(crate) made_at: Timestamp,
}

impl Occurrence {
    /// What the ledger says of the report itself, beside what follows from it.
    pub(crate) fn entry(&self) -> Option<EntryKind> {
        match &self.origin {
            Origin::Sweep(found) => Some(EntryKind::Found {
                message: found.message.clone(),
                made_at: found.made_at,
            }),
            Origin::Webhook | Origin::Workflow | Origin::Host | Origin::SweepWithoutNumber => None,
        }
    }

    /// The same, for memory: the words of a message may be long, and are private.
    pub(crate) fn without_words(&self) -> Self {
        Self {
            signal: self.signal.without_words(),
            ..self.clone()
        }
    }
}

/// The name of what is said of a message. Several webhooks can report one message, and a sweep can find it: what says the
/// same of the same message has the same name.
pub(crate) fn message_name(location: &LocationId, message: &MessageId, says: &str) -> String {
    format!("message:{location}:{message}:{says}")
}

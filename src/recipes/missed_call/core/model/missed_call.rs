//! A missed call as the episode and the ledger know it, and the evidence of its report.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, ConversationId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::call::{Caller, MissedReason};

/// A call that nobody answered, as HighLevel reported it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissedCall {
    /// The location.
    pub location: LocationId,
    /// The call, which HighLevel keeps as a message.
    pub message: MessageId,
    /// The contact that HighLevel found or created for the caller.
    pub contact: ContactId,
    /// The thread with the contact.
    pub conversation: Option<ConversationId>,
    /// Who called; `None` if the event does not say it or it is unreadable. The contact's own number is used then.
    pub caller: Option<Caller>,
    /// The number of the business that was called.
    pub called: Option<PhoneNumber>,
    /// When the call ended.
    pub ended_at: Timestamp,
    /// How long it lasted, if the event says so: the time that the caller spent on a voicemail, or waiting.
    pub duration: Option<Duration>,
    /// Why nobody answered.
    pub reason: MissedReason,
    /// The evidence of the report.
    pub evidence: Evidence,
}

/// The source of the knowledge of a call. It is kept with the consent that the call gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The dedupe key of the delivery, the same for all of its repeats.
    pub delivery: String,
    /// SHA-256 of its body in hex.
    pub body_sha256: String,
    /// When it arrived.
    pub received_at: Timestamp,
}

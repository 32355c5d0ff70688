//! A missed call as an episode and the ledger know it, and the proof of where it was reported.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, ConversationId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::call::{Caller, MissedReason};

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

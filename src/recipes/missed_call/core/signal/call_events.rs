//! What an event says of a call.

use jiff::{SignedDuration, Timestamp};

use super::event::EventReport;
use super::kinds::{Person, Signal};
use crate::ids::{ContactId, MessageId};
use crate::message::{CallStatus, Direction};
use crate::recipes::missed_call::core::call::{CallOutcome, Caller, MissedReason, classify};
use crate::recipes::missed_call::core::model::{Evidence, MissedCall, Trigger};
use crate::webhooks::Message;

pub(super) fn is_call(message: &Message) -> bool {
    match &message.message_type {
        Some(kind) => kind.is_call() || kind.is_voicemail(),
        // Only calls have these.
        None => {
            message.call_status.is_some()
                || message.call_duration.is_some()
                || (message.body.is_none() && is_of_a_call(message.status.as_deref()))
        }
    }
}

/// Whether this is said of calls alone, and not of texts too.
fn is_of_a_call(status: Option<&str>) -> bool {
    use CallStatus::{Busy, Canceled, NoAnswer, Voicemail};
    let status = status.map(CallStatus::from);
    matches!(status, Some(Busy | Canceled | NoAnswer | Voicemail))
}

pub(super) fn call(report: &EventReport<'_>, message: &Message, now: Timestamp) -> Option<Signal> {
    let status = message.status.as_deref();
    let call_status = message.call_status.as_ref().map(|status| status.as_str());
    // Without an id another event about the same call could not be recognised; the delivery names it then.
    let id = message
        .message_id
        .clone()
        .or_else(|| MessageId::new(report.key.as_str()).ok())
        .or_else(|| MessageId::new(format!("sha256:{}", report.body_sha256)).ok())?;
    let unclear = |id, status: &str| Some(Signal::unclear(report.location.clone(), id, status));
    let contact = report.contact(message.contact_id.as_ref());
    let missed = |id, contact: &ContactId, reason| MissedCall {
        location: report.location.clone(),
        message: id,
        contact: contact.clone(),
        conversation: message.conversation_id.clone(),
        caller: Caller::readable(message.from.as_deref().map(String::as_str)),
        called: Caller::number_in(message.to.as_deref().map(String::as_str)),
        ended_at: ended_at(report, message, now),
        duration: message.call_duration,
        reason,
        evidence: Evidence {
            delivery: report.key.clone(),
            body_sha256: report.body_sha256.to_owned(),
            received_at: report.received_at,
        },
    };
    match classify(&Direction::Inbound, status, call_status) {
        CallOutcome::Missed(reason) => match contact {
            Some(contact) => Some(Signal::Missed(missed(id, contact, reason))),
            None => unclear(id, "no_contact"),
        },
        CallOutcome::Answered => Some(Signal::Answered {
            by_a_user: message.user_id.is_some(),
            call: missed(
                message.message_id.clone()?,
                contact?,
                MissedReason::SuspectedVoicemail,
            ),
        }),
        CallOutcome::Unknown(status) => unclear(id, &status),
        CallOutcome::Pending if status.is_none() && call_status.is_none() => {
            unclear(id, "no_status")
        }
        CallOutcome::Pending | CallOutcome::Returned | CallOutcome::NotReturned => None,
    }
}

/// When the call ended. HighLevel does not say whether `dateAdded` is its start or its end, so its duration is added
/// and the result is held to the time of the event and of its arrival: an age is never made smaller by more than the
/// call's own length, and never negative.
fn ended_at(report: &EventReport<'_>, message: &Message, now: Timestamp) -> Timestamp {
    let latest = report.timestamp.map_or(now, |at| at.min(now));
    let Some(began) = message.date_added else {
        return latest;
    };
    let length = message
        .call_duration
        .and_then(|length| SignedDuration::try_from(length).ok());
    began
        .saturating_add(length.unwrap_or_default())
        .unwrap_or(Timestamp::MAX)
        .min(latest)
}

pub(super) fn returned(
    report: &EventReport<'_>,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    Some(Signal::Happened {
        person: Person {
            location: report.location.clone(),
            contact: report.contact(message.contact_id.as_ref())?.clone(),
            number: Caller::number_in(message.to.as_deref().map(String::as_str)),
            at: ended_at(report, message, now),
        },
        what: Trigger::Returned,
        reference: message.message_id.as_ref()?.to_string(),
    })
}

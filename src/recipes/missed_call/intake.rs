//! From a verified delivery to what an episode is told. Pure: what an event means is decided here, once.

use jiff::{SignedDuration, Timestamp};

use super::call::{CallOutcome, Caller, classify};
use super::compliance::{Consent, ConsentKind, words};
use super::episode::{Evidence, Happening, MissedCall};
use super::reply::Reply;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::message::{Direction, MessageType};
use crate::phone::PhoneNumber;
use crate::secret::Private;
use crate::webhooks::{Delivery, Event, Message};

/// What a delivery means to the recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signal {
    /// A call was missed.
    Missed(MissedCall),
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
    },
    /// Something else happened that steps can follow or stop on.
    Happened {
        person: Person,
        what: Happening,
        reference: String,
    },
    /// Somebody consented to texts; HighLevel does not tell of that, the host does.
    Consented {
        person: Person,
        how: ConsentKind,
        consent: Consent,
    },
    /// The contact's do-not-disturb for texts was turned on or off.
    DoNotDisturb { person: Person, on: bool },
}

/// Whom a signal is about: the contact, and the number where it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) location: LocationId,
    pub(crate) contact: ContactId,
    pub(crate) number: Option<PhoneNumber>,
    /// When the person did it, as far as it is told.
    pub(crate) at: Timestamp,
}

/// Reads a delivery; `None` if it means nothing to the recipe.
pub(crate) fn read(delivery: &Delivery, now: Timestamp) -> Option<Signal> {
    let location = delivery.location_id.clone()?;
    match &delivery.event {
        Event::InboundMessage(message) if is_call(message) => {
            call(delivery, location, message, now)
        }
        Event::InboundMessage(message) => wrote(delivery, location, message, now),
        Event::OutboundMessage(message) if is_call(message) => {
            let status = message.status.as_deref();
            let call_status = message.call_status.as_ref().map(|status| status.as_str());
            match classify(&Direction::Outbound, status, call_status) {
                CallOutcome::Returned => {
                    spoke(delivery, location, message, Happening::Returned, now)
                }
                _ => None,
            }
        }
        Event::ContactDndUpdate(update) => Some(Signal::DoNotDisturb {
            on: update.sms_blocked()?,
            person: Person {
                location,
                contact: update.contact_id.clone()?,
                number: update.phone.clone(),
                at: delivery.timestamp.map_or(now, |told| told.min(now)),
            },
        }),
        _ => None,
    }
}

fn is_call(message: &Message) -> bool {
    use crate::message::MessageType::Voicemail;
    match &message.message_type {
        Some(kind) => kind.is_call() || *kind == Voicemail,
        // Only calls have these.
        None => message.call_status.is_some() || message.call_duration.is_some(),
    }
}

fn call(
    delivery: &Delivery,
    location: LocationId,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    let status = message.status.as_deref();
    let call_status = message.call_status.as_ref().map(|status| status.as_str());
    // Without an id another event about the same call could not be recognised; the delivery names it then.
    let id = message
        .message_id
        .clone()
        .or_else(|| MessageId::new(delivery.dedupe_key().as_str()).ok())
        .or_else(|| MessageId::new(format!("sha256:{}", delivery.body_sha256())).ok())?;
    let unclear = |location, id, status: &str| {
        let status = status.to_owned();
        Some(Signal::Unclear {
            location,
            message: id,
            status,
        })
    };
    match classify(&Direction::Inbound, status, call_status) {
        CallOutcome::Missed(reason) => match &message.contact_id {
            Some(contact) => Some(Signal::Missed(MissedCall {
                location,
                message: id,
                contact: contact.clone(),
                conversation: message.conversation_id.clone(),
                caller: message
                    .from
                    .as_ref()
                    .map(|from| Caller::from_wire(Some(from))),
                called: message.to_number(),
                ended_at: ended_at(delivery, message, now),
                reason,
                evidence: Evidence {
                    delivery: delivery.dedupe_key().as_str().to_owned(),
                    body_sha256: delivery.body_sha256().to_owned(),
                    received_at: delivery.received_at,
                },
            })),
            None => unclear(location, id, "no_contact"),
        },
        CallOutcome::Answered => spoke(delivery, location, message, Happening::Answered, now),
        CallOutcome::Unknown(status) => unclear(location, id, &status),
        CallOutcome::Pending if status.is_none() && call_status.is_none() => {
            unclear(location, id, "no_status")
        }
        _ => None,
    }
}

/// When the call ended. HighLevel does not say whether `dateAdded` is its start or its end, so its duration is added
/// and the result is held to the time of the event and of its arrival: an age is never made smaller by more than the
/// call's own length, and never negative.
fn ended_at(delivery: &Delivery, message: &Message, now: Timestamp) -> Timestamp {
    let latest = delivery.timestamp.map_or(now, |told| told.min(now));
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

fn spoke(
    delivery: &Delivery,
    location: LocationId,
    message: &Message,
    what: Happening,
    now: Timestamp,
) -> Option<Signal> {
    let number = match what {
        Happening::Returned => message.to_number(),
        _ => message.from_number(),
    };
    Some(Signal::Happened {
        person: Person {
            location,
            contact: message.contact_id.clone()?,
            number,
            at: ended_at(delivery, message, now),
        },
        what,
        reference: message.message_id.as_ref()?.to_string(),
    })
}

fn wrote(
    delivery: &Delivery,
    location: LocationId,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    let told = message.date_added.or(delivery.timestamp);
    let body = message.body.as_deref().map(String::as_str);
    let is_reaction = message.message_type == Some(MessageType::SmsReaction);
    Some(Signal::Wrote {
        person: Person {
            location,
            contact: message.contact_id.clone()?,
            number: message.from_number(),
            at: told.map_or(now, |told| told.min(now)),
        },
        message: message
            .message_id
            .clone()
            .or_else(|| message.email_message_id.clone()),
        // Whatever a reaction quotes, it asks for nothing, and nobody need read it.
        text: message.body.clone().filter(|_| !is_reaction),
        reply: match body {
            _ if is_reaction => Reply::Thanks,
            Some(body) => super::reply::classify(body),
            None => Reply::Other,
        },
        in_words: message.message_type == Some(MessageType::Sms)
            && body.is_some_and(|body| words(body).len() > 1),
    })
}

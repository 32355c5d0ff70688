//! What happens outside the API: somebody calls, somebody texts.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::Fields;
use super::contact::Contact;
use super::envelope;
use super::error::FakeGhlError;
use super::values::{fresh_id, record, wire_time};
use super::world::{Location, World};
use crate::phone::PhoneNumber;

/// Which way a call went, seen from the location.
// Exhaustive on purpose: there is no third direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Somebody called the location.
    #[default]
    Inbound,
    /// The location called somebody.
    Outbound,
}

/// How a call ended, as HighLevel spells it (`no-answer`, `canceled`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
#[allow(missing_docs, reason = "each is HighLevel's own word")]
pub enum CallStatus {
    Pending,
    Completed,
    Answered,
    Busy,
    #[default]
    NoAnswer,
    Failed,
    Canceled,
    Voicemail,
}

impl CallStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Answered => "answered",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Voicemail => "voicemail",
        }
    }
}

/// A call that ends now; its start was `duration` earlier. In JSON only `locationId`, `from` and `to` are needed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// The location that was called, or that called.
    pub location_id: String,
    /// The number that called.
    pub from: PhoneNumber,
    /// The number that was called.
    pub to: PhoneNumber,
    /// How it ended; `no-answer` by default.
    #[serde(default)]
    pub status: CallStatus,
    /// Length in seconds.
    #[serde(default)]
    pub duration: u32,
    /// Inbound by default.
    #[serde(default)]
    pub direction: Direction,
}

impl Call {
    /// A missed inbound call.
    ///
    /// A recipe treats five consecutive numbers, and ten first-time callers within a minute, as a robocall flood and sends
    /// them no texts. Use numbers that are not consecutive and let time pass between the calls, or set
    /// `compliance.floods = "ignored"` in the recipe.
    pub fn missed(location_id: impl Into<String>, from: PhoneNumber, to: PhoneNumber) -> Self {
        Self {
            location_id: location_id.into(),
            from,
            to,
            status: CallStatus::NoAnswer,
            duration: 0,
            direction: Direction::Inbound,
        }
    }

    /// A missed inbound call from somebody who has not called before: each call of a process has another number, and no two
    /// are alike enough to look like a robocall flood. Ten of them within a minute still do.
    pub fn from_somebody(location_id: impl Into<String>, to: PhoneNumber) -> Self {
        Self::missed(location_id, somebody(), to)
    }

    /// The same call with another end.
    #[must_use]
    pub fn with_status(self, status: CallStatus, duration: u32) -> Self {
        Self {
            status,
            duration,
            ..self
        }
    }
}

/// A number of Chicago that was not given before.
fn somebody() -> PhoneNumber {
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    /// Far apart, and with no divisor in common with the count of numbers.
    const STEP: u64 = 1_234_577;
    loop {
        let given = GIVEN.fetch_add(1, Ordering::Relaxed);
        let local = 2_000_000 + given.wrapping_mul(STEP) % 8_000_000;
        let exchange = local / 10_000;
        // Exchanges such as 411 have no subscribers, and 555 is for the numbers that tests write themselves.
        if exchange % 100 == 11 || exchange == 555 {
            continue;
        }
        if let Ok(number) = format!("+1312{local}").parse() {
            return number;
        }
    }
}

/// A text to a location.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextMessage {
    /// The location that is texted.
    pub location_id: String,
    /// The number that texts.
    pub from: PhoneNumber,
    /// The location's number.
    pub to: PhoneNumber,
    /// The text. One of the words STOP, STOPALL, UNSUBSCRIBE, CANCEL, END and QUIT alone ends the sender's texts.
    pub body: String,
}

impl fmt::Debug for TextMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextMessage")
            .field("location_id", &self.location_id)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("body", &"[private]")
            .finish()
    }
}

/// The records of a simulated call or text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SimulatedEvent {
    /// The contact with the outside number, made if there was none.
    pub contact_id: String,
    /// The message in that contact's conversation.
    pub message_id: String,
    /// The webhook that reports it.
    pub webhook_id: String,
}

/// The words that end texts when they stand alone.
const STOP_WORDS: [&str; 6] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"];

/// Records a call that ends at `now`; answers contact id, message id and the webhook's payload.
pub(super) fn call(
    world: &mut World,
    call: &Call,
    now: Timestamp,
) -> Result<(String, String, Value), FakeGhlError> {
    let location = find(world, &call.location_id)?;
    let outside = match call.direction {
        Direction::Inbound => &call.from,
        Direction::Outbound => &call.to,
    };
    let contact_id = contact_of(location, outside, now);
    let start = now
        .checked_sub(SignedDuration::from_secs(i64::from(call.duration)))
        .unwrap_or(now);
    let direction = match call.direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    };
    let status = call.status.as_str();
    let duration = u64::from(call.duration);
    let message = record([
        ("type", 1.into()),
        ("messageType", "TYPE_CALL".into()),
        ("direction", direction.into()),
        ("dateAdded", wire_time(start).into()),
        ("dateUpdated", wire_time(now).into()),
        ("status", status.into()),
        (
            "meta",
            json!({ "call": { "duration": duration, "status": status } }),
        ),
    ]);
    let message = keep(location, &contact_id, message, now);
    let payload = envelope::call(&message, call.from.e164(), call.to.e164(), status, duration);
    Ok((contact_id, text_of(&message, "id"), payload))
}

/// Records a text that comes in at `now`; answers contact id, message id and the payloads of its webhooks, the message
/// itself first.
pub(super) fn text(
    world: &mut World,
    text: &TextMessage,
    now: Timestamp,
) -> Result<(String, String, Vec<Value>), FakeGhlError> {
    let location = find(world, &text.location_id)?;
    let contact_id = contact_of(location, &text.from, now);
    let message = record([
        ("type", 2.into()),
        ("messageType", "TYPE_SMS".into()),
        ("direction", "inbound".into()),
        ("dateAdded", wire_time(now).into()),
        ("status", "delivered".into()),
        ("body", text.body.clone().into()),
        ("contentType", "text/plain".into()),
        ("attachments", json!([])),
        ("from", text.from.e164().into()),
        ("to", text.to.e164().into()),
    ]);
    let message = keep(location, &contact_id, message, now);
    let mut payloads = vec![envelope::inbound_text(&message)];
    let word = text.body.trim().to_uppercase();
    let location_id = location.id.clone();
    if STOP_WORDS.contains(&word.as_str())
        && let Some(contact) = location.contact_mut(&contact_id)
        && !contact.refuses("SMS")
    {
        contact.stop_sms(now);
        payloads.push(envelope::dnd_update(&location_id, contact));
    }
    Ok((contact_id, text_of(&message, "id"), payloads))
}

fn find<'a>(world: &'a mut World, id: &str) -> Result<&'a mut Location, FakeGhlError> {
    world
        .locations
        .get_mut(id)
        .ok_or_else(|| FakeGhlError::UnknownLocation(id.to_owned()))
}

/// The contact with this number, made if there is none.
fn contact_of(location: &mut Location, phone: &PhoneNumber, now: Timestamp) -> String {
    if let Some(contact) = location.holder("phone", phone.e164()) {
        return contact.id().to_owned();
    }
    let mut contact = Contact::new(&location.id, now);
    contact.write(&record([("phone", phone.e164().into())]), None, now);
    let id = contact.id().to_owned();
    location.contacts.push(contact);
    id
}

fn keep(location: &mut Location, contact_id: &str, mut message: Fields, now: Timestamp) -> Fields {
    let location_id = location.id.clone();
    let conversation = location.conversation_of(contact_id, now);
    for (name, value) in [
        ("id", fresh_id()),
        ("locationId", location_id),
        ("contactId", contact_id.to_owned()),
        ("conversationId", conversation.id.clone()),
    ] {
        message.insert(name.to_owned(), value.into());
    }
    if message["direction"] == "inbound" {
        conversation.unread += 1;
    }
    conversation.last_message_at = now;
    conversation.messages.push(message.clone());
    message
}

fn text_of(message: &Fields, name: &str) -> String {
    message[name].as_str().unwrap_or_default().to_owned()
}

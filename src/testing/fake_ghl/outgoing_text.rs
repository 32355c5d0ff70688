//! The texts that went out, as a test wants to see them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::Fields;
use super::world::World;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// A text that a location has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutgoingText {
    /// The id of the message.
    pub message_id: String,
    /// The contact that it went to.
    pub contact_id: String,
    /// The number that it went to.
    pub to: Option<PhoneNumber>,
    /// The words. `Debug` does not show them.
    pub body: Private<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
}

pub(super) fn of_location(world: &World, location_id: &str) -> Vec<OutgoingText> {
    let location = world.locations.get(location_id);
    let conversations = location.into_iter().flat_map(|found| &found.conversations);
    let messages = conversations.flat_map(|conversation| &conversation.messages);
    let mut texts: Vec<OutgoingText> = messages.filter_map(read).collect();
    texts.sort_by_key(|text| text.sent_at);
    texts
}

/// The same, as JSON for a test in another language.
pub(super) fn shown(world: &World, location_id: &str) -> Vec<Value> {
    let texts = of_location(world, location_id).into_iter();
    texts
        .map(|text| {
            json!({
                "messageId": text.message_id,
                "contactId": text.contact_id,
                "to": text.to.as_ref().map(PhoneNumber::e164),
                "body": *text.body,
                "sentAt": text.sent_at,
            })
        })
        .collect()
}

/// `None` for other messages.
fn read(message: &Fields) -> Option<OutgoingText> {
    let word = |name: &str| message.get(name).and_then(Value::as_str);
    let is_sent_text = word("messageType") == Some("TYPE_SMS")
        && word("direction") == Some("outbound")
        && word("status") != Some("scheduled");
    if !is_sent_text {
        return None;
    }
    Some(OutgoingText {
        message_id: word("id")?.to_owned(),
        contact_id: word("contactId")?.to_owned(),
        to: word("to").and_then(|to| PhoneNumber::read(to).ok()),
        body: word("body").unwrap_or_default().into(),
        sent_at: word("dateAdded")?.parse().ok()?,
    })
}

//! Sending a message: what is refused, and what a message that was taken leaves behind.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::phone::PhoneNumber;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::contact::Contact;
use crate::testing::fake_ghl::envelope;
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::values::{fresh_id, record, wire_time};
use crate::testing::fake_ghl::visit::Visit;

const PROPERTIES: &[Property] = &[
    required("type", Kind::Text),
    required("contactId", Kind::Text),
    // An object in HighLevel's file, a text in its example.
    optional("subType", Kind::Any),
    optional("status", Kind::Text),
    optional("message", Kind::Text),
    optional("html", Kind::Text),
    optional("subject", Kind::Text),
    optional("attachments", Kind::Texts),
    optional("emailFrom", Kind::Text),
    optional("emailTo", Kind::Text),
    optional("emailCc", Kind::Texts),
    optional("emailBcc", Kind::Texts),
    optional("emailReplyMode", Kind::Text),
    optional("replyMessageId", Kind::Text),
    optional("threadId", Kind::Text),
    optional("templateId", Kind::Text),
    optional("appointmentId", Kind::Text),
    optional("conversationProviderId", Kind::Text),
    optional("customSubtypeId", Kind::Text),
    optional("scheduledTimestamp", Kind::Number),
    optional("fromNumber", Kind::Text),
    optional("toNumber", Kind::Text),
    optional("forward", Kind::Object),
    optional("usesNativeSchedulingAi", Kind::Bool),
    optional("optimizationPeriod", Kind::Text),
    optional("mentions", Kind::Texts),
    optional("userId", Kind::Text),
];

const TYPES: &[&str] = &[
    "SMS",
    "RCS",
    "Email",
    "WhatsApp",
    "IG",
    "FB",
    "Custom",
    "Live_Chat",
    "TIKTOK",
    "InternalComment",
];

pub(super) const MODULE: Module = Module {
    name: "Sending messages",
    rules: &[
        "Texts need a phone number, e-mails an address, and both a channel that is not on Do-not-disturb.",
        "Other channels are refused: no provider is connected to a location.",
        "Internal comments reach nobody and are kept in the conversation.",
        "A text is `sent`, and stays so unless a test orders what becomes of it.",
        "A message for later is kept as `scheduled` and never goes out by itself; it can be cancelled.",
    ],
    operations: &[own(
        "POST",
        "/conversations/messages",
        "conversations/message.write",
        |v, _, b| send(v, b),
    )],
};

pub(super) fn send(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(body, PROPERTIES)?;
    let kind = body["type"].as_str().unwrap_or_default();
    if !TYPES.contains(&kind) {
        return Err(Answer::unprocessable(vec![format!(
            "type must be one of the following values: {}",
            TYPES.join(", ")
        )]));
    }
    let contact_id = body["contactId"].as_str().unwrap_or_default();
    let contact = visit
        .location
        .contact(contact_id)
        .ok_or_else(|| Answer::not_found("Contact", contact_id))?
        .clone();
    match kind {
        "SMS" => send_sms(visit, &contact, body),
        "Email" => send_email(visit, &contact, body),
        "InternalComment" => Ok(comment(visit, &contact, body)),
        other => Err(Answer::not_sent(format!(
            "No {other} provider is connected to this location."
        ))),
    }
}

fn send_sms(visit: &mut Visit<'_>, contact: &Contact, body: &Fields) -> Outcome {
    if contact.refuses("SMS") {
        return Err(Answer::not_sent(
            "Cannot send message as DND is active for SMS.",
        ));
    }
    let Some(phone) = contact.text("phone") else {
        return Err(Answer::not_sent("Missing phone number"));
    };
    if PhoneNumber::read(phone).is_err() {
        return Err(Answer::not_sent("Invalid country calling code"));
    }
    if is_empty(body, "message") && attachments(body).is_empty() {
        return Err(Answer::not_sent(
            "There is no message or attachments for this message. Skip sending.",
        ));
    }
    let id = fresh_id();
    let from = body
        .get("fromNumber")
        .and_then(Value::as_str)
        .unwrap_or_else(|| visit.location.phone())
        .to_owned();
    let to = body
        .get("toNumber")
        .and_then(Value::as_str)
        .unwrap_or(phone)
        .to_owned();
    let message = record([
        ("id", id.clone().into()),
        ("type", 2.into()),
        ("messageType", "TYPE_SMS".into()),
        ("body", body.get("message").cloned().unwrap_or_default()),
        ("contentType", "text/plain".into()),
        ("attachments", attachments(body).into()),
        ("from", from.into()),
        ("to", to.clone().into()),
    ]);
    let conversation_id = keep(visit, contact, message, body);
    visit.location.outcomes.sent(&id, &to, visit.now);
    Ok(Answer::created(json!({
        "conversationId": conversation_id,
        "messageId": id,
        "msg": "Message queued successfully.",
    })))
}

/// A comment for the people of the location: it goes out to nobody, and no webhook tells of it.
fn comment(visit: &mut Visit<'_>, contact: &Contact, body: &Fields) -> Answer {
    let id = fresh_id();
    let message = record([
        ("id", id.clone().into()),
        ("type", 33.into()),
        ("messageType", "TYPE_INTERNAL_COMMENT".into()),
        ("body", body.get("message").cloned().unwrap_or_default()),
        ("contentType", "text/plain".into()),
        ("attachments", attachments(body).into()),
        ("userId", body.get("userId").cloned().unwrap_or_default()),
        (
            "mentions",
            body.get("mentions").cloned().unwrap_or_default(),
        ),
    ]);
    let before = visit.events.len();
    let conversation_id = keep(visit, contact, message, body);
    visit.events.truncate(before);
    Answer::created(json!({
        "conversationId": conversation_id,
        "messageId": id,
        "msg": "Message queued successfully.",
    }))
}

fn send_email(visit: &mut Visit<'_>, contact: &Contact, body: &Fields) -> Outcome {
    if contact.refuses("Email") {
        return Err(Answer::not_sent(
            "Cannot send message as DND is active for Email.",
        ));
    }
    let address = body
        .get("emailTo")
        .and_then(Value::as_str)
        .or(contact.text("email"))
        .unwrap_or_default()
        .to_owned();
    if !address.contains('@') {
        return Err(Answer::not_sent(
            "Unable to send e-mail, contact's e-mail is invalid",
        ));
    }
    if is_empty(body, "html") && is_empty(body, "message") {
        return Err(Answer::not_sent(
            "There is no message or attachments for this message. Skip sending.",
        ));
    }
    let id = fresh_id();
    let email_id = fresh_id();
    // The text of an e-mail is not part of the message: it has an endpoint of its own.
    let message = record([
        ("id", id.clone().into()),
        ("type", 3.into()),
        ("messageType", "TYPE_EMAIL".into()),
        ("contentType", "text/html".into()),
        ("attachments", attachments(body).into()),
        ("meta", json!({ "email": { "messageIds": [email_id] } })),
        ("subject", body.get("subject").cloned().unwrap_or_default()),
        ("to", address.clone().into()),
    ]);
    let conversation_id = keep(visit, contact, message, body);
    let now = visit.now;
    let location_id = visit.location.id.clone();
    let email = record([
        ("id", email_id.clone().into()),
        ("threadId", id.clone().into()),
        ("locationId", location_id.into()),
        ("contactId", contact.id().into()),
        ("conversationId", conversation_id.clone().into()),
        ("dateAdded", wire_time(now).into()),
        ("direction", "outbound".into()),
        ("status", "sent".into()),
        ("source", "api".into()),
        ("contentType", "text/html".into()),
        ("subject", body.get("subject").cloned().unwrap_or_default()),
        (
            "body",
            body.get("html")
                .or(body.get("message"))
                .cloned()
                .unwrap_or_default(),
        ),
        ("to", json!([address])),
        (
            "from",
            body.get("emailFrom")
                .cloned()
                .unwrap_or_else(|| "FakeGhl <fake@example.com>".into()),
        ),
        ("cc", body.get("emailCc").cloned().unwrap_or_default()),
        ("bcc", body.get("emailBcc").cloned().unwrap_or_default()),
        ("provider", "Leadconnector".into()),
    ]);
    let conversation = visit.location.conversation_of(contact.id(), now);
    conversation.emails.push(email);
    Ok(Answer::created(json!({
        "conversationId": conversation_id,
        "messageId": id,
        "emailMessageId": email_id,
        "msg": "Email queued successfully.",
    })))
}

/// Puts the message into the contact's conversation and reports it; answers the conversation's id. A message for later
/// is not reported: it has not gone out.
fn keep(visit: &mut Visit<'_>, contact: &Contact, mut message: Fields, body: &Fields) -> String {
    let now = visit.now;
    let scheduled = body
        .get("scheduledTimestamp")
        .and_then(Value::as_i64)
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .is_some_and(|time| time > now);
    let location_id = visit.location.id.clone();
    let conversation = visit.location.conversation_of(contact.id(), now);
    for (name, value) in [
        ("locationId", json!(location_id)),
        ("contactId", json!(contact.id())),
        ("conversationId", json!(conversation.id)),
        ("dateAdded", json!(wire_time(now))),
        ("direction", json!("outbound")),
        (
            "status",
            json!(if scheduled { "scheduled" } else { "sent" }),
        ),
        ("source", json!("api")),
    ] {
        message.insert(name.to_owned(), value);
    }
    conversation.last_message_at = now;
    let conversation_id = conversation.id.clone();
    if !scheduled {
        visit.events.push(envelope::outbound(&message, body));
    }
    conversation.messages.push(message);
    conversation_id
}

fn attachments(body: &Fields) -> Vec<Value> {
    body.get("attachments")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn is_empty(body: &Fields, name: &str) -> bool {
    body.get(name)
        .and_then(Value::as_str)
        .is_none_or(|text| text.trim().is_empty())
}

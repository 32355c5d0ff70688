//! Messages and calls that happened outside and are logged, and what can be done with a message that is there.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::envelope;
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::values::{fresh_id, wire_time};
use crate::testing::fake_ghl::visit::{Version, Visit};

pub(super) const MODULE: Module = Module {
    name: "Logged messages, calls and statuses",
    rules: &[
        "A message is logged in a conversation that is there, or for a contact; any conversation provider is taken.",
        "Without a provider a custom message is answered 201 and logged nowhere, as HighLevel does.",
        "A logged text or call of somebody outside sends `InboundMessage`.",
        "Attachments can be set on calls that were logged, at most five.",
        "A scheduled message or e-mail can be cancelled once; after that the answer is 200 with `status` 404 inside.",
        "Calls that lasted have a recording (a silent WAV) and a transcription of one sentence.",
    ],
    operations: &[
        own(
            "POST",
            "/conversations/messages/inbound",
            "conversations/message.write",
            |v, _, b| log(v, b, "inbound"),
        ),
        own(
            "POST",
            "/conversations/messages/outbound",
            "conversations/message.write",
            |v, _, b| log(v, b, "outbound"),
        ),
        own(
            "PUT",
            "/conversations/messages/{messageId}/status",
            "conversations/message.write",
            |v, p, b| set_status(v, p[0], b),
        ),
        own(
            "PUT",
            "/conversations/messages/email/{id}/status",
            "conversations/message.write",
            |v, p, b| set_email_status(v, p[0], b),
        )
        .only(Version::V3),
        own(
            "PUT",
            "/conversations/messages/{messageId}/attachments",
            "conversations/message.write",
            |v, p, b| set_attachments(v, p[0], b),
        ),
        own(
            "DELETE",
            "/conversations/messages/{messageId}/schedule",
            "conversations/message.write",
            |v, p, _| Ok(cancel(v, |message| message["id"] == p[0])),
        ),
        own(
            "DELETE",
            "/conversations/messages/email/{emailMessageId}/schedule",
            "conversations/message.write",
            |v, p, _| {
                Ok(cancel(v, |message| {
                    message["meta"]["email"]["messageIds"][0] == p[0]
                }))
            },
        ),
        own(
            "GET",
            "/conversations/messages/{messageId}/locations/{locationId}/recording",
            "conversations/message.readonly",
            |v, p, _| recording(v, p[0]),
        ),
        own(
            "GET",
            "/conversations/locations/{locationId}/messages/{messageId}/transcription",
            "conversations/message.readonly",
            |v, p, _| transcription(v, p[1]),
        ),
        own(
            "GET",
            "/conversations/locations/{locationId}/messages/{messageId}/transcription/download",
            "conversations/message.readonly",
            |v, p, _| transcription_file(v, p[1]),
        ),
    ],
};

const LOG: &[Property] = &[
    required("type", Kind::Text),
    optional("attachments", Kind::Texts),
    optional("message", Kind::Text),
    optional("conversationId", Kind::Text),
    optional("contactId", Kind::Text),
    optional("conversationProviderId", Kind::Text),
    optional("html", Kind::Text),
    optional("subject", Kind::Text),
    optional("emailFrom", Kind::Text),
    optional("emailTo", Kind::Text),
    optional("emailCc", Kind::Texts),
    optional("emailBcc", Kind::Texts),
    optional("emailMessageId", Kind::Text),
    optional("altId", Kind::Text),
    optional("direction", Kind::Text),
    optional("date", Kind::Time),
    optional("call", Kind::Object),
];

/// The number and the name that messages of a type have in a conversation.
fn type_of(kind: &str) -> (i64, String) {
    match kind {
        "Call" => (1, "TYPE_CALL".to_owned()),
        "SMS" => (2, "TYPE_SMS".to_owned()),
        "Email" => (3, "TYPE_EMAIL".to_owned()),
        "FB" => (11, "TYPE_FACEBOOK".to_owned()),
        "IG" => (18, "TYPE_INSTAGRAM".to_owned()),
        "WhatsApp" => (19, "TYPE_WHATSAPP".to_owned()),
        "Custom" => (20, "TYPE_CUSTOM_SMS".to_owned()),
        other => (20, format!("TYPE_{}", other.to_uppercase())),
    }
}

fn log(visit: &mut Visit<'_>, body: &Fields, way: &str) -> Outcome {
    check(body, LOG)?;
    let kind = text(body, "type");
    if way == "outbound" && kind != "Call" {
        return Err(Answer::unprocessable(vec![
            "type must be one of the following values: Call".to_owned(),
        ]));
    }
    if kind == "Custom" && text(body, "conversationProviderId").is_empty() {
        return Ok(Answer::new(StatusCode::CREATED, Value::Null));
    }
    let contact_id = match (text(body, "conversationId"), text(body, "contactId")) {
        ("", "") => {
            return Err(Answer::unprocessable(vec![
                "conversationId or contactId should not be empty".to_owned(),
            ]));
        }
        ("", contact) => contacts::find(visit, contact)?.id().to_owned(),
        (conversation, _) => visit
            .location
            .conversations
            .iter()
            .find(|known| known.id == conversation)
            .ok_or_else(|| Answer::not_found("Conversation", conversation))?
            .contact_id
            .clone(),
    };
    let direction = match text(body, "direction") {
        "" => way,
        direction => direction,
    }
    .to_owned();
    let now = visit.now;
    let date: Option<Timestamp> = text(body, "date").parse().ok();
    let at = wire_time(date.unwrap_or(now));
    let call = body.get("call");
    let of_call = |name: &str| {
        call.and_then(|call| call[name].as_str())
            .unwrap_or_default()
    };
    let (number, name) = type_of(kind);
    let status = match of_call("status") {
        "" => "delivered",
        status => status,
    };
    let location_id = visit.location.id.clone();
    let conversation = visit.location.conversation_of(&contact_id, now);
    let mut message = Fields::new();
    let id = fresh_id();
    for (field, value) in [
        ("id", json!(id)),
        ("locationId", json!(location_id)),
        ("contactId", json!(contact_id)),
        ("conversationId", json!(conversation.id)),
        ("type", json!(number)),
        ("messageType", json!(name)),
        ("direction", json!(direction)),
        ("dateAdded", json!(at)),
        ("status", json!(status)),
        ("contentType", json!("text/plain")),
        (
            "attachments",
            json!(
                body.get("attachments")
                    .cloned()
                    .unwrap_or_else(|| json!([]))
            ),
        ),
        ("source", json!("api")),
    ] {
        message.insert(field.to_owned(), value);
    }
    for (written, read) in [
        ("message", "body"),
        ("altId", "altId"),
        ("subject", "subject"),
        ("conversationProviderId", "conversationProviderId"),
        ("emailFrom", "from"),
        ("emailTo", "to"),
    ] {
        if let Some(value) = body.get(written) {
            message.insert(read.to_owned(), value.clone());
        }
    }
    if kind == "Call" {
        let call = json!({ "call": { "status": status } });
        message.insert("meta".to_owned(), call);
    }
    if direction == "inbound" {
        conversation.unread += 1;
    }
    conversation.last_message_at = now;
    conversation.messages.push(message.clone());
    let conversation_id = conversation.id.clone();
    match kind {
        "Call" => {
            let (from, to) = (of_call("from"), of_call("to"));
            let event = envelope::call(&message, from, to, status, 0);
            visit.events.push(event);
        }
        "SMS" if direction == "inbound" => visit.events.push(envelope::inbound_text(&message)),
        _ => {}
    }
    Ok(Answer::ok(json!({
        "success": true,
        "conversationId": conversation_id,
        "messageId": id,
        "message": body.get("message").cloned().unwrap_or_default(),
        "contactId": contact_id,
        "dateAdded": at,
    })))
}

/// The message, to be changed.
fn find<'a>(visit: &'a mut Visit<'_>, id: &str) -> Result<&'a mut Fields, Answer> {
    visit
        .location
        .conversations
        .iter_mut()
        .flat_map(|conversation| &mut conversation.messages)
        .find(|message| message["id"] == id)
        .ok_or_else(|| Answer::not_found("Message", id))
}

/// Only the app of a message's provider may set it at HighLevel; here every token of the location may.
fn set_status(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required(
                "status",
                Kind::OneOf(&["delivered", "failed", "pending", "read"]),
            ),
            optional("error", Kind::Any),
            optional("emailMessageId", Kind::Text),
            optional("recipients", Kind::Texts),
        ],
    )?;
    let message = find(visit, id)?;
    message.insert("status".to_owned(), body["status"].clone());
    if let Some(error) = body.get("error") {
        message.insert("error".to_owned(), error.clone());
    }
    Ok(Answer::ok(json!({
        "conversationId": message["conversationId"],
        "messageId": id,
        "msg": "Message status updated successfully",
        "status": body["status"],
    })))
}

fn set_email_status(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("status", Kind::Text),
            optional("events", Kind::Any),
            optional("recipients", Kind::Any),
        ],
    )?;
    let mut emails = visit
        .location
        .conversations
        .iter_mut()
        .flat_map(|conversation| &mut conversation.emails);
    let email = emails.find(|email| email["id"] == id);
    let email = email.ok_or_else(|| Answer::not_found("Email", id))?;
    email.insert("status".to_owned(), body["status"].clone());
    Ok(Answer::ok(json!({
        "success": true,
        "message": "Email status updated successfully",
    })))
}

fn set_attachments(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    check(body, &[required("attachments", Kind::Texts)])?;
    let most = body["attachments"].as_array().map_or(0, Vec::len);
    if most > 5 {
        return Err(Answer::unprocessable(vec![
            "attachments must contain no more than 5 elements".to_owned(),
        ]));
    }
    let message = find(visit, id)?;
    let is_logged_call = message["type"] == 1 && message.get("source") == Some(&json!("api"));
    if !is_logged_call {
        return Err(Answer::forbidden(
            "Attachments can be updated on external calls only",
        ));
    }
    message.insert("attachments".to_owned(), body["attachments"].clone());
    Ok(Answer::ok(json!({
        "success": true,
        "messageId": id,
        "attachments": body["attachments"],
    })))
}

/// HighLevel answers 200 even where there is nothing to cancel.
fn cancel(visit: &mut Visit<'_>, is: impl Fn(&Fields) -> bool) -> Answer {
    for conversation in &mut visit.location.conversations {
        let mut messages = conversation.messages.iter();
        let position =
            messages.position(|message| is(message) && text(message, "status") == "scheduled");
        if let Some(position) = position {
            conversation.messages.remove(position);
            let message = "The scheduled message was cancelled successfully";
            return Answer::ok(json!({ "status": 200, "message": message }));
        }
    }
    Answer::ok(json!({ "status": 404, "message": "Failed cancel the scheduled message" }))
}

/// A call that was answered, or a message on the voicemail.
fn recorded<'a>(visit: &'a mut Visit<'_>, id: &str) -> Result<&'a Fields, Answer> {
    let message = find(visit, id)?;
    let lasted = matches!(
        text(message, "status"),
        "completed" | "answered" | "voicemail"
    );
    if message["type"] == 1 && lasted {
        return Ok(message);
    }
    Err(Answer::new(
        StatusCode::BAD_REQUEST,
        json!({
            "statusCode": 400,
            "canonicalCode": "CONVERSATIONS_MSG_RECORDING_NOT_FOUND",
            "message": "Recording not found",
            "arguments": {},
        }),
    ))
}

/// A WAV of 8,000 samples a second that holds none.
const SILENCE: &str =
    "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\0\0\0";

fn recording(visit: &mut Visit<'_>, id: &str) -> Outcome {
    recorded(visit, id)?;
    Ok(Answer::file("audio/x-wav", SILENCE))
}

fn transcription(visit: &mut Visit<'_>, id: &str) -> Outcome {
    recorded(visit, id)?;
    Ok(Answer::ok(json!([{
        "mediaChannel": 1, "sentenceIndex": 0, "startTime": 0, "endTime": 1200,
        "transcript": "This is a sample transcription.", "confidence": 0.9,
    }])))
}

fn transcription_file(visit: &mut Visit<'_>, id: &str) -> Outcome {
    recorded(visit, id)?;
    Ok(Answer::file(
        "text/plain",
        "This is a sample transcription.\n",
    ))
}

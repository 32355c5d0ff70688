//! Conversations by their id, and what contacts have subscribed to.

use http::StatusCode;
use serde_json::{Value, json};

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::values::{fresh_id, wire_time};
use crate::testing::fake_ghl::visit::{Version, Visit};
use crate::testing::fake_ghl::world::Conversation;

pub(super) const SUBTYPES: Resource = Resource {
    collection: "customSubtypes",
    what: "Custom subtype",
    many: "customSubtypes",
    create: &[
        required("name", Kind::Text),
        required("channel", Kind::OneOf(&["email", "sms"])),
        required("language", Kind::Text),
        optional("description", Kind::Text),
    ],
    update: &[
        optional("name", Kind::Text),
        optional("description", Kind::Text),
        optional("archived", Kind::Bool),
        optional("resubscription_legal_form_id", Kind::Text),
    ],
    defaults: r#"{"archived": false}"#,
    ..PLAIN
};

/// Which contact has said no to what; only the preferences make them.
const UNSUBSCRIPTIONS: Resource = Resource {
    collection: "unsubscriptions",
    what: "Unsubscription",
    many: "unsubscriptions",
    both: &[
        required("contactId", Kind::Text),
        required("email", Kind::Text),
        required("subscription_action", Kind::Object),
        optional("legal_reason", Kind::Text),
        optional("legal_description", Kind::Text),
    ],
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Conversations by their id",
    rules: &[
        "A contact has one conversation: a second one is answered with the first.",
        "Preferences exist in version 2 alone; what they say stops no message.",
        "Typing and replies to reviews leave nothing behind but the reply.",
    ],
    operations: &[
        own(
            "POST",
            "/conversations/",
            "conversations.write",
            |v, _, b| create(v, b),
        ),
        own(
            "GET",
            "/conversations/{conversationId}",
            "conversations.readonly",
            |v, p, _| get(v, p[0]),
        ),
        own(
            "PUT",
            "/conversations/{conversationId}",
            "conversations.write",
            |v, p, b| update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/conversations/{conversationId}",
            "conversations.write",
            |v, p, _| delete(v, p[0]),
        ),
        own(
            "POST",
            "/conversations/providers/live-chat/typing",
            "conversations/livechat.write",
            |v, _, b| typing(v, b),
        ),
        own(
            "POST",
            "/conversations/messages/review-reply",
            "conversations/message.write",
            |v, _, b| reply(v, b),
        ),
        own(
            "GET",
            "/conversations/preferences/custom-subtypes",
            "",
            |v, _, _| SUBTYPES.list(v),
        )
        .only(Version::V2),
        own(
            "POST",
            "/conversations/preferences/custom-subtypes",
            "",
            |v, _, b| SUBTYPES.create(v, b),
        )
        .only(Version::V2),
        own(
            "PUT",
            "/conversations/preferences/custom-subtypes/{id}",
            "",
            |v, p, b| SUBTYPES.update(v, p[0], b),
        )
        .only(Version::V2),
        own(
            "GET",
            "/conversations/preferences/unsubscriptions/status",
            "",
            |v, _, _| unsubscriptions(v),
        )
        .only(Version::V2),
        own(
            "POST",
            "/conversations/preferences/unsubscriptions/user-change",
            "",
            |v, _, b| UNSUBSCRIPTIONS.create(v, b),
        )
        .only(Version::V2),
    ],
};

/// How HighLevel answers a second time is not documented: here with the conversation that is there.
fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("locationId", Kind::Text),
            required("contactId", Kind::Text),
        ],
    )?;
    let contact = text(body, "contactId");
    contacts::find(visit, contact)?;
    let now = visit.now;
    visit.location.conversation_of(contact, now);
    let mut known = visit.location.conversations.iter();
    let conversation = known.find(|known| known.contact_id == contact);
    let shown = conversation.map(|conversation| shown(visit, conversation));
    Ok(Answer::created(
        json!({ "success": true, "conversation": shown }),
    ))
}

/// A conversation as creating and changing show it.
fn shown(visit: &Visit<'_>, conversation: &Conversation) -> Value {
    let added = wire_time(conversation.date_added);
    let last = wire_time(conversation.last_message_at);
    json!({
        "id": conversation.id,
        "contactId": conversation.contact_id,
        "locationId": visit.location.id,
        "dateAdded": added,
        "dateUpdated": last,
        "lastMessageDate": last,
        "unreadCount": conversation.unread,
        "starred": conversation.starred,
        "deleted": false,
    })
}

fn position(visit: &Visit<'_>, id: &str) -> Result<usize, Answer> {
    let mut conversations = visit.location.conversations.iter();
    conversations
        .position(|conversation| conversation.id == id)
        .ok_or_else(|| Answer::not_found("Conversation", id))
}

/// The type is a number here.
fn get(visit: &Visit<'_>, id: &str) -> Outcome {
    let conversation = &visit.location.conversations[position(visit, id)?];
    let contact = visit.location.contact(&conversation.contact_id);
    let user = contact.and_then(|contact| contact.text("assignedTo"));
    Ok(Answer::ok(json!({
        "id": conversation.id,
        "contactId": conversation.contact_id,
        "locationId": visit.location.id,
        "deleted": false,
        "inbox": true,
        "type": 1,
        "unreadCount": conversation.unread,
        "assignedTo": user,
        "starred": conversation.starred,
    })))
}

fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    check(
        body,
        &[
            required("locationId", Kind::Text),
            optional("unreadCount", Kind::Number),
            optional("starred", Kind::Bool),
            optional("feedback", Kind::Any),
        ],
    )?;
    let conversation = &mut visit.location.conversations[position];
    if let Some(unread) = body.get("unreadCount").and_then(Value::as_u64) {
        conversation.unread = unread;
    }
    if let Some(starred) = body.get("starred").and_then(Value::as_bool) {
        conversation.starred = starred;
    }
    let shown = shown(visit, &visit.location.conversations[position]);
    Ok(Answer::ok(
        json!({ "success": true, "conversation": shown }),
    ))
}

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let position = position(visit, id)?;
    visit.location.conversations.remove(position);
    Ok(Answer::success())
}

fn typing(visit: &Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("locationId", Kind::Text),
            required("isTyping", Kind::Any),
            required("visitorId", Kind::Text),
            required("conversationId", Kind::Text),
        ],
    )?;
    position(visit, text(body, "conversationId"))?;
    Ok(Answer::new(StatusCode::CREATED, json!({ "success": true })))
}

fn reply(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("locationId", Kind::Text),
            required("conversationId", Kind::Text),
            required("message", Kind::Text),
        ],
    )?;
    let position = position(visit, text(body, "conversationId"))?;
    let now = wire_time(visit.now);
    let location_id = visit.location.id.clone();
    let conversation = &mut visit.location.conversations[position];
    let id = fresh_id();
    let message = json!({
        "id": id, "type": 16, "messageType": "TYPE_REVIEW", "locationId": location_id,
        "contactId": conversation.contact_id, "conversationId": conversation.id, "dateAdded": now,
        "body": body["message"], "direction": "outbound", "status": "sent",
        "contentType": "text/plain", "attachments": [], "source": "api",
    });
    if let Value::Object(fields) = message {
        conversation.messages.push(fields);
    }
    Ok(Answer::ok(json!({ "message": {
        "conversationId": conversation.id, "messageId": id, "msg": "Reply sent successfully.",
    } })))
}

fn unsubscriptions(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let contact = visit.request.required_query("contactId")?;
    contacts::find(visit, contact)?;
    let email = visit.request.query("email");
    let all = UNSUBSCRIPTIONS.all(&visit.location.records).iter();
    let shown = all.filter(|entry| {
        text(entry, "contactId") == contact
            && email.is_none_or(|email| text(entry, "email") == email)
    });
    Ok(Answer::ok(UNSUBSCRIPTIONS.many(shown)))
}

//! Payloads of webhooks: flat JSON objects as HighLevel sends them. The envelope's own keys (`timestamp`, `webhookId`,
//! `appId`, `versionId`) are added when the webhook is made.

use serde_json::{Value, json};

use super::answer::Fields;
use super::contact::Contact;
use super::oauth::Holder;
use super::values::record;
use super::world::Conversation;

/// A contact's Do-not-disturb has changed: the one event that shows it by channel.
pub(super) fn dnd_update(location_id: &str, contact: &Contact) -> Value {
    with_contact("ContactDndUpdate", location_id, contact.event_view())
}

/// Something else happened to a contact. After its end the event shows it as it was.
pub(super) fn of_contact(event: &str, location_id: &str, contact: &Contact) -> Value {
    let mut view = contact.event_view();
    view.remove("dndSettings");
    with_contact(event, location_id, view)
}

fn with_contact(event: &str, location_id: &str, mut view: Fields) -> Value {
    view.insert("type".into(), event.into());
    view.insert("locationId".into(), location_id.into());
    Value::Object(view)
}

/// Something happened to a task.
pub(super) fn task(event: &str, location_id: &str, task: &Fields) -> Value {
    let names = [
        "id",
        "assignedTo",
        "body",
        "contactId",
        "title",
        "dateAdded",
        "dueDate",
    ];
    of_fields(event, location_id, task, &names)
}

/// Something happened to a note.
pub(super) fn note(event: &str, location_id: &str, note: &Fields) -> Value {
    let names = ["id", "body", "contactId", "dateAdded"];
    of_fields(event, location_id, note, &names)
}

/// Something happened to an opportunity.
pub(super) fn opportunity(event: &str, location_id: &str, opportunity: &Fields) -> Value {
    let names = [
        "id",
        "assignedTo",
        "contactId",
        "monetaryValue",
        "name",
        "pipelineId",
        "pipelineStageId",
        "source",
        "status",
    ];
    let mut payload = of_fields(event, location_id, opportunity, &names);
    payload["dateAdded"] = opportunity["createdAt"].clone();
    payload
}

/// The number of unread messages of a conversation has changed.
pub(super) fn unread(event: &str, location_id: &str, conversation: &Conversation) -> Value {
    json!({
        "type": event,
        "locationId": location_id,
        "id": conversation.id,
        "contactId": conversation.contact_id,
        "deleted": false,
        "inbox": false,
        "starred": false,
        "unreadCount": conversation.unread,
    })
}

fn of_fields(event: &str, location_id: &str, fields: &Fields, names: &[&str]) -> Value {
    let mut payload = record([("type", event.into()), ("locationId", location_id.into())]);
    for name in names {
        copy(fields, name, &mut payload);
    }
    Value::Object(payload)
}

/// A text or an e-mail that went out through the API. `body` is the request that sent it.
pub(super) fn outbound(message: &Fields, body: &Fields) -> Value {
    if message["messageType"] == "TYPE_EMAIL" {
        return json!({
            "type": "OutboundMessage",
            "locationId": message["locationId"],
            "contactId": message["contactId"],
            "conversationId": message["conversationId"],
            "dateAdded": message["dateAdded"],
            "direction": "outbound",
            "messageType": "Email",
            "messageTypeId": 3,
            "messageTypeString": "TYPE_EMAIL",
            "body": body.get("html").or(body.get("message")),
            "attachments": message["attachments"],
            "emailMessageId": message["meta"]["email"]["messageIds"][0],
            "threadId": message["id"],
            "from": body.get("emailFrom").cloned().unwrap_or_else(|| json!("FakeGhl <fake@example.com>")),
            "to": [message["to"]],
            "subject": message.get("subject").cloned().unwrap_or_else(|| json!("")),
            "source": "api",
        });
    }
    text(message, "OutboundMessage")
}

/// A text that came in.
pub(super) fn inbound_text(message: &Fields) -> Value {
    text(message, "InboundMessage")
}

fn text(message: &Fields, event: &str) -> Value {
    let mut payload = common(message, event);
    payload.insert("messageType".into(), "SMS".into());
    payload.insert("messageTypeId".into(), 2.into());
    payload.insert("messageTypeString".into(), "TYPE_SMS".into());
    for name in [
        "body",
        "contentType",
        "attachments",
        "status",
        "from",
        "to",
        "source",
        "error",
    ] {
        copy(message, name, &mut payload);
    }
    Value::Object(payload)
}

/// A call that has ended. `message` is its record; `status` its outcome. An inbound call that reached the voicemail
/// comes without `callStatus` and `callDuration`; an outbound one is `completed` with `callStatus` `voicemail`.
pub(super) fn call(message: &Fields, from: &str, to: &str, status: &str, duration: u64) -> Value {
    let inbound = message["direction"] == "inbound";
    let event = if inbound {
        "InboundMessage"
    } else {
        "OutboundMessage"
    };
    let voicemail = status == "voicemail";
    let mut payload = common(message, event);
    payload.insert("messageType".into(), "CALL".into());
    payload.insert("messageTypeId".into(), 1.into());
    payload.insert("messageTypeString".into(), "TYPE_CALL".into());
    payload.insert("from".into(), from.into());
    payload.insert("to".into(), to.into());
    let recording = voicemail || status == "completed" || status == "answered";
    let recordings = if recording {
        json!([format!(
            "https://recordings.example.com/{}.wav",
            message["id"].as_str().unwrap_or_default()
        )])
    } else {
        json!([])
    };
    payload.insert("attachments".into(), recordings);
    let shown = if voicemail && !inbound {
        "completed"
    } else {
        status
    };
    payload.insert("status".into(), shown.into());
    if !(voicemail && inbound) {
        payload.insert("callStatus".into(), status.into());
        payload.insert("callDuration".into(), duration.into());
    }
    Value::Object(payload)
}

/// The app was installed in a location, or in an agency.
pub(super) fn install(location: Option<&str>, company: Option<&str>) -> Value {
    let mut payload = record([
        ("type", "INSTALL".into()),
        (
            "installType",
            if location.is_some() {
                "Location"
            } else {
                "Company"
            }
            .into(),
        ),
        ("locationId", json!(location)),
        ("companyId", json!(company)),
        ("userId", "fakeUser000000000001".into()),
    ]);
    payload.insert("whitelabelDetails".into(), json!({}));
    Value::Object(payload)
}

/// The app was removed.
pub(super) fn uninstall(from: &Holder) -> Value {
    match from {
        Holder::Location(id) => json!({ "type": "UNINSTALL", "locationId": id }),
        Holder::Company(id) => json!({ "type": "UNINSTALL", "companyId": id }),
    }
}

fn common(message: &Fields, event: &str) -> Fields {
    let mut payload = Fields::new();
    payload.insert("type".into(), event.into());
    payload.insert("messageId".into(), message["id"].clone());
    for name in [
        "locationId",
        "contactId",
        "conversationId",
        "dateAdded",
        "direction",
    ] {
        copy(message, name, &mut payload);
    }
    payload
}

fn copy(message: &Fields, name: &str, payload: &mut Fields) {
    if let Some(value) = message.get(name) {
        payload.insert(name.to_owned(), value.clone());
    }
}

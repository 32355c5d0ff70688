//! Conversations and their messages, to read.

use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::values::record;
use crate::testing::fake_ghl::visit::Visit;
use crate::testing::fake_ghl::world::Conversation;

pub(super) const MODULE: Module = Module {
    name: "Conversations",
    rules: &[
        "Conversations are listed by their last message, and go on after `startAfterDate`.",
        "Messages come newest first, wrapped twice, and go on after `lastMessageId`. The text of an e-mail has an operation of its own.",
    ],
    operations: &[
        own(
            "GET",
            "/conversations/search",
            "conversations.readonly",
            |v, _, _| search(v),
        ),
        own(
            "GET",
            "/conversations/messages/{id}",
            "conversations/message.readonly",
            |v, p, _| {
                v.location.settle_texts(v.now);
                message(v, p[0])
            },
        ),
        own(
            "GET",
            "/conversations/messages/email/{id}",
            "conversations/message.readonly",
            |v, p, _| email(v, p[0]),
        ),
        own(
            "GET",
            "/conversations/{conversationId}/messages",
            "conversations/message.readonly",
            |v, p, _| {
                v.location.settle_texts(v.now);
                messages(v, p[0])
            },
        ),
    ],
};

pub(super) fn search(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let limit = request.count("limit", 20, 100)?;
    let newest_first = request.query("sort") != Some("asc");
    let start_after = match request.query("startAfterDate") {
        None => None,
        Some(text) => Some(text.parse::<i64>().map_err(|_| {
            Answer::unprocessable(vec![
                "startAfterDate must be a time in milliseconds".to_owned(),
            ])
        })?),
    };
    let mut found: Vec<&Conversation> = visit
        .location
        .conversations
        .iter()
        .filter(|conversation| wanted(visit, conversation))
        .collect();
    let newest = found
        .iter()
        .map(|conversation| conversation.last_message_at)
        .max();
    let last_message_at = |conversation: &Conversation| match newest {
        Some(newest) if visit.modes.ties => newest,
        _ => conversation.last_message_at,
    };
    found.sort_by_key(|conversation| last_message_at(conversation));
    if newest_first {
        found.reverse();
    }
    let total = found.len();
    let conversations: Vec<Fields> = found
        .into_iter()
        .filter(|conversation| {
            let at = last_message_at(conversation).as_millisecond();
            start_after.is_none_or(|limit| if newest_first { at < limit } else { at > limit })
        })
        .take(limit)
        .map(|conversation| {
            let mut item = item(visit, conversation);
            let at = last_message_at(conversation).as_millisecond();
            item.insert("lastMessageDate".into(), at.into());
            if visit.modes.no_cursor {
                item.remove("lastMessageDate");
            }
            item
        })
        .collect();
    Ok(Answer::ok(
        json!({ "conversations": conversations, "total": visit.modes.total(total) }),
    ))
}

fn wanted(visit: &Visit<'_>, conversation: &Conversation) -> bool {
    let query = |name: &str| visit.request.query(name);
    let last = conversation.messages.last();
    let last = |name: &str| {
        last.and_then(|message| message.get(name))
            .and_then(Value::as_str)
    };
    let contact = visit.location.contact(&conversation.contact_id);
    query("id").is_none_or(|id| id == conversation.id)
        && query("contactId").is_none_or(|id| id == conversation.contact_id)
        && query("lastMessageType").is_none_or(|kind| last("messageType") == Some(kind))
        && query("lastMessageDirection").is_none_or(|way| last("direction") == Some(way))
        && query("status").is_none_or(|status| status != "unread" || conversation.unread > 0)
        && query("assignedTo").is_none_or(|asked| {
            let user = contact.and_then(|contact| contact.text("assignedTo"));
            asked
                .split(',')
                .any(|id| user == Some(id) || (id == "unassigned" && user.is_none()))
        })
        && query("query").is_none_or(|words| {
            let words = words.to_lowercase();
            contact.is_some_and(|contact| {
                contact.full_name().to_lowercase().contains(&words)
                    || contact
                        .text("email")
                        .is_some_and(|text| text.contains(&words))
                    || contact
                        .text("phone")
                        .is_some_and(|text| text.contains(&words))
            })
        })
}

/// A row of the search. Fields without content are left out, and times are milliseconds since 1970 here.
fn item(visit: &Visit<'_>, conversation: &Conversation) -> Fields {
    let contact = visit.location.contact(&conversation.contact_id);
    let text = |name: &str| {
        contact
            .and_then(|contact| contact.text(name))
            .map_or(Value::Null, Value::from)
    };
    let last = |name: &str| {
        conversation
            .messages
            .last()
            .and_then(|message| message.get(name))
            .cloned()
            .unwrap_or(Value::Null)
    };
    let name = contact
        .map(|contact| contact.full_name())
        .unwrap_or_default();
    record([
        ("id", conversation.id.clone().into()),
        ("contactId", conversation.contact_id.clone().into()),
        ("locationId", visit.location.id.clone().into()),
        ("type", "TYPE_PHONE".into()),
        ("unreadCount", conversation.unread.into()),
        ("fullName", name.clone().into()),
        ("contactName", name.into()),
        ("email", text("email")),
        ("phone", text("phone")),
        ("assignedTo", text("assignedTo")),
        ("lastMessageBody", last("body")),
        ("lastMessageType", last("messageType")),
        ("lastMessageDirection", last("direction")),
        ("dateAdded", conversation.date_added.as_millisecond().into()),
    ])
}

/// Newest first, wrapped twice, and paged from the last message of the page before.
pub(super) fn messages(visit: &Visit<'_>, id: &str) -> Outcome {
    let conversation = visit
        .location
        .conversations
        .iter()
        .find(|conversation| conversation.id == id)
        .ok_or_else(|| Answer::not_found("Conversation", id))?;
    let limit = visit.request.count("limit", 20, 100)?;
    let kinds: Option<Vec<&str>> = visit
        .request
        .query("type")
        .map(|list| list.split(',').collect());
    let all: Vec<&Fields> = conversation
        .messages
        .iter()
        .rev()
        .filter(|message| {
            kinds.as_ref().is_none_or(|kinds| {
                message["messageType"]
                    .as_str()
                    .is_some_and(|kind| kinds.contains(&kind))
            })
        })
        .collect();
    let skip = match visit.request.query("lastMessageId") {
        None => 0,
        Some(last) => all
            .iter()
            .position(|message| message["id"] == last)
            .map(|at| at + 1)
            .ok_or_else(|| Answer::not_found("Message", last))?,
    };
    let page: Vec<&Fields> = all.iter().skip(skip).take(limit).copied().collect();
    let next_page = skip + page.len() < all.len();
    let mut list = json!({ "nextPage": next_page, "messages": page });
    if let Some(last) = page.last().filter(|_| !visit.modes.no_cursor) {
        list["lastMessageId"] = last["id"].clone();
    }
    Ok(Answer::ok(json!({ "messages": list })))
}

pub(super) fn message(visit: &Visit<'_>, id: &str) -> Outcome {
    let message = visit
        .location
        .conversations
        .iter()
        .flat_map(|conversation| &conversation.messages)
        .find(|message| message["id"] == id)
        .ok_or_else(|| Answer::not_found("Message", id))?;
    let mut message = message.clone();
    let date = message["dateAdded"].clone();
    message.entry("dateUpdated").or_insert(date);
    Ok(Answer::ok(json!({ "message": message })))
}

pub(super) fn email(visit: &Visit<'_>, id: &str) -> Outcome {
    let email = visit
        .location
        .conversations
        .iter()
        .flat_map(|conversation| &conversation.emails)
        .find(|email| email["id"] == id)
        .ok_or_else(|| Answer::not_found("Email", id))?;
    Ok(Answer::ok(json!({ "emailMessage": email })))
}

//! All messages of a location over all conversations, page after page.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const MODULE: Module = Module {
    name: "Export of messages",
    rules: &["E-mails come only if they are asked for."],
    operations: &[own(
        "GET",
        "/conversations/messages/export",
        "conversations/message.readonly",
        |v, _, _| {
            v.location.settle_texts(v.now);
            messages(v)
        },
    )],
};

/// The newest first unless asked otherwise; e-mails only if they are asked for.
pub(super) fn messages(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let limit = request.count("limit", 100, 500)?;
    let time = |name: &str| match request.query(name) {
        None => Ok(None),
        Some(text) => match text.parse::<Timestamp>() {
            Ok(time) => Ok(Some(time)),
            Err(_) => Err(Answer::unprocessable(vec![format!(
                "{name} must be a date"
            )])),
        },
    };
    let (from, to) = (time("startDate")?, time("endDate")?);
    let begin = match request.query("cursor") {
        None => 0,
        Some(text) => text.parse::<usize>().map_err(|_| {
            Answer::unprocessable(vec!["cursor must be one that was given".to_owned()])
        })?,
    };
    let is = |message: &Fields, name: &str, asked: &str| {
        request
            .query(asked)
            .is_none_or(|wanted| message[name] == wanted)
    };
    let mut found: Vec<(Timestamp, &Fields)> = visit
        .location
        .conversations
        .iter()
        .flat_map(|conversation| &conversation.messages)
        .filter_map(|message| Some((message["dateAdded"].as_str()?.parse().ok()?, message)))
        .filter(|(at, _)| from.is_none_or(|from| *at >= from) && to.is_none_or(|to| *at <= to))
        .filter(|(_, message)| {
            is(message, "conversationId", "conversationId")
                && is(message, "contactId", "contactId")
                && is_on_channel(message, request.query("channel"))
        })
        .collect();
    found.sort_by_key(|(at, _)| *at);
    if request.query("sortOrder") != Some("asc") {
        found.reverse();
    }
    let total = found.len();
    let page: Vec<&Fields> = found
        .iter()
        .skip(begin)
        .take(limit)
        .map(|(_, message)| *message)
        .collect();
    let end = begin + page.len();
    let next = if end < total {
        Value::from(end.to_string())
    } else {
        Value::Null
    };
    let mut body = json!({ "messages": page, "total": visit.modes.total(total) });
    if !visit.modes.no_cursor {
        body["nextCursor"] = next;
    }
    Ok(Answer::ok(body))
}

fn is_on_channel(message: &Fields, channel: Option<&str>) -> bool {
    let kind = message["messageType"].as_str().unwrap_or_default();
    match channel {
        None => kind != "TYPE_EMAIL",
        Some("Call") => matches!(kind, "TYPE_CALL" | "TYPE_IVR_CALL" | "TYPE_VOICEMAIL"),
        Some(channel) => kind == format!("TYPE_{}", channel.to_uppercase()),
    }
}

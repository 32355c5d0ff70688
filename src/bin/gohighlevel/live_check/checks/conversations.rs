//! Questions about conversations that only read.

use gohighlevel::client::{ApiVersion, Request};
use serde_json::Value;

use super::gateway::of_location;
use crate::live_check::check::{Check, Finding, Found};
use crate::live_check::sandbox::{Answer, Sandbox, kind};

pub(super) const CHECKS: &[Check] = &[
    Check {
        question: "How is lastMessageDate written in a search of conversations?",
        expected: "milliseconds, as a number",
        writes: false,
        ask: |sandbox| Box::pin(last_message_date(sandbox)),
    },
    Check {
        question: "Is a page of messages wrapped a second time?",
        expected: "messages.messages, with lastMessageId and nextPage beside it",
        writes: false,
        ask: |sandbox| Box::pin(page_of_messages(sandbox)),
    },
    Check {
        question: "Is a single message wrapped?",
        expected: "in `message`",
        writes: false,
        ask: |sandbox| Box::pin(one_message(sandbox)),
    },
    Check {
        question: "Where does a call say how it ended?",
        expected: "status, and meta.call.status or meta.callStatus",
        writes: false,
        ask: |sandbox| Box::pin(calls(sandbox)),
    },
    Check {
        question: "Is the type of a single conversation a number?",
        expected: "a number; in a search it is a text",
        writes: false,
        ask: |sandbox| Box::pin(type_of_conversation(sandbox)),
    },
    Check {
        question: "Can all messages be exported with this token?",
        expected: "messages, total, and nextCursor null at the end",
        writes: false,
        ask: |sandbox| Box::pin(export(sandbox)),
    },
];

fn of_conversations(sandbox: &Sandbox, path: &'static str) -> Request {
    of_location(sandbox, path).version(ApiVersion::V2021_04_15)
}

fn read(path: String) -> Request {
    Request::get(path).version(ApiVersion::V2021_04_15)
}

/// The newest conversations.
async fn conversations(sandbox: &Sandbox) -> Result<Answer, Finding> {
    let request = of_conversations(sandbox, "/conversations/search").query("limit", 1);
    let answer = sandbox.ask(request).await?;
    if !answer.is_success() {
        return Err(Finding::of_refusal(&answer, false));
    }
    if answer.list("/conversations").is_empty() {
        return Err(Finding::nothing("conversations"));
    }
    Ok(answer)
}

async fn messages(sandbox: &Sandbox) -> Result<Answer, Finding> {
    let found = conversations(sandbox).await?;
    let id = found.text("/conversations/0/id").unwrap_or_default();
    sandbox
        .ask(read(format!("/conversations/{id}/messages")))
        .await
}

async fn last_message_date(sandbox: &mut Sandbox) -> Found {
    let found = conversations(sandbox).await?;
    Ok(match found.at("/conversations/0/lastMessageDate") {
        Some(date) => Finding::of(kind(date) == "ms", kind(date)),
        None => Finding::of(false, "none"),
    })
}

async fn page_of_messages(sandbox: &mut Sandbox) -> Found {
    let page = messages(sandbox).await?;
    let expected = page.at("/messages/messages").is_some_and(Value::is_array)
        && page.at("/messages/nextPage").is_some_and(Value::is_boolean);
    Ok(Finding::of_answer(&page, expected))
}

async fn one_message(sandbox: &mut Sandbox) -> Found {
    let page = messages(sandbox).await?;
    let id = page
        .text("/messages/messages/0/id")
        .or_else(|| page.text("/messages/0/id"));
    let Some(id) = id else {
        return Ok(Finding::nothing("messages in its newest conversation"));
    };
    let answer = sandbox
        .ask(read(format!("/conversations/messages/{id}")))
        .await?;
    let expected = answer.text("/message/id").is_some();
    Ok(Finding::of_answer(&answer, expected))
}

async fn calls(sandbox: &mut Sandbox) -> Found {
    let request = of_conversations(sandbox, "/conversations/search")
        .query("limit", 1)
        .query("lastMessageType", "TYPE_CALL");
    let found = sandbox.ask(request).await?;
    let Some(id) = found.text("/conversations/0/id") else {
        return Ok(Finding::nothing("conversation that ends with a call"));
    };
    let path = format!("/conversations/{id}/messages");
    let page = sandbox.ask(read(path).query("type", "TYPE_CALL")).await?;
    let Some(call) = page.at("/messages/messages/0") else {
        return Ok(Finding::nothing("call in that conversation"));
    };
    let has = |pointer: &str| call.pointer(pointer).is_some_and(Value::is_string);
    let expected = has("/status") && (has("/meta/call/status") || has("/meta/callStatus"));
    Ok(Finding::of_answer(&page, expected))
}

async fn type_of_conversation(sandbox: &mut Sandbox) -> Found {
    let found = conversations(sandbox).await?;
    let id = found.text("/conversations/0/id").unwrap_or_default();
    let answer = sandbox
        .ask(read(format!("/conversations/{id}")))
        .await?
        .known()?;
    let expected = answer.at("/type").is_some_and(Value::is_number);
    Ok(Finding::of_answer(&answer, expected))
}

async fn export(sandbox: &mut Sandbox) -> Found {
    let request = of_conversations(sandbox, "/conversations/messages/export").query("limit", 10);
    let answer = sandbox.ask(request).await?.known()?;
    let expected = answer.at("/messages").is_some_and(Value::is_array)
        && answer.body.get("nextCursor").is_some();
    Ok(Finding::of_answer(&answer, expected))
}

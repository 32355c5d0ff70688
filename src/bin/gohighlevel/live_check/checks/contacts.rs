//! Questions about contacts that only read: lookups, searches, a contact that is not there.

use gohighlevel::client::{ReplaySafety, Request};
use serde_json::{Value, json};

use super::gateway::of_location;
use crate::live_check::check::{Check, Finding, Found, Verdict};
use crate::live_check::sandbox::{Sandbox, kind};

pub(super) const CHECKS: &[Check] = &[
    Check {
        question: "What answers the lookup of a number that nobody has?",
        expected: "200 with contact null, not 400",
        writes: false,
        ask: |sandbox| Box::pin(nobody(sandbox)),
    },
    Check {
        question: "What answers the contact of an id that nobody has?",
        expected: "404, or 400 with a message about it",
        writes: false,
        ask: |sandbox| Box::pin(unknown_contact(sandbox)),
    },
    Check {
        question: "What does a contact search answer?",
        expected: "contacts and total; each contact with its searchAfter",
        writes: false,
        ask: |sandbox| Box::pin(search(sandbox)),
    },
    Check {
        question: "How is a search for an unknown field refused?",
        expected: "400 or 422 with a message",
        writes: false,
        ask: |sandbox| Box::pin(unknown_field(sandbox)),
    },
    Check {
        question: "Does startAfter without startAfterId move the old list of contacts?",
        expected: "no: the first page again",
        writes: false,
        ask: |sandbox| Box::pin(start_after(sandbox)),
    },
    Check {
        question: "Can a contact be looked up at `/contacts/lookup`?",
        expected: "200, or 404 for nobody",
        writes: false,
        ask: |sandbox| Box::pin(lookup(sandbox)),
    },
    Check {
        question: "How are the times of a contact's appointments written?",
        expected: "without a zone",
        writes: false,
        ask: |sandbox| Box::pin(appointment_times(sandbox)),
    },
];

async fn nobody(sandbox: &mut Sandbox) -> Found {
    let request =
        of_location(sandbox, "/contacts/search/duplicate").query("number", sandbox.phone());
    let answer = sandbox.ask(request).await?;
    let expected = answer.status == 200 && answer.body.get("contact") == Some(&Value::Null);
    Ok(Finding::of_answer(&answer, expected))
}

async fn unknown_contact(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.get("/contacts/liveCheckNobody00000").await?;
    let worded = answer.status == 400 && answer.at("/message").is_some();
    Ok(Finding::of_refusal(&answer, answer.status == 404 || worded))
}

fn search_of(sandbox: &Sandbox, filter: Value) -> Request {
    let body = json!({ "locationId": sandbox.id(), "pageLimit": 1, "filters": [filter] });
    Request::post("/contacts/search")
        .json(&body)
        .replay(ReplaySafety::Safe)
}

async fn search(sandbox: &mut Sandbox) -> Found {
    let everybody = json!({ "field": "dateAdded", "operator": "exists" });
    let answer = sandbox.ask(search_of(sandbox, everybody)).await?;
    if answer.is_success() && answer.list("/contacts").is_empty() {
        return Ok(Finding::nothing("contacts"));
    }
    let expected = answer.at("/total").is_some_and(Value::is_number)
        && answer
            .at("/contacts/0/searchAfter")
            .is_some_and(Value::is_array);
    Ok(Finding::of_answer(&answer, expected))
}

async fn unknown_field(sandbox: &mut Sandbox) -> Found {
    let filter = json!({ "field": "live_check_field", "operator": "eq", "value": "x" });
    let answer = sandbox.ask(search_of(sandbox, filter)).await?;
    let expected = matches!(answer.status, 400 | 422) && answer.at("/message").is_some();
    Ok(Finding::of_refusal(&answer, expected))
}

async fn start_after(sandbox: &mut Sandbox) -> Found {
    let page = |more: Option<&Value>| {
        let request = of_location(sandbox, "/contacts/").query("limit", 1);
        match more {
            Some(Value::String(text)) => request.query("startAfter", text),
            Some(value) => request.query("startAfter", value),
            None => request,
        }
    };
    let first = sandbox.ask(page(None)).await?.known()?;
    if first.status == 404 {
        return Ok(Finding::of_refusal(&first, true));
    }
    let cursor = first.at("/meta/startAfter").cloned();
    let (Some(id), Some(cursor)) = (first.text("/contacts/0/id"), cursor) else {
        return Ok(Finding::nothing("second page of contacts"));
    };
    let second = sandbox.ask(page(Some(&cursor))).await?;
    let same = second.text("/contacts/0/id") == Some(id);
    let seen = if same {
        "the first page again"
    } else {
        "another page"
    };
    Ok(Finding::of(
        same,
        format!("{seen}; startAfter is {}", kind(&cursor)),
    ))
}

async fn lookup(sandbox: &mut Sandbox) -> Found {
    let request = of_location(sandbox, "/contacts/lookup").query("phone", sandbox.phone());
    let answer = sandbox.ask(request).await?.known()?;
    // A server that does not know the route takes the word for the id of a contact.
    if !answer.is_success() && answer.words().contains("lookup") {
        let seen = format!("{} {}", answer.status, answer.words());
        return Ok(Finding::new(Verdict::NotAvailable, seen));
    }
    Ok(Finding::of_answer(
        &answer,
        matches!(answer.status, 200 | 404),
    ))
}

async fn appointment_times(sandbox: &mut Sandbox) -> Found {
    let everybody = json!({ "field": "dateAdded", "operator": "exists" });
    let body = json!({ "locationId": sandbox.id(), "pageLimit": 20, "filters": [everybody] });
    let search = Request::post("/contacts/search")
        .json(&body)
        .replay(ReplaySafety::Safe);
    let contacts = sandbox.ask(search).await?;
    for contact in contacts.list("/contacts") {
        let Some(id) = contact["id"].as_str() else {
            continue;
        };
        let answer = sandbox
            .get(&format!("/contacts/{id}/appointments"))
            .await?
            .known()?;
        if let Some(time) = answer.at("/events/0/startTime") {
            let kind = kind(time);
            return Ok(Finding::of(kind == "time without zone", kind));
        }
    }
    Ok(Finding::nothing("appointments among its first 20 contacts"))
}

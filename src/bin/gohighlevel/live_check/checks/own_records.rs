//! Questions about tasks, notes and custom values that need one of the command's own making.

use gohighlevel::client::{ReplaySafety, Request};
use serde_json::json;

use crate::live_check::check::{Check, Finding, Found};
use crate::live_check::sandbox::{Answer, Sandbox, kind};

pub(super) const CHECKS: &[Check] = &[
    Check {
        question: "Is a task refused that does not say whether it is completed?",
        expected: "422",
        writes: true,
        ask: |sandbox| Box::pin(task_without_completed(sandbox)),
    },
    Check {
        question: "What does the creation of a task answer, and how is the due date written?",
        expected: "201 with `task`; dueDate in UTC",
        writes: true,
        ask: |sandbox| Box::pin(task(sandbox)),
    },
    Check {
        question: "Does a task search find it at once, and by which key is its id?",
        expected: "yes, by id or _id",
        writes: true,
        ask: |sandbox| Box::pin(task_found(sandbox)),
    },
    Check {
        question: "What does the creation of a note answer?",
        expected: "201 with `note` and its id",
        writes: true,
        ask: |sandbox| Box::pin(note(sandbox)),
    },
    Check {
        question: "Is an empty text accepted as a custom value?",
        expected: "no: 400 or 422",
        writes: true,
        ask: |sandbox| Box::pin(empty_value(sandbox)),
    },
    Check {
        question: "Does a new name change the fieldKey of a custom value?",
        expected: "no",
        writes: true,
        ask: |sandbox| Box::pin(renamed_value(sandbox)),
    },
    Check {
        question: "Can two custom values have one name?",
        expected: "no: 400",
        writes: true,
        ask: |sandbox| Box::pin(same_name(sandbox)),
    },
];

const DUE: &str = "2030-01-02T03:04:05Z";

async fn task_without_completed(sandbox: &mut Sandbox) -> Found {
    let id = sandbox.own_contact().await?;
    let body = json!({ "title": "live-check", "dueDate": DUE });
    let answer = sandbox
        .ask(Request::post(format!("/contacts/{id}/tasks")).json(&body))
        .await?;
    Ok(Finding::of_refusal(&answer, answer.status == 422))
}

async fn task(sandbox: &mut Sandbox) -> Found {
    let id = sandbox.own_contact().await?;
    let body = json!({ "title": "live-check", "dueDate": DUE, "completed": false });
    let answer = sandbox
        .ask(Request::post(format!("/contacts/{id}/tasks")).json(&body))
        .await?;
    let due = answer.at("/task/dueDate").map(kind);
    let expected = answer.status == 201
        && answer.text("/task/id").is_some()
        && due.as_deref() == Some("time in UTC");
    Ok(Finding::of_answer(&answer, expected))
}

async fn task_found(sandbox: &mut Sandbox) -> Found {
    let id = sandbox.own_contact().await?;
    let request = Request::post(format!("/locations/{}/tasks/search", sandbox.id()))
        .json(&json!({ "contactId": [id] }))
        .replay(ReplaySafety::Safe);
    let answer = sandbox.ask(request).await?.known()?;
    let item = answer.at("/tasks/0");
    let expected = item.is_some_and(|item| item["id"].is_string() || item["_id"].is_string());
    Ok(Finding::of_answer(&answer, expected))
}

async fn note(sandbox: &mut Sandbox) -> Found {
    let id = sandbox.own_contact().await?;
    let body = json!({ "body": "live-check" });
    let answer = sandbox
        .ask(Request::post(format!("/contacts/{id}/notes")).json(&body))
        .await?;
    let expected = answer.status == 201 && answer.text("/note/id").is_some();
    Ok(Finding::of_answer(&answer, expected))
}

/// Makes a custom value, which is removed at the end.
async fn value(sandbox: &mut Sandbox, name: &str, value: &str) -> Result<Answer, Finding> {
    let path = format!("/locations/{}/customValues", sandbox.id());
    let name = format!("{name} {}", sandbox.suffix);
    let body = json!({ "name": name, "value": value });
    let answer = sandbox.ask(Request::post(path.clone()).json(&body)).await?;
    if let Some(id) = answer.text("/customValue/id") {
        sandbox.made("custom value", format!("{path}/{id}"));
    }
    Ok(answer)
}

async fn empty_value(sandbox: &mut Sandbox) -> Found {
    let answer = value(sandbox, "Live check empty", "").await?;
    if answer.is_success() {
        return Ok(Finding::of_answer(&answer, false));
    }
    Ok(Finding::of_refusal(
        &answer,
        matches!(answer.status, 400 | 422),
    ))
}

async fn renamed_value(sandbox: &mut Sandbox) -> Found {
    let made = value(sandbox, "Live check value", "x").await?;
    let (Some(id), Some(before)) = (
        made.text("/customValue/id"),
        made.text("/customValue/fieldKey"),
    ) else {
        return Ok(Finding::of_answer(&made, false));
    };
    let path = format!("/locations/{}/customValues/{id}", sandbox.id());
    let name = format!("Live check renamed {}", sandbox.suffix);
    let body = json!({ "name": name, "value": "x" });
    let renamed = sandbox.ask(Request::put(path.clone()).json(&body)).await?;
    if !renamed.is_success() {
        return Ok(Finding::of_refusal(&renamed, false));
    }
    let read = sandbox.get(&path).await?;
    let after = read.text("/customValue/fieldKey");
    let seen = if after == Some(before) {
        "the same key"
    } else {
        "another key"
    };
    Ok(Finding::of(after == Some(before), seen))
}

async fn same_name(sandbox: &mut Sandbox) -> Found {
    let first = value(sandbox, "Live check twice", "x").await?;
    let second = value(sandbox, "Live check twice", "x").await?;
    if second.is_success() {
        let same = first.at("/customValue/fieldKey") == second.at("/customValue/fieldKey");
        let seen = if same {
            "two with one key"
        } else {
            "two with different keys"
        };
        return Ok(Finding::of(false, seen));
    }
    Ok(Finding::of_refusal(&second, second.status == 400))
}

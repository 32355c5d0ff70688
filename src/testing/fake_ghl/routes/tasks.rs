//! Tasks of a contact.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::contact::texts;
use crate::testing::fake_ghl::envelope;
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::values::{fresh_id, record, wire_time};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const MODULE: Module = Module {
    name: "Tasks of contacts",
    rules: &[
        "A task needs a title, a due date with a zone, and `completed`.",
        "Due dates come back in UTC with milliseconds.",
        "Completing a task sends `TaskComplete`.",
    ],
    operations: &[
        own(
            "GET",
            "/contacts/{contactId}/tasks",
            "contacts.readonly",
            |v, p, _| list(v, p[0]),
        ),
        own(
            "POST",
            "/contacts/{contactId}/tasks",
            "contacts.write",
            |v, p, b| create(v, p[0], b),
        ),
        own(
            "GET",
            "/contacts/{contactId}/tasks/{taskId}",
            "contacts.readonly",
            |v, p, _| get(v, p[0], p[1]),
        ),
        own(
            "PUT",
            "/contacts/{contactId}/tasks/{taskId}",
            "contacts.write",
            |v, p, b| update(v, p[0], p[1], b),
        ),
        own(
            "PUT",
            "/contacts/{contactId}/tasks/{taskId}/completed",
            "contacts.write",
            |v, p, b| complete(v, p[0], p[1], b),
        ),
        own(
            "DELETE",
            "/contacts/{contactId}/tasks/{taskId}",
            "contacts.write",
            |v, p, _| delete(v, p[0], p[1]),
        ),
        own(
            "POST",
            "/locations/{locationId}/tasks/search",
            "locations/tasks.readonly",
            |v, _, b| search(v, b),
        ),
    ],
};

pub(super) fn list(visit: &Visit<'_>, contact_id: &str) -> Outcome {
    contacts::find(visit, contact_id)?;
    let tasks: Vec<&Fields> = visit
        .location
        .tasks
        .iter()
        .filter(|task| task["contactId"] == contact_id)
        .collect();
    Ok(Answer::ok(json!({ "tasks": tasks })))
}

pub(super) fn create(visit: &mut Visit<'_>, contact_id: &str, body: &Fields) -> Outcome {
    contacts::find(visit, contact_id)?;
    check(
        body,
        &[
            required("title", Kind::Text),
            required("dueDate", Kind::Time),
            required("completed", Kind::Bool),
            optional("body", Kind::Text),
            optional("assignedTo", Kind::Text),
        ],
    )?;
    let mut task = record([
        ("id", fresh_id().into()),
        ("contactId", contact_id.to_owned().into()),
    ]);
    write(&mut task, body);
    let answer = Answer::created(json!({ "task": task }));
    visit.location.tasks.push(task);
    Ok(answer)
}

pub(super) fn get(visit: &mut Visit<'_>, contact_id: &str, id: &str) -> Outcome {
    let task = find(visit, contact_id, id)?;
    Ok(Answer::ok(json!({ "task": task })))
}

pub(super) fn update(visit: &mut Visit<'_>, contact_id: &str, id: &str, body: &Fields) -> Outcome {
    let task = find(visit, contact_id, id)?;
    check(
        body,
        &[
            optional("title", Kind::Text),
            optional("dueDate", Kind::Time),
            optional("completed", Kind::Bool),
            optional("body", Kind::Text),
            optional("assignedTo", Kind::Text),
        ],
    )?;
    let was_open = task["completed"] != true;
    write(task, body);
    let answer = Answer::ok(json!({ "task": task }));
    let completed = (was_open && task["completed"] == true).then(|| task.clone());
    let events = completed.map(|task| envelope::task("TaskComplete", &visit.location.id, &task));
    visit.events.extend(events);
    Ok(answer)
}

pub(super) fn complete(
    visit: &mut Visit<'_>,
    contact_id: &str,
    id: &str,
    body: &Fields,
) -> Outcome {
    let task = find(visit, contact_id, id)?;
    check(body, &[required("completed", Kind::Bool)])?;
    let was_open = task["completed"] != true;
    write(task, body);
    let answer = Answer::ok(json!({ "task": task }));
    let completed = (was_open && task["completed"] == true).then(|| task.clone());
    let events = completed.map(|task| envelope::task("TaskComplete", &visit.location.id, &task));
    visit.events.extend(events);
    Ok(answer)
}

pub(super) fn delete(visit: &mut Visit<'_>, contact_id: &str, id: &str) -> Outcome {
    find(visit, contact_id, id)?;
    visit.location.tasks.retain(|task| task["id"] != id);
    Ok(visit.succeded())
}

/// The location's tasks over all contacts. HighLevel's file types the items loosely; they come as a contact's tasks do.
fn search(visit: &Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            optional("contactId", Kind::Texts),
            optional("completed", Kind::Bool),
            optional("assignedTo", Kind::Texts),
            optional("query", Kind::Text),
            optional("limit", Kind::Number),
            optional("skip", Kind::Number),
            optional("businessId", Kind::Text),
        ],
    )?;
    let number = |name: &str, default: u64| {
        let number = body.get(name).and_then(Value::as_u64).unwrap_or(default);
        usize::try_from(number).unwrap_or(usize::MAX)
    };
    let among = |name: &str, value: &Value| {
        let asked = texts(body.get(name));
        asked.is_empty() || asked.iter().any(|asked| value == asked)
    };
    let words = text(body, "query").to_lowercase();
    let tasks: Vec<Fields> = visit
        .location
        .tasks
        .iter()
        .filter(|task| {
            among("contactId", &task["contactId"])
                && among("assignedTo", task.get("assignedTo").unwrap_or(&Value::Null))
                && body
                    .get("completed")
                    .is_none_or(|asked| task["completed"] == *asked)
                && text(task, "title").to_lowercase().contains(&words)
        })
        .skip(number("skip", 0))
        .take(number("limit", 25))
        .map(|task| {
            let mut item = task.clone();
            item.insert("locationId".to_owned(), visit.location.id.clone().into());
            item
        })
        .collect();
    Ok(Answer::ok(json!({ "tasks": tasks })))
}

fn find<'a>(
    visit: &'a mut Visit<'_>,
    contact_id: &str,
    id: &str,
) -> Result<&'a mut Fields, Answer> {
    contacts::find(visit, contact_id)?;
    visit
        .location
        .tasks
        .iter_mut()
        .find(|task| task["id"] == id && task["contactId"] == contact_id)
        .ok_or_else(|| Answer::not_found("Task", id))
}

/// Due dates come back in UTC with milliseconds, however they were written.
fn write(task: &mut Fields, body: &Fields) {
    for (name, value) in body {
        let due = value
            .as_str()
            .filter(|_| name == "dueDate")
            .and_then(|text| text.parse::<Timestamp>().ok());
        let value = due.map_or_else(|| value.clone(), |time| Value::String(wire_time(time)));
        task.insert(name.clone(), value);
    }
}

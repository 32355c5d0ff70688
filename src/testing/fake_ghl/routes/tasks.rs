//! Tasks of a contact.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Visit, contacts};
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::envelope;
use crate::testing::fake_ghl::values::{fresh_id, record, wire_time};

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
    Ok(Answer::succeded())
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

//! Notes of a contact.

use serde_json::json;

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::values::{fresh_id, record, wire_time};
use crate::testing::fake_ghl::visit::Visit;

const OPTIONAL: [Property; 4] = [
    optional("title", Kind::Text),
    optional("userId", Kind::Text),
    optional("color", Kind::Text),
    optional("pinned", Kind::Bool),
];

pub(super) const MODULE: Module = Module {
    name: "Notes of contacts",
    rules: &["A note needs a body.", "With its contact go its notes."],
    operations: &[
        own(
            "GET",
            "/contacts/{contactId}/notes",
            "contacts.readonly",
            |v, p, _| list(v, p[0]),
        ),
        own(
            "POST",
            "/contacts/{contactId}/notes",
            "contacts.write",
            |v, p, b| create(v, p[0], b),
        ),
        own(
            "GET",
            "/contacts/{contactId}/notes/{id}",
            "contacts.readonly",
            |v, p, _| get(v, p[0], p[1]),
        ),
        own(
            "PUT",
            "/contacts/{contactId}/notes/{id}",
            "contacts.write",
            |v, p, b| update(v, p[0], p[1], b),
        ),
        own(
            "DELETE",
            "/contacts/{contactId}/notes/{id}",
            "contacts.write",
            |v, p, _| delete(v, p[0], p[1]),
        ),
    ],
};

pub(super) fn list(visit: &Visit<'_>, contact_id: &str) -> Outcome {
    contacts::find(visit, contact_id)?;
    let notes: Vec<&Fields> = visit
        .location
        .notes
        .iter()
        .filter(|note| note["contactId"] == contact_id)
        .collect();
    Ok(Answer::ok(json!({ "notes": notes })))
}

pub(super) fn create(visit: &mut Visit<'_>, contact_id: &str, body: &Fields) -> Outcome {
    contacts::find(visit, contact_id)?;
    let mut properties = vec![required("body", Kind::Text)];
    properties.extend_from_slice(&OPTIONAL);
    check(body, &properties)?;
    let mut note = record([
        ("id", fresh_id().into()),
        ("contactId", contact_id.to_owned().into()),
        ("dateAdded", wire_time(visit.now).into()),
    ]);
    note.extend(body.clone());
    let answer = Answer::created(json!({ "note": note }));
    visit.location.notes.push(note);
    Ok(answer)
}

pub(super) fn get(visit: &mut Visit<'_>, contact_id: &str, id: &str) -> Outcome {
    let note = find(visit, contact_id, id)?;
    Ok(Answer::ok(json!({ "note": note })))
}

pub(super) fn update(visit: &mut Visit<'_>, contact_id: &str, id: &str, body: &Fields) -> Outcome {
    let note = find(visit, contact_id, id)?;
    let mut properties = vec![optional("body", Kind::Text)];
    properties.extend_from_slice(&OPTIONAL);
    check(body, &properties)?;
    note.extend(body.clone());
    Ok(Answer::ok(json!({ "note": note })))
}

pub(super) fn delete(visit: &mut Visit<'_>, contact_id: &str, id: &str) -> Outcome {
    find(visit, contact_id, id)?;
    visit.location.notes.retain(|note| note["id"] != id);
    Ok(visit.succeded())
}

fn find<'a>(
    visit: &'a mut Visit<'_>,
    contact_id: &str,
    id: &str,
) -> Result<&'a mut Fields, Answer> {
    contacts::find(visit, contact_id)?;
    visit
        .location
        .notes
        .iter_mut()
        .find(|note| note["id"] == id && note["contactId"] == contact_id)
        .ok_or_else(|| Answer::not_found("Note", id))
}

//! Tags: those of a contact, and the location's list of all tags.

use http::StatusCode;
use serde_json::{Value, json};

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::contact::{Contact, lower_case_tags, texts};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const MODULE: Module = Module {
    name: "Tags",
    rules: &[
        "Tags are kept in lower case, each once.",
        "A tag that a contact gets is added to the location's list.",
        "A tag that is renamed or deleted changes on every contact that carries it.",
    ],
    operations: &[
        own(
            "POST",
            "/contacts/{contactId}/tags",
            "contacts.write",
            |v, p, b| add_to_contact(v, p[0], b),
        ),
        own(
            "DELETE",
            "/contacts/{contactId}/tags",
            "contacts.write",
            |v, p, b| remove_from_contact(v, p[0], b),
        ),
        own(
            "POST",
            "/contacts/bulk/tags/update/{type}",
            "contacts.write",
            |v, p, b| update_many(v, p[0], b),
        ),
        own(
            "GET",
            "/locations/{locationId}/tags",
            "locations/tags.readonly",
            |v, _, _| list(v),
        ),
        own(
            "POST",
            "/locations/{locationId}/tags",
            "locations/tags.write",
            |v, _, b| create(v, b),
        ),
        own(
            "GET",
            "/locations/{locationId}/tags/{tagId}",
            "locations/tags.readonly",
            |v, p, _| get(v, p[1]),
        ),
        own(
            "PUT",
            "/locations/{locationId}/tags/{tagId}",
            "locations/tags.write",
            |v, p, b| rename(v, p[1], b),
        ),
        own(
            "DELETE",
            "/locations/{locationId}/tags/{tagId}",
            "locations/tags.write",
            |v, p, _| delete(v, p[1]),
        ),
    ],
};

pub(super) fn add_to_contact(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let mut tags = contacts::find(visit, id)?.tags();
    let mut added = asked_for(body)?;
    added.retain(|tag| !tags.contains(tag));
    tags.extend(added.iter().cloned());
    set(visit, id, &tags)?;
    visit.location.know_tags(&tags);
    Ok(Answer::created(json!({ "tags": tags, "tagsAdded": added })))
}

pub(super) fn remove_from_contact(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let mut tags = contacts::find(visit, id)?.tags();
    let mut removed = asked_for(body)?;
    removed.retain(|tag| tags.contains(tag));
    tags.retain(|tag| !removed.contains(tag));
    set(visit, id, &tags)?;
    Ok(Answer::ok(json!({ "tags": tags, "tagsRemoved": removed })))
}

/// Adds tags to several contacts, or removes them. What HighLevel says of a contact that is not there is not documented:
/// here it is counted among the errors.
fn update_many(visit: &mut Visit<'_>, what: &str, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("contacts", Kind::Texts),
            required("tags", Kind::Texts),
            required("locationId", Kind::Text),
            optional("removeAllTags", Kind::Bool),
        ],
    )?;
    if !matches!(what, "add" | "remove") {
        return Err(Answer::unprocessable(vec![
            "type must be one of the following values: add, remove".to_owned(),
        ]));
    }
    let asked = lower_case_tags(&texts(body.get("tags")));
    let all = body.get("removeAllTags") == Some(&json!(true));
    let mut done = Vec::new();
    let mut errors = 0;
    for id in texts(body.get("contacts")) {
        let Some(mut tags) = visit.location.contact(&id).map(Contact::tags) else {
            errors += 1;
            continue;
        };
        match what {
            "remove" if all => tags.clear(),
            "remove" => tags.retain(|tag| !asked.contains(tag)),
            _ => {
                let new = asked.iter().filter(|tag| !tags.contains(tag)).cloned();
                tags = tags.iter().cloned().chain(new).collect();
            }
        }
        set(visit, &id, &tags)?;
        visit.location.know_tags(&tags);
        done.push(id);
    }
    let mut answer = visit.succeded();
    answer.status = StatusCode::CREATED;
    answer.body["errorCount"] = json!(errors);
    answer.body["responses"] = json!(done);
    Ok(answer)
}

fn asked_for(body: &Fields) -> Result<Vec<String>, Answer> {
    check(body, &[required("tags", Kind::Texts)])?;
    Ok(lower_case_tags(&texts(body.get("tags"))))
}

fn set(visit: &mut Visit<'_>, id: &str, tags: &[String]) -> Result<(), Answer> {
    let now = visit.now;
    visit
        .location
        .contact_mut(id)
        .ok_or_else(|| Answer::not_found("Contact", id))?
        .set_tags(tags, now);
    Ok(())
}

pub(super) fn list(visit: &Visit<'_>) -> Outcome {
    Ok(Answer::ok(json!({ "tags": visit.location.tags })))
}

pub(super) fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let name = name(visit, body)?;
    visit.location.know_tags(std::slice::from_ref(&name));
    let tag = visit.location.tags.iter().find(|tag| tag["name"] == name);
    Ok(Answer::ok(json!({ "tag": tag })))
}

pub(super) fn get(visit: &Visit<'_>, id: &str) -> Outcome {
    let position = position(visit, id)?;
    Ok(Answer::ok(json!({ "tag": visit.location.tags[position] })))
}

pub(super) fn rename(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    let new = name(visit, body)?;
    let tag = &mut visit.location.tags[position];
    let old = tag.insert("name".into(), json!(new));
    let answer = Answer::ok(json!({ "tag": tag }));
    on_contacts(visit, old.as_ref(), |tags, at| tags[at] = new.clone());
    Ok(answer)
}

pub(super) fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let position = position(visit, id)?;
    let tag = visit.location.tags.remove(position);
    on_contacts(visit, tag.get("name"), |tags, at| {
        tags.remove(at);
    });
    Ok(visit.succeded())
}

/// The checked name for a tag: not empty, lower case, and not in use. The wording of the last refusal is not
/// documented.
fn name(visit: &Visit<'_>, body: &Fields) -> Result<String, Answer> {
    check(body, &[required("name", Kind::Text)])?;
    let name = body["name"]
        .as_str()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    if visit.location.tags.iter().any(|tag| tag["name"] == name) {
        return Err(Answer::bad_request("The tag name is already exist."));
    }
    Ok(name)
}

fn position(visit: &Visit<'_>, id: &str) -> Result<usize, Answer> {
    visit
        .location
        .tags
        .iter()
        .position(|tag| tag["id"] == id)
        .ok_or_else(|| Answer::not_found("Tag", id))
}

/// Lets `change` work on the place of the tag in every contact that carries it.
fn on_contacts(
    visit: &mut Visit<'_>,
    name: Option<&Value>,
    change: impl Fn(&mut Vec<String>, usize),
) {
    let name = name.and_then(Value::as_str).unwrap_or_default();
    for contact in &mut visit.location.contacts {
        let mut tags = contact.tags();
        if let Some(at) = tags.iter().position(|tag| tag == name) {
            change(&mut tags, at);
            contact.set_tags(&tags, visit.now);
        }
    }
}

//! Contacts: create, upsert, get, update, delete, duplicate lookup.

use serde_json::{Value, json};

use super::custom_fields;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::contact::Contact;
use crate::testing::fake_ghl::envelope;
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::visit::{Version, Visit};

/// Properties of a create, apart from the `locationId` that it must have.
pub(in crate::testing::fake_ghl) const CREATE: &[Property] = &[
    optional("firstName", Kind::TextOrNull),
    optional("lastName", Kind::TextOrNull),
    optional("name", Kind::TextOrNull),
    optional("email", Kind::TextOrNull),
    optional("phone", Kind::TextOrNull),
    optional("gender", Kind::Text),
    optional("address1", Kind::TextOrNull),
    optional("city", Kind::TextOrNull),
    optional("state", Kind::TextOrNull),
    optional("website", Kind::TextOrNull),
    optional("postalCode", Kind::Text),
    optional("country", Kind::Text),
    optional("timezone", Kind::TextOrNull),
    optional("companyName", Kind::TextOrNull),
    optional("dnd", Kind::Bool),
    optional("dndSettings", Kind::Object),
    optional("inboundDndSettings", Kind::Object),
    optional("tags", Kind::Texts),
    optional("customFields", Kind::Objects),
    optional("source", Kind::Text),
    optional("dateOfBirth", Kind::TextOrNull),
    optional("assignedTo", Kind::Text),
];

/// Properties of an update: neither `locationId` nor `gender` nor `companyName`.
const UPDATE: &[Property] = &[
    optional("firstName", Kind::TextOrNull),
    optional("lastName", Kind::TextOrNull),
    optional("name", Kind::TextOrNull),
    optional("email", Kind::TextOrNull),
    optional("phone", Kind::TextOrNull),
    optional("address1", Kind::TextOrNull),
    optional("city", Kind::TextOrNull),
    optional("state", Kind::TextOrNull),
    optional("website", Kind::TextOrNull),
    optional("postalCode", Kind::Text),
    optional("country", Kind::Text),
    optional("timezone", Kind::TextOrNull),
    optional("dnd", Kind::Bool),
    optional("dndSettings", Kind::Object),
    optional("inboundDndSettings", Kind::Object),
    optional("tags", Kind::Texts),
    optional("customFields", Kind::Objects),
    optional("source", Kind::TextOrNull),
    optional("dateOfBirth", Kind::TextOrNull),
    optional("assignedTo", Kind::TextOrNull),
];

pub(super) const MODULE: Module = Module {
    name: "Contacts",
    rules: &[
        "Unknown properties are refused (422), each by its name.",
        "A second contact with the same e-mail address or phone number is refused, in the order of the location's identifiers, unless the location allows duplicates.",
        "Phone numbers are kept in E.164, e-mail addresses are compared without regard to letter case.",
        "An update replaces all tags, and merges custom fields and Do-not-disturb channels.",
        "Do-not-disturb channels may be written in either version's spelling, and come back in the spelling of the request's version.",
    ],
    operations: &[
        own("POST", "/contacts/", "contacts.write", |v, _, b| {
            create(v, b)
        }),
        own("POST", "/contacts/upsert", "contacts.write", |v, _, b| {
            upsert(v, b)
        }),
        own(
            "GET",
            "/contacts/search/duplicate",
            "contacts.readonly",
            |v, _, _| duplicate(v),
        ),
        own(
            "GET",
            "/contacts/{contactId}",
            "contacts.readonly",
            |v, p, _| get(v, p[0]),
        ),
        own(
            "PUT",
            "/contacts/{contactId}",
            "contacts.write",
            |v, p, b| update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/contacts/{contactId}",
            "contacts.write",
            |v, p, _| delete(v, p[0]),
        ),
    ],
};

pub(super) fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check_with_location(body, CREATE, &[])?;
    if !visit.location.allows_duplicates()
        && let Some((holder, field)) = find_holder(visit, body)
    {
        return Err(Answer::duplicate_contact(&holder, &field));
    }
    let contact = insert(visit, body)?;
    Ok(Answer::created(
        json!({ "contact": contact.created_view(visit.version) }),
    ))
}

pub(super) fn upsert(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check_with_location(
        body,
        CREATE,
        &[optional("createNewIfDuplicateAllowed", Kind::Bool)],
    )?;
    let always_new = visit.location.allows_duplicates()
        && body.get("createNewIfDuplicateAllowed") == Some(&json!(true));
    let holder = if always_new {
        None
    } else {
        find_holder(visit, body)
    };
    let (new, contact) = match holder {
        None => (true, insert(visit, body)?),
        Some((id, _)) => {
            let mut body = body.clone();
            body.remove("gender");
            // A field that belongs to another contact is ignored, not taken away from it.
            for field in ["email", "phone"] {
                let held = body
                    .get(field)
                    .and_then(Value::as_str)
                    .and_then(|value| visit.location.holder(field, value));
                if held.is_some_and(|other| other.id() != id) {
                    body.remove(field);
                }
            }
            (false, write(visit, &id, &body)?)
        }
    };
    Ok(Answer::ok(
        json!({ "succeded": true, "new": new, "contact": contact.view(visit.version) }),
    ))
}

pub(super) fn get(visit: &Visit<'_>, id: &str) -> Outcome {
    let contact = find(visit, id)?;
    Ok(Answer::ok(
        json!({ "contact": contact.view(visit.version) }),
    ))
}

pub(super) fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    find(visit, id)?;
    check(body, UPDATE)?;
    if !visit.location.allows_duplicates() {
        for field in ["email", "phone"] {
            if let Some(value) = body.get(field).and_then(Value::as_str)
                && let Some(holder) = visit.location.holder(field, value)
                && holder.id() != id
            {
                return Err(Answer::duplicate_contact(holder.id(), field));
            }
        }
    }
    let contact = write(visit, id, body)?;
    let succeeded = match visit.version {
        Version::V2 => "succeded",
        Version::V3 => "succeeded",
    };
    Ok(Answer::ok(
        json!({ succeeded: true, "contact": contact.view(visit.version) }),
    ))
}

pub(super) fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let event = envelope::of_contact("ContactDelete", &visit.location.id, find(visit, id)?);
    visit.events.push(event);
    visit.location.forget_contact(id);
    Ok(visit.succeded())
}

pub(super) fn duplicate(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let order = if visit.location.allows_duplicates() {
        vec!["email".to_owned(), "phone".to_owned()]
    } else {
        visit.location.unique_identifiers()
    };
    for field in order {
        let parameter = if field == "phone" { "number" } else { "email" };
        if let Some(value) = visit.request.query(parameter)
            && let Some(contact) = visit.location.holder(&field, value)
        {
            return Ok(Answer::ok(
                json!({ "contact": contact.view(visit.version), "matchingField": parameter }),
            ));
        }
    }
    Ok(Answer::ok(json!({ "contact": null })))
}

/// The contact, or the refusal of a request for one that is not there.
pub(super) fn find<'a>(visit: &'a Visit<'_>, id: &str) -> Result<&'a Contact, Answer> {
    visit
        .location
        .contact(id)
        .ok_or_else(|| Answer::not_found("Contact", id))
}

fn check_with_location(
    body: &Fields,
    properties: &[Property],
    more: &[Property],
) -> Result<(), Answer> {
    let mut all = vec![required("locationId", Kind::Text)];
    all.extend_from_slice(properties);
    all.extend_from_slice(more);
    check(body, &all)
}

/// The contact that already has the e-mail address or phone of `body`, in the location's order, and by which field.
fn find_holder(visit: &Visit<'_>, body: &Fields) -> Option<(String, String)> {
    visit
        .location
        .unique_identifiers()
        .into_iter()
        .find_map(|field| {
            let value = body.get(&field)?.as_str()?;
            let holder = visit.location.holder(&field, value)?;
            Some((holder.id().to_owned(), field))
        })
}

fn insert(visit: &mut Visit<'_>, body: &Fields) -> Result<Contact, Answer> {
    let contact = Contact::new(&visit.location.id, visit.now);
    let id = contact.id().to_owned();
    visit.location.contacts.push(contact);
    match write(visit, &id, body) {
        Ok(contact) => Ok(contact),
        Err(refusal) => {
            visit.location.forget_contact(&id);
            Err(refusal)
        }
    }
}

/// Writes the checked body to the contact, and reports a change of its DND.
fn write(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Result<Contact, Answer> {
    let body = custom_fields::with_ids(visit.location, "contact", body)?;
    let country = visit.location.country().map(str::to_owned);
    let now = visit.now;
    let Some(contact) = visit.location.contact_mut(id) else {
        return Err(Answer::not_found("Contact", id));
    };
    let before = contact.dnd();
    contact.write(&body, country.as_deref(), now);
    let contact = contact.clone();
    visit.location.know_tags(&contact.tags());
    if contact.dnd() != before {
        visit
            .events
            .push(envelope::dnd_update(&visit.location.id, &contact));
    }
    Ok(contact)
}

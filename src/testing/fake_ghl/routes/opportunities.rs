//! Opportunities by their id. The search and the pipelines have files of their own.

use http::StatusCode;
use serde_json::{Value, json};

use super::custom_fields;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::contact::texts;
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::values::{fresh_id, record, wire_time, written_value};
use crate::testing::fake_ghl::visit::{Version, Visit};
use crate::testing::fake_ghl::world::Location;

/// HighLevel's file has `all` here too, which says nothing about one opportunity.
const STATUSES: [&str; 4] = ["open", "won", "lost", "abandoned"];

pub(super) const MODULE: Module = Module {
    name: "Opportunities",
    rules: &[
        "A contact has one opportunity in a pipeline, unless the location allows duplicates.",
        "Without a stage an opportunity goes to the first one of its pipeline.",
        "Changes send the events that the app has subscribed to.",
        "Reasons for a loss come from the seed.",
    ],
    operations: &[
        own(
            "POST",
            "/opportunities/",
            "opportunities.write",
            |v, _, b| create(v, b),
        ),
        own(
            "POST",
            "/opportunities/upsert",
            "opportunities.write",
            |v, _, b| upsert(v, b),
        ),
        own(
            "GET",
            "/opportunities/lost-reason",
            "opportunities.readonly",
            |v, _, _| lost_reasons(v),
        ),
        own(
            "GET",
            "/opportunities/{id}",
            "opportunities.readonly",
            |v, p, _| get(v, p[0]),
        ),
        own(
            "PUT",
            "/opportunities/{id}",
            "opportunities.write",
            |v, p, b| update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/opportunities/{id}",
            "opportunities.write",
            |v, p, _| delete(v, p[0]),
        ),
        own(
            "PUT",
            "/opportunities/{id}/status",
            "opportunities.write",
            |v, p, b| set_status(v, p[0], b),
        ),
        own(
            "POST",
            "/opportunities/{id}/followers",
            "opportunities.write",
            |v, p, b| add_followers(v, p[0], b),
        ),
        own(
            "DELETE",
            "/opportunities/{id}/followers",
            "opportunities.write",
            |v, p, b| remove_followers(v, p[0], b),
        ),
    ],
};

/// Why opportunities were lost; only a seed makes them.
pub(super) const LOST_REASONS: Resource = Resource {
    collection: "lostReasons",
    what: "Lost reason",
    id: "_id",
    many: "lostReasons",
    defaults: r#"{"deleted": false}"#,
    ..PLAIN
};

const CREATE: &[Property] = &[
    required("locationId", Kind::Text),
    required("pipelineId", Kind::Text),
    required("name", Kind::Text),
    required("status", Kind::Text),
    required("contactId", Kind::Text),
    optional("pipelineStageId", Kind::Text),
    optional("monetaryValue", Kind::Number),
    optional("assignedTo", Kind::Text),
    optional("customFields", Kind::Objects),
    optional("forecastExpectedCloseDate", Kind::Text),
    optional("forecastProbability", Kind::Number),
];

const UPDATE: &[Property] = &[
    optional("pipelineId", Kind::Text),
    optional("name", Kind::Text),
    optional("status", Kind::Text),
    optional("pipelineStageId", Kind::Text),
    optional("monetaryValue", Kind::Number),
    optional("assignedTo", Kind::Text),
    optional("customFields", Kind::Objects),
    optional("forecastExpectedCloseDate", Kind::Text),
    optional("forecastProbability", Kind::Number),
];

pub(super) fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(body, CREATE)?;
    let contact_id = text(body, "contactId");
    if visit.location.contact(contact_id).is_none() {
        return Err(Answer::not_found("Contact", contact_id));
    }
    if !visit.location.allows_duplicate_opportunities()
        && visit.location.opportunities.iter().any(|other| {
            other["contactId"] == contact_id && other["pipelineId"] == body["pipelineId"]
        })
    {
        return Err(Answer::bad_request(
            "Can not create duplicate opportunity for the contact.",
        ));
    }
    let now = wire_time(visit.now);
    let mut opportunity = record([
        ("id", fresh_id().into()),
        ("locationId", visit.location.id.clone().into()),
        ("contactId", contact_id.into()),
        ("monetaryValue", 0.into()),
        ("source", "public api".into()),
        ("followers", json!([])),
        ("customFields", json!([])),
        ("createdAt", now.into()),
        ("indexVersion", 0.into()),
    ]);
    write(visit, &mut opportunity, body)?;
    let answer = Answer::created(json!({ "opportunity": view(visit.location, &opportunity) }));
    visit.location.opportunities.push(opportunity);
    Ok(answer)
}

pub(super) fn get(visit: &Visit<'_>, id: &str) -> Outcome {
    let opportunity = &visit.location.opportunities[position(visit, id)?];
    Ok(Answer::ok(
        json!({ "opportunity": view(visit.location, opportunity) }),
    ))
}

pub(super) fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    check(body, UPDATE)?;
    let mut opportunity = visit.location.opportunities[position].clone();
    write(visit, &mut opportunity, body)?;
    let answer = Answer::ok(json!({ "opportunity": view(visit.location, &opportunity) }));
    visit.location.opportunities[position] = opportunity;
    Ok(answer)
}

pub(super) fn set_status(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    check(
        body,
        &[
            required("status", Kind::Text),
            optional("lostReasonId", Kind::Text),
        ],
    )?;
    let mut opportunity = visit.location.opportunities[position].clone();
    write(visit, &mut opportunity, body)?;
    visit.location.opportunities[position] = opportunity;
    Ok(succeded(visit))
}

/// The flag, which version 3 writes in another way than elsewhere.
fn succeded(visit: &Visit<'_>) -> Answer {
    Answer::ok(match visit.version {
        Version::V2 => json!({ "succeded": true }),
        Version::V3 => json!({ "succeded": true, "success": true }),
    })
}

/// What HighLevel needs here is documented in two ways: its file has followers and no contact, its page a contact and no
/// followers. Both are taken; the contact or the id names the opportunity.
fn upsert(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let mut properties = vec![
        required("locationId", Kind::Text),
        required("pipelineId", Kind::Text),
        optional("id", Kind::Text),
        optional("contactId", Kind::Text),
        optional("followers", Kind::Any),
        optional("isRemoveAllFollowers", Kind::Bool),
        optional("followersActionType", Kind::OneOf(&["add", "remove"])),
        optional("lostReasonId", Kind::Text),
    ];
    let rest = UPDATE.iter().filter(|property| !property.is("pipelineId"));
    properties.extend(rest);
    check(body, &properties)?;
    let known = visit.location.opportunities.iter().find(|opportunity| {
        match body.get("id").or(body.get("contactId")) {
            None => false,
            Some(id) if body.contains_key("id") => opportunity["id"] == *id,
            Some(contact) => {
                opportunity["contactId"] == *contact
                    && opportunity["pipelineId"] == body["pipelineId"]
            }
        }
    });
    let known = known.map(|opportunity| text(opportunity, "id").to_owned());
    let mut written = body.clone();
    for name in [
        "id",
        "followers",
        "isRemoveAllFollowers",
        "followersActionType",
        "lostReasonId",
    ] {
        written.remove(name);
    }
    let is_new = known.is_none();
    let mut answer = match &known {
        Some(id) => {
            written.remove("locationId");
            written.remove("contactId");
            update(visit, id, &written)?
        }
        None if body.contains_key("id") => {
            return Err(Answer::not_found("Opportunity", text(body, "id")));
        }
        None => {
            written.entry("status").or_insert_with(|| "open".into());
            let contact = visit.location.contact(text(body, "contactId"));
            let name = contact.map(|contact| contact.full_name());
            written.entry("name").or_insert_with(|| name.into());
            create(visit, &written)?
        }
    };
    let id = answer.body["opportunity"]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let position = position(visit, &id)?;
    let asked = texts(body.get("followers"));
    let opportunity = &mut visit.location.opportunities[position];
    let mut followers = texts(opportunity.get("followers"));
    if body.get("isRemoveAllFollowers") == Some(&json!(true)) {
        followers.clear();
    } else if text(body, "followersActionType") == "remove" {
        followers.retain(|id| !asked.contains(id));
    } else {
        let new: Vec<String> = asked
            .into_iter()
            .filter(|asked| !followers.contains(asked))
            .collect();
        followers.extend(new);
    }
    opportunity.insert("followers".to_owned(), json!(followers));
    answer.status = StatusCode::OK;
    let opportunity = view(visit.location, &visit.location.opportunities[position]);
    answer.body = json!({ "opportunity": opportunity, "new": is_new });
    Ok(answer)
}

fn lost_reasons(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let words = visit.request.query("query").unwrap_or_default();
    let words = words.to_lowercase();
    let name = visit.request.query("name");
    let deleted = visit.request.query("deleted") == Some("true");
    let (page, total) = LOST_REASONS.page(visit, ("skip", "limit"), 100, |reason| {
        text(reason, "name").to_lowercase().contains(&words)
            && name.is_none_or(|name| text(reason, "name") == name)
            && reason.get("deleted").unwrap_or(&json!(false)) == deleted
    })?;
    let mut body = LOST_REASONS.many(page);
    body["total"] = json!(total);
    Ok(Answer::ok(body))
}

fn add_followers(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    check(body, &[required("followers", Kind::Texts)])?;
    let opportunity = &mut visit.location.opportunities[position];
    let mut followers = texts(opportunity.get("followers"));
    let mut added = texts(body.get("followers"));
    added.retain(|id| !followers.contains(id));
    followers.extend(added.iter().cloned());
    opportunity.insert("followers".to_owned(), json!(followers));
    Ok(Answer::created(
        json!({ "followers": followers, "followersAdded": added }),
    ))
}

fn remove_followers(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    let all = visit.request.query("isRemoveAllFollowers") == Some("true");
    if !all {
        check(body, &[required("followers", Kind::Texts)])?;
    }
    let asked = texts(body.get("followers"));
    let opportunity = &mut visit.location.opportunities[position];
    let followers = texts(opportunity.get("followers"));
    let (removed, kept): (Vec<String>, Vec<String>) = followers
        .into_iter()
        .partition(|id| all || asked.contains(id));
    opportunity.insert("followers".to_owned(), json!(kept));
    Ok(Answer::ok(
        json!({ "followers": kept, "followersRemoved": removed }),
    ))
}

pub(super) fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let position = position(visit, id)?;
    visit.location.opportunities.remove(position);
    Ok(succeded(visit))
}

/// An opportunity as it is shown: with a part of its contact.
pub(super) fn view(location: &Location, opportunity: &Fields) -> Fields {
    let mut view = opportunity.clone();
    if let Some(contact) = location.contact(text(opportunity, "contactId")) {
        let part = record([
            ("id", contact.id().into()),
            ("name", contact.full_name().into()),
            ("companyName", json!(contact.text("companyName"))),
            ("email", json!(contact.text("email"))),
            ("phone", json!(contact.text("phone"))),
            ("tags", contact.tags().into()),
        ]);
        view.insert("contact".to_owned(), Value::Object(part));
    }
    view
}

/// Writes the checked body to the opportunity. Without a stage it goes to the first one of a pipeline that is new to it.
fn write(visit: &Visit<'_>, opportunity: &mut Fields, body: &Fields) -> Result<(), Answer> {
    let mut body = custom_fields::with_ids(visit.location, "opportunity", body)?;
    if let Some(status) = body.get("status")
        && !STATUSES.iter().any(|known| status == known)
    {
        return Err(Answer::unprocessable(vec![format!(
            "status must be one of the following values: {}",
            STATUSES.join(", ")
        )]));
    }
    if let Some(stage) = stage_after(visit.location, opportunity, &body)? {
        body.insert("pipelineStageId".to_owned(), stage);
    }
    if let Some(Value::Array(written)) = body.remove("customFields") {
        merge_custom_fields(opportunity, &written);
    }
    let now = json!(wire_time(visit.now));
    for (field, changed_at) in [
        ("status", "lastStatusChangeAt"),
        ("pipelineStageId", "lastStageChangeAt"),
    ] {
        if body.contains_key(field) && body.get(field) != opportunity.get(field) {
            opportunity.insert(changed_at.to_owned(), now.clone());
        }
    }
    opportunity.extend(body);
    let version = opportunity["indexVersion"].as_u64().unwrap_or_default();
    opportunity.insert("indexVersion".to_owned(), json!(version + 1));
    opportunity.insert("updatedAt".to_owned(), now);
    Ok(())
}

/// The stage to write, if the body moves the opportunity. HighLevel does not document the wording of the refusals.
fn stage_after(
    location: &Location,
    opportunity: &Fields,
    body: &Fields,
) -> Result<Option<Value>, Answer> {
    let before = opportunity.get("pipelineId");
    let (pipeline_id, stage_id) = (body.get("pipelineId"), body.get("pipelineStageId"));
    let moves = pipeline_id.is_some_and(|id| before != Some(id));
    if !moves && stage_id.is_none() {
        return Ok(None);
    }
    let pipeline = location
        .pipelines
        .iter()
        .find(|pipeline| pipeline.get("id") == pipeline_id.or(before))
        .ok_or_else(|| Answer::bad_request("The pipeline id is invalid."))?;
    let mut stages = pipeline["stages"].as_array().into_iter().flatten();
    stages
        .find(|stage| stage_id.is_none_or(|id| stage["id"] == *id))
        .map(|stage| Some(stage["id"].clone()))
        .ok_or_else(|| Answer::bad_request("The pipeline stage id is invalid."))
}

/// Takes `{id, field_value}` and keeps `{id, fieldValue}`, which differs from what contacts keep.
fn merge_custom_fields(opportunity: &mut Fields, written: &[Value]) {
    let Some(Value::Array(kept)) = opportunity.get_mut("customFields") else {
        return;
    };
    for item in written {
        kept.retain(|old| old["id"] != item["id"]);
        kept.push(json!({ "id": item["id"], "fieldValue": written_value(item) }));
    }
}

fn position(visit: &Visit<'_>, id: &str) -> Result<usize, Answer> {
    visit
        .location
        .opportunities
        .iter()
        .position(|opportunity| opportunity["id"] == id)
        .ok_or_else(|| Answer::not_found("Opportunity", id))
}

//! Pipelines, and opportunities by their id. Forms are those of version 2; the search has a file of its own.

use serde_json::{Value, json};

use super::{Visit, custom_fields};
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::values::{fresh_id, record, wire_time, written_value};
use crate::testing::fake_ghl::world::Location;

/// HighLevel's file has `all` here too, which says nothing about one opportunity.
const STATUSES: [&str; 4] = ["open", "won", "lost", "abandoned"];

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
];

const UPDATE: &[Property] = &[
    optional("pipelineId", Kind::Text),
    optional("name", Kind::Text),
    optional("status", Kind::Text),
    optional("pipelineStageId", Kind::Text),
    optional("monetaryValue", Kind::Number),
    optional("assignedTo", Kind::Text),
    optional("customFields", Kind::Objects),
];

pub(super) fn pipelines(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    Ok(Answer::ok(json!({ "pipelines": visit.location.pipelines })))
}

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
    Ok(Answer::succeded())
}

pub(super) fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let position = position(visit, id)?;
    visit.location.opportunities.remove(position);
    Ok(Answer::succeded())
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

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

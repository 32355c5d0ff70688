//! The API's operations. This file finds the operation of a request and checks whose location it is about; every other
//! file here holds one resource. Operations see their own location alone and do no I/O.

mod appointments;
mod contacts;
mod conversations;
mod custom_fields;
mod custom_values;
mod export;
mod locations;
mod notes;
mod oauth;
mod opportunities;
mod opportunity_search;
mod search;
mod send;
mod tags;
mod tasks;
mod workflows;

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Answer, Outcome};
use super::modes::Modes;
use super::request::ApiRequest;
use super::world::{Location, World};

pub(super) use contacts::CREATE as CONTACT_PROPERTIES;
pub(super) use oauth::answer as oauth;

/// A request on its way through an operation.
pub(super) struct Visit<'a> {
    pub(super) request: &'a ApiRequest,
    pub(super) location: &'a mut Location,
    pub(super) modes: Modes,
    pub(super) now: Timestamp,
    /// Payloads of the webhooks this request causes.
    pub(super) events: &'a mut Vec<Value>,
}

/// Answers a request of the location `location_id`.
pub(super) fn answer(
    world: &mut World,
    location_id: &str,
    request: &ApiRequest,
    now: Timestamp,
    events: &mut Vec<Value>,
) -> Outcome {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let method = request.method.as_str();
    let named = match segments.as_slice() {
        ["locations", id, ..] => Some(*id),
        _ => request
            .query("locationId")
            .or_else(|| request.query("location_id")),
    };
    let body = request.body()?;
    let named = named.or_else(|| body.get("locationId").and_then(Value::as_str));
    if named.is_some_and(|id| id != location_id) || belongs_elsewhere(world, location_id, &segments)
    {
        return Err(Answer::wrong_location());
    }
    let modes = world.modes;
    let Some(location) = world.locations.get_mut(location_id) else {
        return Err(Answer::wrong_location());
    };
    let visit = &mut Visit {
        request,
        location,
        modes,
        now,
        events,
    };
    match (method, segments.as_slice()) {
        ("POST", ["contacts"]) => contacts::create(visit, &body),
        ("POST", ["contacts", "upsert"]) => contacts::upsert(visit, &body),
        ("POST", ["contacts", "search"]) => search::search(visit, &body),
        ("GET", ["contacts", "search", "duplicate"]) => contacts::duplicate(visit),
        ("GET", ["contacts", id]) => contacts::get(visit, id),
        ("PUT", ["contacts", id]) => contacts::update(visit, id, &body),
        ("DELETE", ["contacts", id]) => contacts::delete(visit, id),
        ("POST", ["contacts", id, "tags"]) => tags::add_to_contact(visit, id, &body),
        ("DELETE", ["contacts", id, "tags"]) => tags::remove_from_contact(visit, id, &body),
        ("GET", ["contacts", id, "tasks"]) => tasks::list(visit, id),
        ("POST", ["contacts", id, "tasks"]) => tasks::create(visit, id, &body),
        ("GET", ["contacts", id, "tasks", task]) => tasks::get(visit, id, task),
        ("PUT", ["contacts", id, "tasks", task]) => tasks::update(visit, id, task, &body),
        ("PUT", ["contacts", id, "tasks", task, "completed"]) => {
            tasks::complete(visit, id, task, &body)
        }
        ("DELETE", ["contacts", id, "tasks", task]) => tasks::delete(visit, id, task),
        ("GET", ["contacts", id, "notes"]) => notes::list(visit, id),
        ("POST", ["contacts", id, "notes"]) => notes::create(visit, id, &body),
        ("GET", ["contacts", id, "notes", note]) => notes::get(visit, id, note),
        ("PUT", ["contacts", id, "notes", note]) => notes::update(visit, id, note, &body),
        ("DELETE", ["contacts", id, "notes", note]) => notes::delete(visit, id, note),
        ("POST", ["contacts", id, "workflow", workflow]) => {
            workflows::enrol(visit, id, workflow, &body)
        }
        ("DELETE", ["contacts", id, "workflow", workflow]) => {
            workflows::remove(visit, id, workflow, &body)
        }
        ("GET", ["workflows"]) => workflows::list(visit),
        ("GET", ["users"]) => locations::users(visit),
        ("GET", ["locations", _]) => locations::get(visit),
        ("GET", ["locations", _, "tags"]) => tags::list(visit),
        ("POST", ["locations", _, "tags"]) => tags::create(visit, &body),
        ("GET", ["locations", _, "tags", tag]) => tags::get(visit, tag),
        ("PUT", ["locations", _, "tags", tag]) => tags::rename(visit, tag, &body),
        ("DELETE", ["locations", _, "tags", tag]) => tags::delete(visit, tag),
        ("GET", ["locations", _, "customValues"]) => custom_values::list(visit),
        ("POST", ["locations", _, "customValues"]) => custom_values::create(visit, &body),
        ("GET", ["locations", _, "customValues", id]) => custom_values::get(visit, id),
        ("PUT", ["locations", _, "customValues", id]) => custom_values::update(visit, id, &body),
        ("DELETE", ["locations", _, "customValues", id]) => custom_values::delete(visit, id),
        ("GET", ["locations", _, "customFields"]) => custom_fields::list(visit),
        ("GET", ["locations", _, "customFields", id]) => custom_fields::get(visit, id),
        ("GET", ["opportunities", "pipelines"]) => opportunities::pipelines(visit),
        ("GET", ["opportunities", "search"]) => opportunity_search::search(visit),
        ("POST", ["opportunities"]) => opportunities::create(visit, &body),
        ("GET", ["opportunities", id]) => opportunities::get(visit, id),
        ("PUT", ["opportunities", id]) => opportunities::update(visit, id, &body),
        ("PUT", ["opportunities", id, "status"]) => opportunities::set_status(visit, id, &body),
        ("DELETE", ["opportunities", id]) => opportunities::delete(visit, id),
        ("POST", ["calendars", "events", "appointments"]) => appointments::create(visit, &body),
        ("GET", ["calendars", "events", "appointments", id]) => appointments::get(visit, id),
        ("PUT", ["calendars", "events", "appointments", id]) => {
            appointments::update(visit, id, &body)
        }
        ("GET", ["conversations", "search"]) => conversations::search(visit),
        ("POST", ["conversations", "messages"]) => send::send(visit, &body),
        ("GET", ["conversations", "messages", "export"]) => export::messages(visit),
        ("GET", ["conversations", "messages", id]) => conversations::message(visit, id),
        ("GET", ["conversations", "messages", "email", id]) => conversations::email(visit, id),
        ("GET", ["conversations", id, "messages"]) => conversations::messages(visit, id),
        _ => Err(Answer::unknown_route()),
    }
}

/// Whether the path names a contact, an opportunity or a conversation of somebody else's location.
fn belongs_elsewhere(world: &World, location_id: &str, segments: &[&str]) -> bool {
    let mut others = world
        .locations
        .values()
        .filter(|other| other.id != location_id);
    match segments {
        ["contacts", id, ..] => others.any(|other| other.contact(id).is_some()),
        ["opportunities", id, ..] => others.any(|other| {
            other
                .opportunities
                .iter()
                .any(|opportunity| opportunity["id"] == *id)
        }),
        ["calendars", "events", "appointments", id] => others.any(|other| {
            let mut appointments = other.appointments.iter();
            appointments.any(|appointment| appointment["id"] == *id)
        }),
        ["conversations", "messages", "export"] => false,
        ["conversations", "messages", id] => others.any(|other| {
            other
                .conversations
                .iter()
                .flat_map(|conversation| &conversation.messages)
                .any(|message| message["id"] == *id)
        }),
        ["conversations", "messages", "email", id] => others.any(|other| {
            other
                .conversations
                .iter()
                .flat_map(|conversation| &conversation.emails)
                .any(|email| email["id"] == *id)
        }),
        ["conversations", id, "messages"] => others.any(|other| {
            other
                .conversations
                .iter()
                .any(|conversation| conversation.id == *id)
        }),
        _ => false,
    }
}

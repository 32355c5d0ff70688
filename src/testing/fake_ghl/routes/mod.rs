//! The API's operations. This file finds the operation of a request and checks who asks for what; every other file here
//! holds one resource. Operations see their own location or agency alone and do no I/O.

mod agency_records;
mod appointments;
mod businesses;
mod calendar_events;
mod calendar_settings;
mod calendars;
mod contact_relations;
mod contacts;
mod conversations;
mod custom_fields;
mod custom_values;
mod export;
mod links;
mod locations;
mod message_log;
mod notes;
mod oauth;
mod object_fields;
mod opportunities;
mod opportunity_search;
mod pages;
mod phone_numbers;
mod pipelines;
mod recurring_tasks;
mod search;
mod send;
mod services;
mod tags;
mod tasks;
mod templates;
mod threads;
mod users;
mod voice_ai;
mod workflows;

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Answer, Fields, Outcome};
use super::oauth::Holder;
use super::operation::{Access, Found, Module, Operation, Play, find};
use super::request::ApiRequest;
use super::resource::Resource;
use super::rules::{bearer, version};
use super::visit::{AgencyVisit, Visit};
use super::world::World;

pub(super) use contacts::CREATE as CONTACT_PROPERTIES;
pub(super) use oauth::answer as oauth;

/// Everything that is played, in the order of the documentation.
pub(super) const MODULES: &[Module] = &[
    oauth::MODULE,
    locations::MODULE,
    users::MODULE,
    agency_records::MODULE,
    contacts::MODULE,
    search::MODULE,
    contact_relations::MODULE,
    tags::MODULE,
    tasks::MODULE,
    recurring_tasks::MODULE,
    notes::MODULE,
    custom_values::MODULE,
    custom_fields::MODULE,
    object_fields::MODULE,
    businesses::MODULE,
    workflows::MODULE,
    links::MODULE,
    templates::MODULE,
    pages::MODULE,
    pipelines::MODULE,
    opportunities::MODULE,
    opportunity_search::MODULE,
    calendars::MODULE,
    appointments::MODULE,
    calendar_events::MODULE,
    calendar_settings::MODULE,
    services::MODULE,
    conversations::MODULE,
    threads::MODULE,
    send::MODULE,
    message_log::MODULE,
    export::MODULE,
    phone_numbers::MODULE,
    voice_ai::MODULE,
];

/// The collections of a location that a seed can fill.
pub(super) const COLLECTIONS: &[&Resource] = &[
    &businesses::BUSINESSES,
    &calendar_events::BLOCKED,
    &calendar_events::NOTES,
    &calendar_settings::NOTIFICATIONS,
    &calendar_settings::RESOURCES,
    &calendar_settings::SCHEDULES,
    &calendars::CALENDARS,
    &calendars::GROUPS,
    &links::LINKS,
    &object_fields::FIELDS,
    &object_fields::FOLDERS,
    &opportunities::LOST_REASONS,
    &pages::CAMPAIGNS,
    &pages::FORMS,
    &pages::FUNNELS,
    &pages::SUBMISSIONS,
    &pages::SURVEYS,
    &phone_numbers::NUMBERS,
    &phone_numbers::POOLS,
    &recurring_tasks::RECURRING,
    &services::BOOKINGS,
    &services::PLACES,
    &services::SERVICES,
    &templates::EMAILS,
    &templates::TEMPLATES,
    &threads::SUBTYPES,
    &voice_ai::ACTIONS,
    &voice_ai::AGENTS,
    &voice_ai::CALLS,
];

/// The collections of an agency that a seed can fill.
pub(super) const AGENCY_COLLECTIONS: &[&Resource] =
    &[&agency_records::MENUS, &agency_records::SNAPSHOTS];

/// Answers a request of the API that is not answered apart.
pub(super) fn answer(
    world: &mut World,
    holder: Option<&Holder>,
    request: &ApiRequest,
    now: Timestamp,
    events: &mut Vec<Value>,
) -> Outcome {
    let version = version(&request.headers)?;
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let method = request.method.as_str();
    let found = find(MODULES, method, &segments, version);
    // A client must not take it for a word about the token.
    if matches!(found, Found::NotPlayed) {
        return Err(Answer::not_played(method, &request.path));
    }
    let holder = holder.ok_or_else(|| Answer::unauthorized("Invalid JWT"))?;
    let (operation, params) = match found {
        Found::Played(operation, params) => (operation, params),
        Found::OtherVersion => return Err(Answer::other_version(method, &request.path)),
        Found::NotPlayed | Found::Unknown => return Err(Answer::unknown_route()),
    };
    let token = bearer(&request.headers).unwrap_or_default();
    let is_private = world.tokens.contains_key(token);
    match (operation.access, holder) {
        (Access::Location, Holder::Company(_)) if is_private => {
            return Err(Answer::user_type_mismatch());
        }
        (Access::Location, Holder::Company(_)) | (Access::Agency, Holder::Location(_)) => {
            return Err(Answer::wrong_token_kind());
        }
        _ => {}
    }
    if !world.allows(token, operation.scope) {
        return Err(Answer::missing_scope());
    }
    let body = if operation.takes_list {
        Fields::new()
    } else {
        request.body()?
    };
    match operation.play {
        Play::Above(play) => {
            let company_id = match holder {
                Holder::Company(company) => company.clone(),
                Holder::Location(location) => world.company_of(location).unwrap_or_default(),
            };
            let visit = &mut AgencyVisit {
                request,
                version,
                world,
                caller: holder,
                company_id,
                now,
            };
            play(visit, &params, &body)
        }
        Play::InLocation(play) => {
            let Holder::Location(location_id) = holder else {
                return Err(Answer::wrong_token_kind());
            };
            let named = named_location(operation, &params, request, &body);
            if named.is_some_and(|id| id != location_id)
                || belongs_elsewhere(world, location_id, &params)
            {
                return Err(Answer::wrong_location());
            }
            let (modes, lag) = (world.modes, world.lag);
            let company_id = world.company_of(location_id).unwrap_or_default();
            world.company(&company_id);
            let location = world.locations.get_mut(location_id);
            let company = world.companies.get_mut(&company_id);
            let (Some(location), Some(company)) = (location, company) else {
                return Err(Answer::wrong_location());
            };
            if location.paused {
                return Err(Answer::not_active());
            }
            let visit = &mut Visit {
                request,
                version,
                private_token: is_private,
                location,
                company,
                modes,
                lag,
                now,
                events,
            };
            play(visit, &params, &body)
        }
        Play::Apart => Err(Answer::unknown_route()),
    }
}

/// The location that a request names: in its path, its query or its body.
fn named_location<'r>(
    operation: &Operation,
    params: &[&'r str],
    request: &'r ApiRequest,
    body: &'r Fields,
) -> Option<&'r str> {
    operation
        .param("{locationId}", params)
        .or_else(|| request.query("locationId"))
        .or_else(|| request.query("location_id"))
        .or_else(|| body.get("locationId").and_then(Value::as_str))
}

/// Whether the path names a record of another location alone.
fn belongs_elsewhere(world: &World, location_id: &str, params: &[&str]) -> bool {
    params.iter().any(|id| {
        let own = world.locations.get(location_id);
        !own.is_some_and(|own| own.has(id))
            && world.locations.values().any(|location| location.has(id))
    })
}

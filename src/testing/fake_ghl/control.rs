//! The control plane: what a test or an operator orders, in process and over HTTP under `/_fake/`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::consequences::Before;
use super::envelope;
use super::error::FakeGhlError;
use super::faults::{Fault, Pattern};
use super::oauth::Holder;
use super::request::ApiRequest;
use super::response::json_response;
use super::shared::Shared;
use super::simulated_events::{self, Call, SimulatedEvent, TextMessage};
use super::webhooks;
use super::world::World;

pub(super) fn call(shared: &Shared, call: &Call) -> Result<SimulatedEvent, FakeGhlError> {
    let now = shared.clock.now();
    let mut world = shared.world();
    let before = Before::of(&world, &call.location_id);
    let (contact_id, message_id, payload) = simulated_events::call(&mut world, call, now)?;
    emit_consequences(shared, &world, before, now);
    let webhook_id = shared.emit(&world, payload, now);
    Ok(SimulatedEvent {
        contact_id,
        message_id,
        webhook_id,
    })
}

pub(super) fn message(shared: &Shared, text: &TextMessage) -> Result<SimulatedEvent, FakeGhlError> {
    let now = shared.clock.now();
    let mut world = shared.world();
    let before = Before::of(&world, &text.location_id);
    let (contact_id, message_id, payloads) = simulated_events::text(&mut world, text, now)?;
    emit_consequences(shared, &world, before, now);
    let mut webhook_ids: Vec<String> = payloads
        .into_iter()
        .map(|payload| shared.emit(&world, payload, now))
        .collect();
    Ok(SimulatedEvent {
        contact_id,
        message_id,
        // The message's own webhook is the first.
        webhook_id: webhook_ids.swap_remove(0),
    })
}

fn emit_consequences(shared: &Shared, world: &World, before: Option<Before>, now: Timestamp) {
    for payload in before.iter().flat_map(|before| before.events(world, now)) {
        shared.emit(world, payload, now);
    }
}

pub(super) fn event(shared: &Shared, payload: Value) -> String {
    shared.emit(&shared.world(), payload, shared.clock.now())
}

pub(super) fn fault(
    shared: &Shared,
    method: Method,
    path: &str,
    fault: Fault,
    times: u32,
) -> Result<(), FakeGhlError> {
    let pattern = Pattern::new(method, path)?;
    shared.faults().add(pattern, fault, times);
    Ok(())
}

pub(super) fn location_fault(
    shared: &Shared,
    location_id: &str,
    fault: Option<Fault>,
) -> Result<(), FakeGhlError> {
    if !shared.world().locations.contains_key(location_id) {
        return Err(FakeGhlError::UnknownLocation(location_id.to_owned()));
    }
    shared.faults().set_of_location(location_id, fault);
    Ok(())
}

pub(super) fn authorize_location(
    shared: &Shared,
    location_id: &str,
) -> Result<String, FakeGhlError> {
    let now = shared.clock.now();
    let mut world = shared.world();
    if !world.locations.contains_key(location_id) {
        return Err(FakeGhlError::UnknownLocation(location_id.to_owned()));
    }
    let holder = Holder::Location(location_id.to_owned());
    let code = world.grants.authorize(holder, Vec::new(), now);
    emit_install(shared, &world, Some(location_id), now);
    Ok(code)
}

pub(super) fn authorize_agency(
    shared: &Shared,
    company_id: &str,
    locations: &[&str],
) -> Result<String, FakeGhlError> {
    let now = shared.clock.now();
    let mut world = shared.world();
    for location in locations {
        if world.company_of(location).as_deref() != Some(company_id) {
            return Err(FakeGhlError::UnknownLocation((*location).to_owned()));
        }
    }
    let approved = locations.iter().map(|it| (*it).to_owned()).collect();
    let holder = Holder::Company(company_id.to_owned());
    let code = world.grants.authorize(holder, approved, now);
    for location in locations {
        emit_install(shared, &world, Some(location), now);
    }
    shared.emit(&world, envelope::install(None, Some(company_id)), now);
    Ok(code)
}

fn emit_install(shared: &Shared, world: &World, location: Option<&str>, now: Timestamp) {
    let company = location.and_then(|location| world.company_of(location));
    shared.emit(world, envelope::install(location, company.as_deref()), now);
}

pub(super) fn uninstall_location(shared: &Shared, location_id: &str) -> Result<(), FakeGhlError> {
    let mut world = shared.world();
    if !world.locations.contains_key(location_id) {
        return Err(FakeGhlError::UnknownLocation(location_id.to_owned()));
    }
    let holder = Holder::Location(location_id.to_owned());
    uninstall(shared, &mut world, &holder);
    Ok(())
}

pub(super) fn uninstall_agency(shared: &Shared, company_id: &str) {
    let holder = Holder::Company(company_id.to_owned());
    uninstall(shared, &mut shared.world(), &holder);
}

fn uninstall(shared: &Shared, world: &mut World, holder: &Holder) {
    world.grants.uninstall(holder);
    shared.emit(world, envelope::uninstall(holder), shared.clock.now());
}

/// Where the app is installed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", untagged, deny_unknown_fields)]
enum AuthorizationOrder {
    #[serde(rename_all = "camelCase")]
    Location { location_id: String },
    #[serde(rename_all = "camelCase")]
    Agency {
        company_id: String,
        locations: Vec<String>,
    },
}

fn authorize(shared: &Shared, order: &AuthorizationOrder) -> Result<Value, FakeGhlError> {
    let code = match order {
        AuthorizationOrder::Location { location_id } => authorize_location(shared, location_id)?,
        AuthorizationOrder::Agency {
            company_id,
            locations,
        } => {
            let locations: Vec<&str> = locations.iter().map(String::as_str).collect();
            authorize_agency(shared, company_id, &locations)?
        }
    };
    let world = shared.world();
    Ok(json!({
        "code": code,
        "clientId": world.grants.client_id,
        "clientSecret": world.grants.client_secret,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookUrlOrder {
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOrder {
    held: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeOrder {
    on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    method: String,
    path: String,
    fault: String,
    #[serde(default = "once")]
    times: u32,
}

/// `null` ends the fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationFaultOrder {
    fault: Option<String>,
}

fn once() -> u32 {
    1
}

/// Answers a request to `/_fake/…`.
pub(super) fn answer(shared: &Shared, request: &ApiRequest) -> Response<Full<Bytes>> {
    match carry_out(shared, request) {
        Ok((status, body)) => json_response(status, &body),
        Err(error) => {
            let status = match error {
                FakeGhlError::UnknownWebhook(_) => StatusCode::NOT_FOUND,
                _ => StatusCode::BAD_REQUEST,
            };
            json_response(status, &json!({ "error": error.to_string() }))
        }
    }
}

fn carry_out(shared: &Shared, request: &ApiRequest) -> Result<(StatusCode, Value), FakeGhlError> {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let done = |value: Value| Ok((StatusCode::OK, value));
    match (request.method.as_str(), segments.as_slice()) {
        ("POST", ["_fake", "calls"]) => done(json!(call(shared, &order(request)?)?)),
        ("POST", ["_fake", "messages"]) => done(json!(message(shared, &order(request)?)?)),
        ("POST", ["_fake", "authorizations"]) => done(authorize(shared, &order(request)?)?),
        ("DELETE", ["_fake", "access-tokens"]) => {
            shared.world().grants.expire_access_tokens();
            done(json!({ "ok": true }))
        }
        ("PUT", ["_fake", "webhooks", "url"]) => {
            let WebhookUrlOrder { url } = order(request)?;
            shared.webhooks.set_url(webhooks::webhook_url(&url)?);
            done(json!({ "url": url }))
        }
        ("POST", ["_fake", "events"]) => {
            let payload: Map<String, Value> = order(request)?;
            done(json!({ "webhookId": event(shared, payload.into()) }))
        }
        ("PUT", ["_fake", "webhooks", "held"]) => {
            let HoldOrder { held } = order(request)?;
            shared.webhooks.hold(held);
            done(json!({ "held": held }))
        }
        ("POST", ["_fake", "webhooks", id, "resend"]) => {
            shared.webhooks.resend(id)?;
            done(json!({ "webhookId": id }))
        }
        ("DELETE", ["_fake", "faults"]) => {
            shared.faults().clear();
            Ok((StatusCode::OK, json!({ "ok": true })))
        }
        ("PUT", ["_fake", "modes", mode]) => {
            let mode = mode.parse()?;
            let ModeOrder { on } = order(request)?;
            shared.world().modes.set(mode, on);
            done(json!({ "on": on }))
        }
        ("POST", ["_fake", "faults"]) => {
            let order: FaultOrder = order(request)?;
            let method =
                order.method.to_ascii_uppercase().parse().map_err(|_| {
                    FakeGhlError::Order(format!("no HTTP method: `{}`", order.method))
                })?;
            fault(
                shared,
                method,
                &order.path,
                order.fault.parse()?,
                order.times,
            )?;
            done(json!({ "times": order.times }))
        }
        ("PUT", ["_fake", "locations", location, "fault"]) => {
            let LocationFaultOrder { fault } = order(request)?;
            let parsed = fault.as_deref().map(str::parse).transpose()?;
            location_fault(shared, location, parsed)?;
            done(json!({ "fault": fault }))
        }
        ("GET", ["_fake", "requests"]) => done(json!({ "requests": shared.requests() })),
        ("GET", ["_fake", "webhooks"]) => {
            done(json!({ "webhooks": shared.webhooks.deliveries_from(0) }))
        }
        _ => Ok((
            StatusCode::NOT_FOUND,
            json!({
                "error": "no such order; there are POST /_fake/calls, POST /_fake/messages, POST /_fake/events, POST /_fake/authorizations, DELETE /_fake/access-tokens, PUT /_fake/webhooks/url, PUT /_fake/webhooks/held, POST /_fake/webhooks/{webhookId}/resend, POST /_fake/faults, DELETE /_fake/faults, PUT /_fake/locations/{locationId}/fault, PUT /_fake/modes/{mode}, GET /_fake/requests and GET /_fake/webhooks",
            }),
        )),
    }
}

fn order<T: DeserializeOwned>(request: &ApiRequest) -> Result<T, FakeGhlError> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(&request.raw))
        .map_err(|error| FakeGhlError::Order(format!("cannot read the body: {error}")))
}

//! What a test or an operator orders, in process and through `console` over HTTP.

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Fields;
use super::consequences::{self, Before};
use super::envelope;
use super::error::FakeGhlError;
use super::faults::{Fault, Pattern};
use super::oauth::Holder;
use super::seed::Seed;
use super::shared::Shared;
use super::simulated_events::{self, Call, SimulatedEvent, TextMessage};
use super::text_outcomes::{self, TextOutcomes};
use super::world::World;
use crate::clock::Clock as _;

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

pub(super) fn order_text_outcomes(
    shared: &Shared,
    order: TextOutcomes,
) -> Result<(), FakeGhlError> {
    let mut world = shared.world();
    let location = world.locations.get_mut(&order.location_id);
    let unknown = || FakeGhlError::UnknownLocation(order.location_id.clone());
    location.ok_or_else(unknown)?.outcomes.order(order);
    Ok(())
}

pub(super) fn report_text(
    shared: &Shared,
    location_id: &str,
    message_id: &str,
    status: &str,
    error: Option<&str>,
) -> Result<String, FakeGhlError> {
    let mut world = shared.world();
    let location = world.locations.get_mut(location_id);
    let unknown = || FakeGhlError::UnknownLocation(location_id.to_owned());
    let conversations = location.ok_or_else(unknown)?.conversations.iter_mut();
    let mut messages = conversations.flat_map(|conversation| &mut conversation.messages);
    let message = messages.find(|message| message["id"] == message_id);
    let message =
        message.ok_or_else(|| FakeGhlError::Order(format!("no message `{message_id}`")))?;
    text_outcomes::set(message, status, error.map(Value::from));
    let payload = envelope::outbound(message, &Fields::new());
    Ok(shared.emit(&world, payload, shared.clock.now()))
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
pub(super) enum AuthorizationOrder {
    #[serde(rename_all = "camelCase")]
    Location { location_id: String },
    #[serde(rename_all = "camelCase")]
    Agency {
        company_id: String,
        locations: Vec<String>,
    },
}

pub(super) fn authorize(
    shared: &Shared,
    order: &AuthorizationOrder,
) -> Result<Value, FakeGhlError> {
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

/// Everything starts again with this state. What the app's tokens are subject to stays.
pub(super) fn reseed(shared: &Shared, seed: &Seed) -> Result<(), FakeGhlError> {
    let mut new = seed.world(shared.clock.now())?;
    let mut world = shared.world();
    new.grants.lifetime = world.grants.lifetime;
    new.grants.grace = world.grants.grace;
    new.grants.minted_refresh_tokens = world.grants.minted_refresh_tokens;
    new.grants.app_scopes = world.grants.app_scopes.take();
    new.subscribed = std::mem::take(&mut world.subscribed);
    new.modes = world.modes;
    new.lag = world.lag;
    *world = new;
    Ok(())
}

pub(super) fn set_scopes(
    shared: &Shared,
    token: &str,
    scopes: Option<Vec<String>>,
) -> Result<(), FakeGhlError> {
    let mut world = shared.world();
    let private = world.tokens.get_mut(token);
    private.ok_or(FakeGhlError::UnknownToken)?.scopes = scopes;
    Ok(())
}

pub(super) fn subscribe(shared: &Shared, events: &[String]) -> Result<(), FakeGhlError> {
    let events = events.iter().map(String::as_str);
    shared.world().subscribed = consequences::known_events(events)?;
    Ok(())
}

pub(super) fn set_active(
    shared: &Shared,
    location_id: &str,
    active: bool,
) -> Result<(), FakeGhlError> {
    let mut world = shared.world();
    let location = world.locations.get_mut(location_id);
    let location = location.ok_or_else(|| FakeGhlError::UnknownLocation(location_id.to_owned()))?;
    location.paused = !active;
    Ok(())
}

//! One file for each module of HighLevel's API, one [`Driver`] for each typed method, and the values they share.

mod businesses;
mod calendars;
mod calendars_events;
mod calendars_rules;
mod calendars_services;
mod companies;
mod contacts;
mod contacts_related;
mod conversations;
mod conversations_enums;
mod conversations_send;
mod custom_menus;
mod emails;
mod forms;
mod links;
mod locations;
mod locations_records;
mod oauth;
mod object_fields;
mod opportunities;
mod phone_system;
mod snapshots;
mod users;
mod voice_ai;
mod workflows;

use std::fmt::Debug;
use std::str::FromStr;

use jiff::Timestamp;

use super::stage::Driver;

/// All drivers.
pub(super) fn all() -> Vec<Driver> {
    [
        businesses::drivers(),
        calendars::drivers(),
        calendars_events::drivers(),
        calendars_rules::drivers(),
        calendars_services::drivers(),
        companies::drivers(),
        contacts::drivers(),
        contacts_related::drivers(),
        conversations::drivers(),
        conversations_send::drivers(),
        custom_menus::drivers(),
        emails::drivers(),
        forms::drivers(),
        links::drivers(),
        oauth::drivers(),
        object_fields::drivers(),
        opportunities::drivers(),
        snapshots::drivers(),
        users::drivers(),
        locations::drivers(),
        locations_records::drivers(),
        phone_system::drivers(),
        voice_ai::drivers(),
        workflows::drivers(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An id, or anything else that is read from text.
fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A moment.
fn moment() -> Timestamp {
    id("2026-07-01T15:00:00Z")
}

//! One file for each module of HighLevel's API, one [`Driver`] for each typed method, and the values they share.

mod businesses;
mod companies;
mod contacts;
mod contacts_related;
mod conversations;
mod conversations_send;
mod conversations_words;
mod links;
mod locations;
mod locations_records;
mod phone_system;
mod workflows;

use std::fmt::Debug;
use std::str::FromStr;

use jiff::Timestamp;

use super::stage::Driver;

/// All drivers.
pub(super) fn all() -> Vec<Driver> {
    [
        businesses::drivers(),
        companies::drivers(),
        contacts::drivers(),
        contacts_related::drivers(),
        conversations::drivers(),
        conversations_send::drivers(),
        links::drivers(),
        locations::drivers(),
        locations_records::drivers(),
        phone_system::drivers(),
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

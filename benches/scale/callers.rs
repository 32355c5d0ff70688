//! Callers with ids and numbers of HighLevel's length, each the same in every run.

use std::collections::BTreeMap;

use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::episode::{Evidence, MissedCall, TextFacts};
use gohighlevel::recipes::missed_call::{Caller, MissedReason, Recipe};
use jiff::{SignedDuration, Timestamp};

/// The preset `soleil`, which texts, tags and makes a task at once, and a text on the next day.
pub(crate) fn recipe() -> Recipe {
    let soleil = include_str!("../../src/recipes/missed_call/presets/soleil.toml");
    let later = r#"
        [steps.next_day]
        do = "text"
        after = "PT24H"
        stops_on = ["replied", "answered", "returned", "booked"]
        body = "Hi {{ contact.first_name }}, are you still looking for a time? {{ custom_values.calendly_link }}"
        opt_out = "Reply STOP to opt out."
    "#;
    Recipe::from_toml("soleil.toml", &format!("{soleil}\n{later}")).expect("a recipe")
}

/// When the first call ends.
pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_780_308_000).expect("a time")
}

/// A name of 20 letters and digits, in no order.
pub(crate) fn name(kind: u64, number: u64) -> String {
    let mut chance = fastrand::Rng::with_seed(number * 8 + kind);
    (0..20).map(|_| chance.alphanumeric()).collect()
}

/// One of 100 locations.
pub(crate) fn location(number: u64) -> LocationId {
    name(0, number % 100).parse().expect("an id")
}

/// The number that somebody calls from; there are eight million of them.
pub(crate) fn phone(number: u64) -> PhoneNumber {
    let phone = format!("+1312{}", 2_000_000 + number);
    phone.parse().expect("a number")
}

/// A missed call of one caller, so long after [`start`].
pub(crate) fn call(number: u64, after: SignedDuration) -> MissedCall {
    let ended_at = start() + after;
    MissedCall {
        location: location(number),
        message: name(1, number).parse().expect("an id"),
        contact: name(2, number).parse().expect("an id"),
        conversation: Some(name(3, number).parse().expect("an id")),
        caller: Some(Caller::Number(phone(number))),
        called: Some("+13125550100".parse().expect("a number")),
        ended_at,
        reason: MissedReason::NoAnswer,
        evidence: Evidence {
            delivery: format!("webhook:{}-{:015}", name(4, number), number),
            body_sha256: format!("{number:064x}"),
            received_at: ended_at + SignedDuration::from_millis(250),
        },
    }
}

/// What HighLevel knows of one caller.
pub(crate) fn facts(number: u64) -> TextFacts {
    let link = "https://calendly.com/soleil/visit".to_owned();
    TextFacts {
        first_name: Some("Rosan".into()),
        phone: Some(phone(number)),
        custom_values: BTreeMap::from([("calendly_link".to_owned(), link)]),
        ..TextFacts::default()
    }
}

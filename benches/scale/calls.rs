//! Missed calls as inputs of an episode, and the recipe for them.

use std::collections::BTreeMap;
use std::time::Duration;

use gohighlevel::recipes::missed_call::episode::{Evidence, MissedCall, TextFacts};
use gohighlevel::recipes::missed_call::{Caller, MissedReason, Recipe};
use jiff::{SignedDuration, Timestamp};

use crate::scale::callers::{location, name, phone};

/// The preset `soleil`, which sends a text, sets a tag and creates a task at once, with a text on the next day added.
pub(crate) fn recipe() -> Recipe {
    let soleil = include_str!("../../src/recipes/missed_call/core/presets/soleil.toml");
    let later = r#"
        [steps.next_day]
        do = "text"
        after = "PT24H"
        stops_on = ["replied", "answered", "returned", "booked"]
        body = "Hi {{ contact.first_name }}, are you still looking for a time? {{ custom_values.calendly_link }}"
        opt_out = "Reply STOP to opt out."
    "#;
    // The callers of a bench are as many as in a flood, and none of them has consented.
    let soleil = soleil.replace(
        "[compliance]",
        "[compliance]\nfloods = \"ignored\"\nlater_texts = \"always\"",
    );
    Recipe::from_toml("soleil.toml", &format!("{soleil}\n{later}")).expect("a recipe")
}

/// When the first call ends.
pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_780_308_000).expect("a time")
}

/// A missed call of one caller, some time after [`start`].
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
        duration: Some(Duration::from_secs(20)),
        reason: MissedReason::NoAnswer,
        evidence: Evidence {
            delivery: format!("webhook:{}-{:015}", name(4, number), number),
            body_sha256: format!("{number:064x}"),
            received_at: ended_at + SignedDuration::from_millis(250),
        },
    }
}

/// The facts of one caller in HighLevel.
pub(crate) fn facts(number: u64) -> TextFacts {
    let link = "https://calendly.com/soleil/visit".to_owned();
    TextFacts {
        first_name: Some("Rosan".into()),
        phone: Some(phone(number)),
        custom_values: BTreeMap::from([("calendly_link".to_owned(), link)]),
        ..TextFacts::default()
    }
}

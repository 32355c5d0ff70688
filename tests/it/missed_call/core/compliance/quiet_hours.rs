//! Quiet hours: a later text waits until the person may be texted, and records which rule deferred it.

use std::sync::Arc;

use gohighlevel::recipes::missed_call::compliance::QuietHours;
use gohighlevel::recipes::missed_call::episode::{
    Decision, Episode, Facts, Intent, PlaceOfContact, Reason, StepName, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Caller, Engine, Recipe};
use jiff::{SignedDuration, Timestamp};

use crate::missed_call::harness::builders::{call, recipe_of, the_text};
use crate::missed_call::harness::world::World;

const RECIPE: &str = r#"
    name = "hours"
    version = 1
    [call]
    max_age = "PT10M"
    [steps.text]
    do = "text"
    body = "Sorry we missed you."
    [steps.later]
    do = "text"
    after = "PT2H"
    body = "Still here for you."
    [compliance]
    later_texts = "always"
"#;

fn waits() -> Arc<Recipe> {
    recipe_of(&format!("{RECIPE}\nfirst_text = \"waits\""))
}

fn later() -> StepName {
    StepName::new("later").unwrap()
}

/// The episode of a call from this number that ended then.
fn episode(recipe: Arc<Recipe>, from: &str, ended_at: &str) -> (Episode, Timestamp) {
    let ended_at: Timestamp = ended_at.parse().unwrap();
    let mut call = call("call-1");
    call.caller = Some(Caller::Number(from.parse().unwrap()));
    call.ended_at = ended_at;
    (Episode::open(recipe, &call, ended_at).0, ended_at)
}

fn facts(place: PlaceOfContact) -> Facts {
    Facts::Text(TextFacts {
        place,
        ..TextFacts::default()
    })
}

const CHICAGO: &str = "+13125550142";
const MIAMI: &str = "+13055550142";

#[test]
fn a_later_text_waits_for_the_morning_of_the_person() {
    // 19:30 in Chicago; two hours later it is half past nine in the evening.
    let (episode, ended_at) = episode(recipe_of(RECIPE), CHICAGO, "2026-06-02T00:30:00Z");
    let now = ended_at + SignedDuration::from_hours(2);
    let Decision::Defer { until, why } =
        episode.decide(&later(), &facts(PlaceOfContact::default()), now)
    else {
        panic!("it is night in Chicago");
    };
    assert_eq!(until.to_string(), "2026-06-02T13:00:00Z", "8:00 in Chicago");
    assert!(why.contains("America/Chicago"), "{why}");
    // In the morning it may go, however late that is by its own time, and says why.
    let permit = episode.decide(&later(), &facts(PlaceOfContact::default()), until);
    let Decision::Proceed(Intent::Text { hours, .. }) = permit else {
        panic!("{permit:?}");
    };
    assert!(hours.unwrap().contains("America/Chicago"));
}

#[test]
fn the_contact_s_own_zone_and_state_count() {
    // 20:15 in Miami, where texts end at 20:00, and 17:15 in Los Angeles: a contact that moved is not texted at night of
    // the area code either.
    let (miami, ended_at) = episode(recipe_of(RECIPE), MIAMI, "2026-06-01T22:15:00Z");
    let now = ended_at + SignedDuration::from_hours(2);
    let permit = miami.decide(&later(), &facts(PlaceOfContact::default()), now);
    assert!(matches!(permit, Decision::Defer { .. }), "{permit:?}");
    let moved = PlaceOfContact {
        zone: Some("America/Los_Angeles".into()),
        ..PlaceOfContact::default()
    };
    let permit = miami.decide(&later(), &facts(moved), now);
    assert!(matches!(permit, Decision::Defer { .. }), "{permit:?}");
    // 20:15 in Chicago, and 21:15 where the contact lives now: its own zone adds to the area code's.
    let (chicago, ended_at) = episode(recipe_of(RECIPE), CHICAGO, "2026-06-01T23:15:00Z");
    let now = ended_at + SignedDuration::from_hours(2);
    let permit = chicago.decide(&later(), &facts(PlaceOfContact::default()), now);
    assert!(matches!(permit, Decision::Proceed(_)), "{permit:?}");
    let moved = PlaceOfContact {
        zone: Some("America/New_York".into()),
        ..PlaceOfContact::default()
    };
    let permit = chicago.decide(&later(), &facts(moved.clone()), now);
    assert!(matches!(permit, Decision::Defer { .. }), "{permit:?}");
    let disabled = PlaceOfContact {
        zone_disabled: true,
        ..moved
    };
    let permit = chicago.decide(&later(), &facts(disabled), now);
    assert!(matches!(permit, Decision::Proceed(_)), "{permit:?}");
}

#[test]
fn the_answer_to_the_call_goes_at_once_unless_the_recipe_says_otherwise() {
    let night = "2026-06-02T04:00:00Z";
    let (at_once, ended_at) = episode(recipe_of(RECIPE), CHICAGO, night);
    let permit = at_once.decide(&the_text(), &facts(PlaceOfContact::default()), ended_at);
    let Decision::Proceed(Intent::Text { hours: None, .. }) = permit else {
        panic!("{permit:?}");
    };
    // By the morning it would be too old.
    let (kept, ended_at) = episode(waits(), CHICAGO, night);
    let permit = kept.decide(&the_text(), &facts(PlaceOfContact::default()), ended_at);
    assert_eq!(permit, Decision::Skip(Reason::QuietHours));
    // Minutes before the opening it waits for it.
    let (soon, ended_at) = episode(waits(), CHICAGO, "2026-06-02T12:55:00Z");
    let permit = soon.decide(&the_text(), &facts(PlaceOfContact::default()), ended_at);
    assert!(matches!(permit, Decision::Defer { .. }), "{permit:?}");
}

#[test]
fn without_any_zone_there_is_no_hour() {
    let (episode, ended_at) = episode(recipe_of(RECIPE), "+12325550142", "2026-06-01T16:00:00Z");
    let now = ended_at + SignedDuration::from_hours(2);
    let permit = episode.decide(&later(), &facts(PlaceOfContact::default()), now);
    assert_eq!(permit, Decision::Skip(Reason::QuietHours));
    let located = PlaceOfContact {
        location_zone: Some("America/Chicago".into()),
        ..PlaceOfContact::default()
    };
    let permit = episode.decide(&later(), &facts(located), now);
    assert!(matches!(permit, Decision::Proceed(_)), "{permit:?}");
}

#[test]
fn a_refusal_by_the_person_outranks_the_hour() {
    let (episode, ended_at) = episode(recipe_of(RECIPE), CHICAGO, "2026-06-02T00:30:00Z");
    let now = ended_at + SignedDuration::from_hours(2);
    let refused = Facts::Text(TextFacts {
        do_not_disturb: true,
        ..TextFacts::default()
    });
    let permit = episode.decide(&later(), &refused, now);
    assert_eq!(permit, Decision::Skip(Reason::DoNotDisturb));
}

#[tokio::test]
async fn a_text_that_is_due_at_night_is_sent_in_the_morning_once() {
    let recipe = Recipe::from_toml(
        "night.toml",
        &RECIPE.replace("after = \"PT2H\"", "after = \"PT12H\""),
    )
    .unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    // Ten in the morning in Chicago; due at ten in the evening.
    let call = world.missed_call().await;
    world.minutes(13 * 60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    let waits: Vec<_> = world
        .ledger()
        .await
        .into_iter()
        .filter_map(|entry| match entry.kind {
            EntryKind::Waits { until, .. } => Some(until.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(waits, ["2026-11-21T14:00:00Z"]);
    world.minutes(24 * 60).await;
    let texts = world.texts(&call.contact_id).await;
    assert_eq!(texts.len(), 2);
    let sent_at = texts[1].date_added.unwrap();
    assert_eq!(sent_at.to_string().get(..16), Some("2026-11-21T14:00"));
}

#[test]
fn a_host_s_own_rules_take_the_place_of_the_built_in_ones() {
    let rules = QuietHours::SOURCE.replacen("08:00-21:00", "12:00-13:00", 1);
    let rules = QuietHours::from_toml(&rules).unwrap();
    // Eleven in the morning in Chicago.
    let (episode, ended_at) = episode(recipe_of(RECIPE), CHICAGO, "2026-06-02T14:00:00Z");
    let now = ended_at + SignedDuration::from_hours(2);
    let place = PlaceOfContact {
        location_zone: Some("America/Chicago".into()),
        ..PlaceOfContact::default()
    };
    let known = |quiet_hours| {
        Facts::Text(TextFacts {
            place: place.clone(),
            quiet_hours,
            ..TextFacts::default()
        })
    };
    let permit = episode.decide(&later(), &known(None), now);
    assert!(matches!(permit, Decision::Proceed(_)), "{permit:?}");
    let permit = episode.decide(&later(), &known(Some(Arc::new(rules))), now);
    let noon = "2026-06-02T17:00:00Z".parse().unwrap();
    assert!(
        matches!(&permit, Decision::Defer { until, .. } if *until == noon),
        "{permit:?}"
    );
}

#[tokio::test]
async fn the_engine_keeps_the_host_s_own_rules() {
    // It is ten in the morning, and later texts may go out between seven and eight in the evening alone.
    let rules = QuietHours::SOURCE.replace("08:00-21:00", "19:00-20:00");
    let rules = QuietHours::from_toml(&rules).unwrap();
    let recipe = Recipe::from_toml("hours.toml", RECIPE).unwrap();
    let mut world = World::with(recipe.clone(), Arc::new(MemoryStore::new())).await;
    world.engine = Engine::builder(Arc::clone(&world.store))
        .clock(Arc::new(world.clock.clone()))
        .location(world.location(), recipe)
        .quiet_hours(rules)
        .build();
    let call = world.missed_call().await;
    world.minutes(3 * 60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    world.minutes(7 * 60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
}

//! Texts pause before HighLevel blocks the location: at which rates, until midnight, and as the recipe sets it.

use std::sync::Arc;

use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::compliance::SendCounts;
use gohighlevel::recipes::missed_call::episode::{
    Decision, Episode, Facts, Intent, Reason, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{Commit, DailyCounts, MemoryStore};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::logged::logged;
use crate::missed_call::harness::builders::{at, call, recipe_of, step};
use crate::missed_call::harness::world::{LOCATION, World, caller};

const RECIPE: &str = r#"
    name = "suspension"
    version = 1
    [call]
    cooldown = "PT1H"
    [steps.text]
    do = "text"
    body = "Sorry we missed you."
    [steps.later]
    do = "text"
    after = "PT30M"
    body = "Still here for you."
    [compliance]
    later_texts = "always"
"#;

fn with(more: &str) -> String {
    format!("{RECIPE}{more}")
}

fn counts(sent: u64, failed: u64, opted_out: u64) -> SendCounts {
    SendCounts {
        sent,
        failed,
        opted_out,
    }
}

/// What becomes of the step after these days: the reason's code, the time that it waits for and why, or on what basis it
/// goes out.
fn told(episode: &Episode, name: &str, days: &[SendCounts]) -> String {
    let mut facts = TextFacts {
        counts: days.to_vec(),
        ..TextFacts::default()
    };
    facts.place.location_zone = Some("Etc/UTC".into());
    let now = if name == "later" { 1_800 } else { 1 };
    match episode.decide(&step(name), &Facts::Text(facts), at(now)) {
        Decision::Defer { until, why } => format!("{until}: {why}"),
        Decision::Skip(reason) => reason.code(),
        Decision::Proceed(Intent::Text { basis, .. }) => {
            let basis = serde_json::to_value(basis).unwrap();
            basis.as_str().unwrap().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn first_follow_ups_pause_and_then_everything() {
    let midnight = |why: &str| format!("2026-06-02T00:00:00Z: {why}");
    let few =
        midnight("8 of 100 texts of 1 day were answered with an opt-out, surely more than 2 %");
    let many =
        midnight("9 of 100 texts of 1 day were answered with an opt-out, surely more than 3 %");
    let failed = midnight("15 of 100 texts of 1 day failed, surely more than 6 %");
    // What the text says, what it says if follow-ups pause at most, and what if nothing is kept back.
    for (day, name, expected, follow_ups, ignored) in [
        (
            counts(60, 0, 1),
            "text",
            "inbound_call",
            "inbound_call",
            "inbound_call",
        ),
        (counts(60, 0, 1), "later", "waived", "waived", "waived"),
        (
            counts(100, 0, 8),
            "text",
            "inbound_call",
            "inbound_call",
            "inbound_call",
        ),
        (counts(100, 0, 8), "later", &few, &few, "waived"),
        (counts(100, 15, 0), "later", &failed, &failed, "waived"),
        // Midnight is too late to answer the call.
        (
            counts(100, 0, 9),
            "text",
            "sending_paused:opted_out",
            "inbound_call",
            "inbound_call",
        ),
        (
            counts(100, 19, 0),
            "text",
            "sending_paused:failed",
            "inbound_call",
            "inbound_call",
        ),
        (counts(100, 0, 9), "later", &many, &many, "waived"),
    ] {
        for (word, expected) in [
            ("pause_texts", expected),
            ("pause_follow_ups", follow_ups),
            ("ignored", ignored),
        ] {
            let recipe = recipe_of(&with(&format!("near_suspension = \"{word}\"")));
            let episode = Episode::open(recipe, &call("call-1"), at(1)).0;
            let told = told(&episode, name, &[day]);
            assert_eq!(told, expected, "{day:?} {name} {word}");
        }
        let episode = Episode::open(recipe_of(RECIPE), &call("call-1"), at(1)).0;
        assert_eq!(told(&episode, name, &[day]), expected, "by itself");
    }
}

#[test]
fn the_numbers_stand_in_the_ledger_and_old_entries_load() {
    let reason = json!({"rate_too_high": {
        "rate": "opted_out", "sent": 100, "part": 9, "days": 7, "limit": 300
    }});
    let read: Reason = serde_json::from_value(reason.clone()).unwrap();
    assert_eq!(read.code(), "sending_paused:opted_out");
    assert_eq!(serde_json::to_value(&read).unwrap(), reason);
    let old: Reason = serde_json::from_value(json!("sending_paused")).unwrap();
    assert_eq!(
        (old.clone(), old.code()),
        (Reason::SendingPaused, "sending_paused".into())
    );
}

async fn world() -> World {
    let recipe = Recipe::from_toml("suspension.toml", RECIPE).unwrap();
    World::with(recipe, Arc::new(MemoryStore::new())).await
}

impl World {
    fn today(&self) -> Date {
        self.clock.now().to_zoned(TimeZone::UTC).date()
    }

    /// So many texts were sent that day, and so many answered with an opt-out.
    async fn counted(&self, day: Date, sent: u64, opted_out: u64) {
        let count = DailyCounts {
            location: LocationId::new(LOCATION).unwrap(),
            day,
            more: counts(sent, 0, opted_out),
        };
        let commit = Commit {
            counts: vec![count],
            ..Commit::default()
        };
        self.store.commit(commit).await.unwrap();
    }
}

#[tokio::test]
async fn what_became_of_texts_is_counted() {
    let world = world().await;
    world.missed_call().await;
    world.minutes(5).await;
    world.writes(caller(), "stop texting me").await;
    world.minutes(5).await;
    let location = LocationId::new(LOCATION).unwrap();
    let days = world.store.send_counts(&location, world.today()).await;
    // The opt-out, which HighLevel's do-not-disturb may tell once more.
    let expected = [(world.today(), counts(1, 0, 1))];
    assert_eq!(Vec::from_iter(days.unwrap()), expected);
}

#[tokio::test]
async fn a_pause_lasts_until_midnight_and_is_logged_when_it_begins_and_when_it_ends() {
    let world = world().await;
    let yesterday = world.today().yesterday().unwrap();
    world.counted(yesterday, 30, 3).await;
    world.counted(world.today(), 69, 6).await;
    let paused = async || {
        let first = world.missed_call().await;
        world.minutes(120).await;
        world.missed_call().await;
        world.minutes(120).await;
        first
    };
    let (call, log) = logged(paused()).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    assert_eq!(log.matches("all texts pause").count(), 1, "{log}");
    let ledger = world.ledger().await;
    let reason = ledger.iter().find_map(|entry| match &entry.kind {
        EntryKind::NotDone { step, reason } if step.as_str() == "text" => Some(reason),
        _ => None,
    });
    // A week counts, whether anything was sent in it or not.
    let expected = json!({"rate_too_high": {
        "rate": "opted_out", "sent": 99, "part": 9, "days": 7, "limit": 300
    }});
    assert_eq!(serde_json::to_value(reason.unwrap()).unwrap(), expected);
    assert!(ledger.iter().any(|entry| matches!(
        &entry.kind,
        EntryKind::Waits { why, .. } if why.starts_with("9 of 99 texts")
    )));
    // The next day is a new beginning.
    let begins = async || {
        world.minutes(12 * 60).await;
        world.missed_call().await;
        world.minutes(5).await;
    };
    let ((), log) = logged(begins()).await;
    assert_eq!(log.matches("texts go on").count(), 1, "{log}");
    assert!(!world.texts(&call.contact_id).await.is_empty());
}

#[tokio::test]
async fn one_stop_among_sixty_texts_keeps_nobody_back() {
    for sent in 49..70 {
        let world = world().await;
        world.counted(world.today(), sent, 1).await;
        let call = world.missed_call().await;
        world.minutes(5).await;
        assert_eq!(world.texts(&call.contact_id).await.len(), 1, "{sent}");
    }
}

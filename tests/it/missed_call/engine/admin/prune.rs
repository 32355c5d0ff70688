//! What is over is deleted after its time; what is open, and what proves that texts were lawful, stays as asked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gohighlevel::recipes::missed_call::store::{Retention, SqliteStore};
use gohighlevel::recipes::missed_call::{Engine, Recipe};
use gohighlevel::testing::{Call, ManualClock};
use jiff::SignedDuration;

use crate::missed_call::harness::scripted_highlevel::{Scripted, engine, missed_call, start, well};
use crate::missed_call::harness::world::{LOCATION, World, business, soleil};

const DAY: u64 = 24 * 60;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn closed_episodes_are_deleted_after_their_time_and_evidence_stays() {
    let world = World::set_up(soleil(), |engine| engine).await;
    world.missed_call().await;
    world.minutes(DAY).await;
    let of_first = world.ledger().await.len();
    world.minutes(40 * DAY).await;
    world.call(&Call::from_somebody(LOCATION, business())).await;
    world.minutes(DAY).await;
    let all = world.ledger().await.len();

    let keeps_evidence = Retention::of_episodes(days(35));
    let pruned = world.engine.prune(&keeps_evidence).await.unwrap();
    assert_eq!((pruned.episodes, pruned.entries), (0, 0));
    let mut retention = keeps_evidence;
    retention.evidence = Some(days(45));
    let pruned = world.engine.prune(&retention).await.unwrap();
    assert_eq!((pruned.episodes, pruned.entries), (0, 0));
    // A shorter time than that of all episodes counts as that.
    retention.evidence = Some(days(1));
    let pruned = world.engine.prune(&retention).await.unwrap();
    assert_eq!((pruned.episodes, pruned.entries), (1, of_first as u64));
    assert_eq!(world.ledger().await.len(), all - of_first);
}

#[tokio::test]
async fn nothing_is_deleted_while_it_may_be_needed() {
    let world = World::new().await;
    world.missed_call().await;
    world.minutes(30 * DAY).await;
    let mut retention = Retention::of_episodes(SignedDuration::ZERO);
    retention.evidence = Some(SignedDuration::ZERO);
    let pruned = world.engine.prune(&retention).await.unwrap();
    assert_eq!(pruned.episodes, 0);
    world.minutes(2 * DAY).await;
    // The store may keep the last episode.
    world.call(&Call::from_somebody(LOCATION, business())).await;
    let pruned = world.engine.prune(&retention).await.unwrap();
    assert_eq!(pruned.episodes, 1);
}

/// Calls of twenty-five people, then forty days.
async fn month(engine: &Engine, clock: &ManualClock, month: u32) {
    for number in 0..25 {
        // Each a quarter of an hour after the other.
        clock.advance(Duration::from_secs(900));
        let call = missed_call(1_000 * (month + 1) + number, now(clock));
        engine.accept(&call).await.unwrap();
        while engine.step().await.unwrap() > 0 {}
    }
    clock.advance(Duration::from_secs(40 * 24 * 3600));
    while engine.step().await.unwrap() > 0 {}
}

fn now(clock: &ManualClock) -> jiff::Timestamp {
    gohighlevel::clock::Clock::now(clock)
}

fn pages(path: &Path) -> i64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    let pages = connection.query_row("PRAGMA page_count", [], |row| row.get(0));
    pages.unwrap()
}

#[tokio::test]
async fn a_file_that_is_pruned_stops_growing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let clock = ManualClock::new(start());
    let ghl = Scripted::new(well);
    let recipe = soleil()
        .source()
        .replace("[compliance]", "[compliance]\nfloods = \"ignored\"");
    let recipe = Recipe::from_toml("soleil.toml", &recipe).unwrap();
    let shared = Arc::new(clock.clone());
    let engine = engine(&ghl, shared.clone(), shared, store, recipe);
    let mut retention = Retention::of_episodes(days(35));
    retention.evidence = Some(days(35));
    let mut sizes = Vec::new();
    for number in 0..5 {
        month(&engine, &clock, number).await;
        engine.prune(&retention).await.unwrap();
        sizes.push(pages(&path));
    }
    let (early, late) = (sizes[2], sizes[4]);
    assert!(late <= early + early / 10, "{sizes:?}");
}

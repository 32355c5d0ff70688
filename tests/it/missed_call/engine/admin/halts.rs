//! Locations that are paused, and locations from which the app was removed.

use std::sync::Arc;

use gohighlevel::clock::Clock;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Acceptance, Engine, Halt};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::{Delivery, Verifier};
use http::HeaderValue;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::missed_call::engine::intake::events::{recipe, world};
use crate::missed_call::engine::worker::crash::reopen;
use crate::missed_call::harness::world::{LOCATION, World, caller};
use crate::webhooks::signing::Ed25519Signer;

const COMPANY: &str = "soleilCompany0000001";

/// How often HighLevel was asked anything but what time it is.
fn requests(world: &World) -> usize {
    let asked = world.ghl.requests();
    asked.iter().filter(|request| request.path != "/").count()
}

/// As HighLevel tells of an installation: for the location, or for a whole company.
async fn told(world: &World, body: Value) -> Acceptance {
    let delivery = Delivery::read(body.to_string(), world.clock.now()).unwrap();
    world.engine.accept(&delivery).await.unwrap()
}

async fn halted(world: &World) -> Vec<(Halt, bool)> {
    let halts = world.store.halts(world.location().id()).await.unwrap();
    halts
        .into_iter()
        .map(|known| (known.halt, known.halted))
        .collect()
}

#[tokio::test]
async fn while_a_location_is_paused_nothing_is_done_and_everything_is_written_down() {
    let world = world().await;
    let location = world.location().id().clone();
    world.engine.pause(&location).await.unwrap();
    // Once more changes nothing.
    world.engine.pause(&location).await.unwrap();
    let before = requests(&world);
    let call = world.missed_call().await;
    world.writes(caller(), "thanks, I will wait").await;
    world.minutes(5).await;
    assert_eq!(requests(&world), before);
    let history = world.history().await;
    assert_eq!(history[..2], ["halted", "call_missed"]);
    assert!(history.contains(&"replied".to_owned()), "{history:?}");

    world.engine.resume(&location).await.unwrap();
    world.engine.resume(&location).await.unwrap();
    world.minutes(2).await;
    assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
    let resumed = |told: &&String| *told == "resumed";
    assert_eq!(world.history().await.iter().filter(resumed).count(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_neither_a_pause_nor_its_end_ineffective() {
    let world = world().await;
    let location = world.location().id().clone();
    let earlier = world.clock.now() - SignedDuration::from_hours(1);
    let set_back = Engine::builder(Arc::clone(&world.store))
        .clock(Arc::new(ManualClock::new(earlier)))
        .location(world.location(), recipe())
        .build();
    world.engine.pause(&location).await.unwrap();
    set_back.resume(&location).await.unwrap();
    assert_eq!(halted(&world).await, [(Halt::Paused, false)]);
    set_back.pause(&location).await.unwrap();
    assert_eq!(halted(&world).await, [(Halt::Paused, true)]);
}

#[tokio::test]
async fn what_is_young_enough_goes_out_after_the_pause_and_nothing_else() {
    for (minutes, texts) in [(9, 1), (11, 0)] {
        let world = world().await;
        let location = world.location().id().clone();
        let call = world.missed_call().await;
        world.engine.pause(&location).await.unwrap();
        world.minutes(minutes).await;
        assert!(world.texts(&call.contact_id).await.is_empty());
        world.engine.resume(&location).await.unwrap();
        world.minutes(5).await;
        assert_eq!(
            world.texts(&call.contact_id).await.len(),
            texts,
            "{minutes}"
        );
        assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
        // The next day's text is not late.
        world.minutes(48 * 60).await;
        assert_eq!(world.texts(&call.contact_id).await.len(), texts + 1);
    }
}

#[tokio::test]
async fn a_long_pause_leaves_an_end_for_every_step() {
    let world = world().await;
    let location = world.location().id().clone();
    let call = world.missed_call().await;
    world.engine.pause(&location).await.unwrap();
    world.minutes(4 * 24 * 60).await;
    let history = world.history().await;
    for step in [
        "not_done text stale",
        "not_done next_day stale",
        "not_done task failed:paused",
        "closed",
    ] {
        assert!(history.contains(&step.to_owned()), "{step}: {history:?}");
    }
    world.engine.resume(&location).await.unwrap();
    world.minutes(60).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    assert!(world.tasks(&call.contact_id).await.is_empty());
}

#[tokio::test]
async fn a_pause_and_a_removal_survive_a_restart() {
    for removed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.db");
        let mut world = World::with(recipe(), reopen(&file).await).await;
        let location = world.location().id().clone();
        if removed {
            world.hears(json!({"type": "UNINSTALL"})).await;
        } else {
            world.engine.pause(&location).await.unwrap();
        }
        world.restart(Arc::new(MemoryStore::new())).await;
        world.restart(reopen(&file).await).await;
        let before = requests(&world);
        world.missed_call().await;
        world.minutes(5).await;
        assert_eq!(requests(&world), before, "{removed}");
    }
}

#[tokio::test]
async fn a_removed_app_does_nothing_more_until_it_is_there_again() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    world.hears(json!({"type": "UNINSTALL"})).await;
    let before = requests(&world);
    assert_eq!(
        world.history().await,
        [
            "call_missed",
            "done task",
            "halted",
            "ended",
            "not_done next_day uninstalled",
            "not_done text uninstalled",
            "closed",
        ]
    );
    // A call that is told late, or that somebody else delivers.
    world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(requests(&world), before);
    let history = world.history().await;
    assert_eq!(
        history.last().unwrap(),
        "not_done text uninstalled",
        "{history:?}"
    );

    world
        .hears(json!({"type": "INSTALL", "companyId": COMPANY}))
        .await;
    assert_eq!(halted(&world).await, [(Halt::Uninstalled, false)]);
    // What was alive before ended for good.
    world.minutes(48 * 60).await;
    assert_eq!(requests(&world), before);
    let again = world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(world.texts(&again.contact_id).await.len(), 1);
    assert_eq!(again.contact_id, call.contact_id);
}

#[tokio::test]
async fn a_removal_for_a_whole_company_stops_the_locations_that_are_known_to_be_its() {
    let world = world().await;
    let of_company = |event: &str| json!({"type": event, "companyId": COMPANY});
    // Nothing has told yet whose the location is.
    let before = told(&world, of_company("UNINSTALL")).await;
    assert_eq!(before, Acceptance::Accepted);
    assert_eq!(halted(&world).await, []);
    let installed = json!({"type": "INSTALL", "locationId": LOCATION, "companyId": COMPANY});
    assert_eq!(told(&world, installed).await, Acceptance::Accepted);
    world.missed_call().await;
    world.clock.advance(std::time::Duration::from_secs(1));
    let removed = json!({"type": "UNINSTALL", "companyId": COMPANY, "webhookId": "removed"});
    assert_eq!(told(&world, removed.clone()).await, Acceptance::Accepted);
    assert_eq!(halted(&world).await, [(Halt::Uninstalled, true)]);
    let before = requests(&world);
    world.minutes(48 * 60).await;
    assert_eq!(requests(&world), before);
    assert_eq!(
        told(&world, of_company("INSTALL")).await,
        Acceptance::Accepted
    );
    assert_eq!(halted(&world).await, [(Halt::Uninstalled, false)]);
    // A repeat of what was told before does not stop it again.
    assert_eq!(told(&world, removed).await, Acceptance::Duplicate);
    assert_eq!(halted(&world).await, [(Halt::Uninstalled, false)]);
}

#[tokio::test]
async fn a_removal_that_is_reported_after_the_new_installation_stops_nothing() {
    let world = world().await;
    let event = |event: &str, at: &str| json!({"type": event, "locationId": LOCATION, "timestamp": at, "webhookId": event});
    let installed = event("INSTALL", "2026-11-20T15:30:00Z");
    assert_eq!(told(&world, installed).await, Acceptance::Accepted);
    let removed = event("UNINSTALL", "2026-11-20T15:00:00Z");
    assert_eq!(told(&world, removed).await, Acceptance::Ignored);
    let call = world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn a_location_that_is_paused_stays_so_when_the_app_comes_back() {
    let world = world().await;
    let location = world.location().id().clone();
    world.engine.pause(&location).await.unwrap();
    world.hears(json!({"type": "UNINSTALL"})).await;
    world.hears(json!({"type": "INSTALL"})).await;
    assert_eq!(
        halted(&world).await,
        [(Halt::Paused, true), (Halt::Uninstalled, false)]
    );
}

#[tokio::test]
async fn an_old_removal_without_a_date_cannot_be_replayed_under_another_header() {
    let world = world().await;
    let body = json!({"type": "UNINSTALL", "locationId": LOCATION}).to_string();
    let signer = Ed25519Signer::generate();
    let verifier = Verifier::builder().ed25519_pem(&signer.pem()).unwrap();
    let verifier = verifier.build();
    let told = async |delivery_id: &'static str| {
        let mut headers = signer.headers(body.as_bytes());
        headers.insert("deliveryId", HeaderValue::from_static(delivery_id));
        let delivery = verifier.verify(&headers, body.clone(), world.clock.now());
        world.engine.accept(&delivery.unwrap()).await.unwrap()
    };
    assert_eq!(told("first").await, Acceptance::Accepted);
    world.minutes(1).await;
    let back = json!({"type": "INSTALL", "locationId": LOCATION, "timestamp": world.clock.now()});
    assert_eq!(self::told(&world, back).await, Acceptance::Accepted);
    world.minutes(1).await;
    assert_eq!(told("second").await, Acceptance::Duplicate);
    assert_eq!(halted(&world).await, [(Halt::Uninstalled, false)]);
}

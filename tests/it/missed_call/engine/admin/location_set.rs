//! Locations that are put, changed and removed while the engine works.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::clock::Clock;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{
    Acceptance, Engine, Halt, PreflightError, Put, Recipe, Removal,
};
use gohighlevel::testing::{Call, SimulatedEvent};
use gohighlevel::webhooks::Delivery;
use serde_json::json;

use crate::missed_call::engine::intake::events::{recipe, world};
use crate::missed_call::engine::worker::crash::reopen;
use crate::missed_call::harness::world::{LOCATION, World, business};

/// The recipe of the events with other words.
fn other_recipe() -> Recipe {
    let source = recipe().source().to_owned();
    let source = source.replace("sorry we missed your call", "we could not pick up");
    Recipe::from_toml("other.toml", &source).unwrap()
}

/// A call of somebody new, reported to the world's engine.
async fn somebody_calls(world: &World, number: u32) -> (SimulatedEvent, Acceptance) {
    let from = format!("+1312556{:04}", number * 7_919 % 10_000);
    let call = Call::missed(LOCATION, from.parse().unwrap(), business());
    let trigger = world.ghl.call(&call).unwrap();
    let body = json!({
        "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
        "status": "no-answer", "locationId": LOCATION, "webhookId": trigger.webhook_id,
        "messageId": trigger.message_id, "contactId": trigger.contact_id,
        "from": from, "to": business().e164(), "dateAdded": world.clock.now().to_string(),
    });
    let delivery = Delivery::read(body.to_string(), world.clock.now()).unwrap();
    let accepted = world.engine.accept(&delivery).await.unwrap();
    (trigger, accepted)
}

async fn words(world: &World, contact: &str) -> Vec<String> {
    let texts = world.texts(contact).await.into_iter();
    let bodies = texts.filter_map(|text| text.body);
    bodies.map(|body| (*body).clone()).collect()
}

/// An engine that was built without a location, on the world's store.
fn empty_engine(world: &World) -> Engine {
    Engine::builder(Arc::clone(&world.store))
        .clock(Arc::new(world.clock.clone()))
        .build()
}

#[tokio::test]
async fn a_location_is_put_into_an_engine_that_works() {
    let mut world = world().await;
    world.engine = empty_engine(&world);
    let (_, before) = somebody_calls(&world, 1).await;
    assert_eq!(before, Acceptance::Ignored);
    assert!(world.engine.locations().is_empty());

    let put = world.engine.put_location(world.location(), recipe()).await;
    assert_eq!(put.unwrap(), Put::Added);
    let (call, after) = somebody_calls(&world, 2).await;
    assert_eq!(after, Acceptance::Accepted);
    world.minutes(5).await;
    let texts = words(&world, &call.contact_id).await;
    assert!(texts[0].contains("sorry we missed your call."), "{texts:?}");
    let again = world.engine.put_location(world.location(), recipe()).await;
    assert_eq!(again.unwrap(), Put::Same);
    let served = world.engine.locations();
    assert_eq!((served.len(), served[0].from_source), (1, false));
    assert_eq!(served[0].recipe.fingerprint(), recipe().fingerprint());
}

#[tokio::test]
async fn a_change_of_the_recipe_leaves_open_episodes_their_own() {
    let world = world().await;
    let (before, _) = somebody_calls(&world, 1).await;
    let put = world
        .engine
        .put_location(world.location(), other_recipe())
        .await;
    assert_eq!(put.unwrap(), Put::Changed);
    let (after, _) = somebody_calls(&world, 2).await;
    world.minutes(5).await;
    let texts = words(&world, &before.contact_id).await;
    assert!(texts[0].contains("sorry we missed your call."), "{texts:?}");
    let texts = words(&world, &after.contact_id).await;
    assert!(texts[0].contains("we could not pick up."), "{texts:?}");
    // A process that has never seen the old recipe reads it in the store.
    let mut world = world;
    world.change_recipe(other_recipe()).await;
    world.minutes(25 * 60).await;
    assert_eq!(words(&world, &before.contact_id).await.len(), 2);
}

#[tokio::test]
async fn a_location_that_is_put_again_is_not_uninstalled_any_more() {
    let world = world().await;
    let location = world.location().id().clone();
    world.hears(json!({"type": "UNINSTALL"})).await;
    world.engine.pause(&location).await.unwrap();
    let put = world.engine.put_location(world.location(), recipe()).await;
    assert_eq!(put.unwrap(), Put::Same);
    let status = world.engine.status(&location).await.unwrap();
    assert_eq!(status.halts, [Halt::Paused], "a pause is not lifted");
    assert_eq!(world.engine.resume(&location).await.unwrap(), None);
    let (call, _) = somebody_calls(&world, 1).await;
    world.minutes(5).await;
    assert_eq!(words(&world, &call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn what_is_pending_in_a_removed_location_ends_with_a_reason_of_its_own() {
    let world = world().await;
    let location = world.location().id().clone();
    let (call, _) = somebody_calls(&world, 1).await;
    assert!(
        world
            .engine
            .remove_location(&location, Removal::End)
            .await
            .unwrap()
    );
    let history = world.history().await;
    assert_eq!(
        history,
        [
            "call_missed",
            "halted",
            "ended",
            "not_done next_day removed",
            "not_done task removed",
            "not_done text removed",
            "closed",
        ]
    );
    let (_, accepted) = somebody_calls(&world, 2).await;
    assert_eq!(accepted, Acceptance::Ignored);
    world.minutes(30 * 60).await;
    assert!(words(&world, &call.contact_id).await.is_empty());
    assert_eq!(world.history().await, history, "nothing more comes");
    assert_eq!(
        world.engine.next_due().await.unwrap(),
        None,
        "no effect is left"
    );
    let status = world.engine.status(&location).await.unwrap();
    assert_eq!((status.served, status.halts), (false, vec![Halt::Removed]));
    // Once more changes nothing.
    assert!(
        !world
            .engine
            .remove_location(&location, Removal::End)
            .await
            .unwrap()
    );
    assert_eq!(world.history().await, history);
}

#[tokio::test]
async fn a_removal_holds_in_other_processes_and_after_a_restart() {
    for removal in [Removal::End, Removal::Finish] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.db");
        let mut world = World::with(recipe(), reopen(&file).await).await;
        let location = world.location().id().clone();
        // An engine that was not given the location removes it all the same.
        let removed = empty_engine(&world)
            .remove_location(&location, removal)
            .await;
        assert!(!removed.unwrap());
        world.clock.advance(Duration::from_secs(1));
        for restarted in [false, true] {
            if restarted {
                world.restart(Arc::new(MemoryStore::new())).await;
                world.restart(reopen(&file).await).await;
            }
            let (call, _) = somebody_calls(&world, 1 + u32::from(restarted)).await;
            world.minutes(5).await;
            assert!(words(&world, &call.contact_id).await.is_empty());
            let history = world.history().await;
            let removed = history.iter().filter(|line| line.ends_with("text removed"));
            assert_eq!(removed.count(), 1 + usize::from(restarted), "{history:?}");
        }
        let status = world.engine.status(&location).await.unwrap();
        assert!(status.served && !status.answers_calls());
        world
            .engine
            .put_location(world.location(), recipe())
            .await
            .unwrap();
        let status = world.engine.status(&location).await.unwrap();
        assert!(status.answers_calls() && status.halts.is_empty());
        let (call, _) = somebody_calls(&world, 9).await;
        world.minutes(5).await;
        assert_eq!(
            words(&world, &call.contact_id).await.len(),
            1,
            "{removal:?}"
        );
    }
}

#[tokio::test]
async fn a_location_that_finishes_does_what_is_pending_and_takes_no_new_calls() {
    let world = world().await;
    let location = world.location().id().clone();
    let (before, _) = somebody_calls(&world, 1).await;
    world.clock.advance(Duration::from_secs(1));
    assert!(
        world
            .engine
            .remove_location(&location, Removal::Finish)
            .await
            .unwrap()
    );
    world.clock.advance(Duration::from_secs(1));
    let (after, _) = somebody_calls(&world, 2).await;
    world.minutes(24 * 60 + 5).await;
    assert_eq!(words(&world, &before.contact_id).await.len(), 2);
    assert_eq!(world.tasks(&before.contact_id).await.len(), 1);
    assert!(words(&world, &after.contact_id).await.is_empty());
    assert!(world.tasks(&after.contact_id).await.is_empty());
    // When nothing is pending any more, the location is gone.
    world.minutes(48 * 60).await;
    world.clock.advance(Duration::from_secs(60));
    world.engine.step().await.unwrap();
    assert!(world.engine.locations().is_empty());
    let (_, accepted) = somebody_calls(&world, 3).await;
    assert_eq!(accepted, Acceptance::Ignored);
}

#[tokio::test]
async fn a_forgotten_location_is_left_to_other_processes() {
    let world = world().await;
    let location = world.location().id().clone();
    let (call, _) = somebody_calls(&world, 1).await;
    assert!(world.engine.forget_location(&location));
    assert!(!world.engine.forget_location(&location));
    assert_eq!(world.engine.next_due().await.unwrap(), None);
    assert_eq!(world.engine.step().await.unwrap(), 0);
    let other = empty_engine(&world);
    other
        .put_location(world.location(), recipe())
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(120));
    while other.step().await.unwrap() > 0 {}
    assert_eq!(words(&world, &call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn one_location_is_checked_alone() {
    let world = world().await;
    let location = world.location().id().clone();
    let problems = world.engine.preflight_of(&location).await;
    let is_hint = |problem: &PreflightError| matches!(problem, PreflightError::Hint { .. });
    assert!(problems.iter().all(is_hint), "{problems:?}");
    world.engine.forget_location(&location);
    let problems = world.engine.preflight_of(&location).await;
    assert!(
        matches!(&problems[..], [PreflightError::NotServed { .. }]),
        "{problems:?}"
    );
}

#[tokio::test]
async fn every_step_of_a_removed_location_has_one_end() {
    let world = world().await;
    let location = world.location().id().clone();
    for number in 0..5 {
        somebody_calls(&world, number).await;
    }
    world.engine.step().await.unwrap();
    world
        .engine
        .remove_location(&location, Removal::End)
        .await
        .unwrap();
    world
        .engine
        .put_location(world.location(), recipe())
        .await
        .unwrap();
    world.minutes(30 * 60).await;
    let mut ends = std::collections::BTreeMap::new();
    for entry in world.ledger().await {
        if let EntryKind::Done { step, .. } | EntryKind::NotDone { step, .. } = entry.kind {
            *ends.entry((entry.episode, step)).or_insert(0) += 1;
        }
    }
    assert_eq!(ends.len(), 15);
    assert!(ends.values().all(|count| *count == 1), "{ends:?}");
}

//! No text after an opt-out: STOP, do-not-disturb, replies and the suppression list.

use std::sync::Arc;

use gohighlevel::api::contacts::{ContactUpdate, DndChannel, DndSetting, DndSettings, DndStatus};
use gohighlevel::clock::Clock;
use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::GatePoint;
use http::Method;

use crate::missed_call::harness::world::{World, caller};

/// A recipe whose text waits two minutes, so that something can come before it.
fn delayed() -> Recipe {
    let toml = r#"
        name = "delayed"
        version = 1
        [business]
        display_name = "Soleil"
        [steps.text]
        do = "text"
        after = "PT2M"
        body = "Sorry we missed you, {{ location.name }}"
        [steps.tag]
        do = "tag"
        [steps.task]
        do = "task"
        title = "Missed call — follow up within 1 hour"
    "#;
    Recipe::from_toml("delayed.toml", toml).unwrap()
}

async fn delayed_world() -> World {
    World::with(delayed(), Arc::new(MemoryStore::new())).await
}

#[tokio::test]
async fn a_reply_before_the_text_stops_it_and_leaves_the_task() {
    let world = delayed_world().await;
    let ended_at = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(1).await;
    world.writes(caller(), "are you open on Sunday?").await;
    world.minutes(30).await;
    world.assert_not_texted(&call.contact_id, "replied").await;
    world.assert_tag_and_task(&call, ended_at).await;
}

#[tokio::test]
async fn stop_before_the_text_suppresses_it_and_all_later_ones() {
    for word in ["STOP", "please stop texting me", "wrong number"] {
        let world = delayed_world().await;
        let call = world.missed_call().await;
        world.writes(caller(), word).await;
        world.minutes(30).await;
        assert!(world.texts(&call.contact_id).await.is_empty(), "{word}");
        world.minutes(5 * 60).await;
        world.missed_call().await;
        world.minutes(30).await;
        assert!(world.texts(&call.contact_id).await.is_empty(), "{word}");
        assert_eq!(world.tasks(&call.contact_id).await.len(), 2, "{word}");
        assert!(
            world.tasks(&call.contact_id).await[1]
                .body
                .as_ref()
                .unwrap()
                .contains("do not text"),
            "{word}"
        );
    }
}

#[tokio::test]
async fn stop_without_an_episode_counts_for_the_next_call() {
    let world = World::new().await;
    let reply = world.writes(caller(), "lose my number").await;
    world.missed_call().await;
    world.minutes(5).await;
    world
        .assert_not_texted(&reply.contact_id, "suppressed")
        .await;
}

#[tokio::test]
async fn start_takes_a_stop_back_for_the_next_call_only() {
    let world = delayed_world().await;
    let call = world.missed_call().await;
    world.writes(caller(), "remove me").await;
    world.minutes(1).await;
    world.writes(caller(), "START").await;
    world.minutes(5 * 60).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    world.missed_call().await;
    world.minutes(10).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}

async fn set_dnd(world: &World, contact: &str, status: DndStatus) {
    let update = ContactUpdate {
        dnd_settings: Some(DndSettings::default().with(DndChannel::Sms, DndSetting::new(status))),
        ..ContactUpdate::default()
    };
    world
        .location()
        .contacts()
        .update(&ContactId::new(contact).unwrap(), &update)
        .await
        .unwrap();
    world.ghl.deliveries_settled().await;
}

#[tokio::test]
async fn do_not_disturb_suppresses_until_it_is_turned_off() {
    let world = World::new().await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    set_dnd(&world, &call.contact_id, DndStatus::Active).await;
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    assert_eq!(world.tasks(&call.contact_id).await.len(), 2);
    set_dnd(&world, &call.contact_id, DndStatus::Inactive).await;
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
}

#[tokio::test]
async fn turning_do_not_disturb_off_does_not_take_back_a_stop_that_highlevel_did_not_see() {
    let world = World::new().await;
    let reply = world.writes(caller(), "stop texting me").await;
    set_dnd(&world, &reply.contact_id, DndStatus::Active).await;
    set_dnd(&world, &reply.contact_id, DndStatus::Inactive).await;
    world.missed_call().await;
    world.minutes(5).await;
    assert!(world.texts(&reply.contact_id).await.is_empty());
}

#[tokio::test]
async fn do_not_disturb_that_no_webhook_reported_is_seen_right_before_the_text() {
    let world = delayed_world().await;
    let call = world.missed_call().await;
    let url = format!("{}/nowhere", world.ghl.url());
    world.ghl.set_webhook_url(&url).unwrap();
    set_dnd(&world, &call.contact_id, DndStatus::Permanent).await;
    world.minutes(30).await;
    world
        .assert_not_texted(&call.contact_id, "do_not_disturb")
        .await;
}

#[tokio::test]
async fn a_refusal_by_highlevel_at_the_last_moment_suppresses() {
    let world = World::new().await;
    let call = world.missed_call().await;
    let mut gate = world
        .ghl
        .gate(
            Method::POST,
            "/conversations/messages",
            GatePoint::BeforeEffect,
        )
        .unwrap();
    let at_the_last_moment = async {
        let held = gate.arrived().await.unwrap();
        let url = format!("{}/nowhere", world.ghl.url());
        world.ghl.set_webhook_url(&url).unwrap();
        set_dnd(&world, &call.contact_id, DndStatus::Active).await;
        held.release();
    };
    tokio::join!(world.minutes(5), at_the_last_moment);
    world
        .assert_not_texted(&call.contact_id, "do_not_disturb")
        .await;
}

#[tokio::test]
async fn a_stop_while_the_facts_are_read_wins_over_the_text() {
    let world = World::new().await;
    let call = world.missed_call().await;
    let mut gate = world
        .ghl
        .gate(
            Method::GET,
            "/locations/*/customValues",
            GatePoint::BeforeAnswer,
        )
        .unwrap();
    let meanwhile = async {
        let held = gate.arrived().await.unwrap();
        world.writes(caller(), "take me off your list").await;
        held.release();
    };
    tokio::join!(world.minutes(5), meanwhile);
    let history = world.history().await;
    let told = "not_done text opted_out".to_owned();
    assert!(history.contains(&told), "{history:?}");
    // Nothing but the confirmation.
    let texts = world.texts(&call.contact_id).await;
    let bodies = texts
        .iter()
        .map(|text| text.body.as_ref().unwrap().as_str());
    let bodies: Vec<_> = bodies.collect();
    assert_eq!(bodies, ["Soleil: you will get no more texts from us."]);
}

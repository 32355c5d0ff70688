//! Faults on the way to HighLevel: exactly one text and one task, in time, whatever fails.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::clock::Clock;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::{CanonicalCode, Fault};
use http::{Method, StatusCode};

use crate::missed_call::harness::world::World;

const SEND: &str = "/conversations/messages";

fn faults() -> Vec<(Fault, u32)> {
    vec![
        (Fault::DropAfter, 1),
        (Fault::DropBefore, 3),
        (Fault::Status(StatusCode::INTERNAL_SERVER_ERROR), 3),
        (Fault::Html(StatusCode::BAD_GATEWAY), 3),
        (Fault::TooManyRequests, 3),
        (Fault::Empty(StatusCode::OK), 2),
        (Fault::Html(StatusCode::OK), 2),
        (Fault::Timeout401, 3),
        (Fault::Passing400, 3),
        (Fault::Gateway1010, 3),
        (Fault::ChallengePage, 3),
        (Fault::Gateway(StatusCode::NOT_FOUND), 3),
        (Fault::Text(StatusCode::UNAUTHORIZED), 3),
    ]
}

/// HighLevel's reads are refused so often that the client's own repeats do not help, in words that are known to pass, in
/// words nobody knows, and in another's place.
#[tokio::test]
async fn a_refused_read_ends_no_text_at_first_sight() {
    for fault in [
        Fault::Passing400,
        Fault::Status(StatusCode::BAD_REQUEST),
        Fault::Status(StatusCode::UNPROCESSABLE_ENTITY),
        Fault::Html(StatusCode::NOT_FOUND),
        Fault::Gateway(StatusCode::NOT_FOUND),
    ] {
        for path in ["/contacts/*", "/locations/*/customValues"] {
            let world = World::new().await;
            world.ghl.fault(Method::GET, path, fault, 12).unwrap();
            let ended_at = world.clock.now();
            let call = world.missed_call().await;
            world.minutes(2).await;
            world.ghl.clear_faults();
            world.minutes(30).await;
            world.assert_recovered_once(&call, ended_at).await;
        }
    }
}

/// What HighLevel says of the text itself, in words that do not pass, ends it.
#[tokio::test]
async fn a_refused_text_ends() {
    for (fault, reason) in [
        (Fault::Status(StatusCode::BAD_REQUEST), "failed:refused_400"),
        (Fault::Code(CanonicalCode::DndActiveSms), "do_not_disturb"),
        (
            Fault::Code(CanonicalCode::NoContent),
            "failed:validation_422",
        ),
    ] {
        let world = World::new().await;
        world.ghl.fault(Method::POST, SEND, fault, 1).unwrap();
        let call = world.missed_call().await;
        world.minutes(30).await;
        world.assert_not_texted(&call.contact_id, reason).await;
    }
}

#[tokio::test]
async fn exactly_one_text_within_a_minute() {
    for (fault, times) in faults() {
        let world = World::new().await;
        world.ghl.fault(Method::POST, SEND, fault, times).unwrap();
        let ended_at = world.clock.now();
        let call = world.missed_call().await;
        world.minutes(30).await;
        world.assert_recovered_once(&call, ended_at).await;
        let seconds = world
            .ledger()
            .await
            .iter()
            .find_map(|entry| match &entry.kind {
                EntryKind::Done {
                    step,
                    seconds_after_call,
                    ..
                } if step.as_str() == "text" => Some(*seconds_after_call),
                _ => None,
            });
        assert!(
            seconds.unwrap() <= 60,
            "{fault:?}: {seconds:?} s, {:?}",
            world.history().await
        );
    }
}

#[tokio::test]
async fn exactly_one_task_and_the_tag() {
    for path in ["/contacts/*/tasks", "/contacts/*/tags"] {
        for (fault, times) in faults() {
            let world = World::new().await;
            world.ghl.fault(Method::POST, path, fault, times).unwrap();
            let ended_at = world.clock.now();
            let call = world.missed_call().await;
            world.minutes(30).await;
            world.assert_recovered_once(&call, ended_at).await;
        }
    }
}

#[tokio::test]
async fn faults_while_reading_cost_nothing() {
    for path in [
        "/contacts/*",
        "/locations/*/customValues",
        "/conversations/search",
        "/conversations/*/messages",
        "/contacts/*/tasks",
    ] {
        for (fault, times) in faults() {
            let world = World::new().await;
            world.ghl.fault(Method::GET, path, fault, times).unwrap();
            world
                .ghl
                .fault(Method::POST, SEND, Fault::DropAfter, 1)
                .unwrap();
            world
                .ghl
                .fault(Method::POST, "/contacts/*/tasks", Fault::DropAfter, 1)
                .unwrap();
            let ended_at = world.clock.now();
            let call = world.missed_call().await;
            world.minutes(30).await;
            world.assert_recovered_once(&call, ended_at).await;
        }
    }
}

#[tokio::test]
async fn an_outage_longer_than_the_age_limit_ends_in_the_task() {
    let world = World::new().await;
    for (method, path) in [
        (Method::GET, "/contacts/*"),
        (Method::POST, "/contacts/*/tags"),
        (Method::POST, "/contacts/*/tasks"),
    ] {
        world
            .ghl
            .fault(
                method,
                path,
                Fault::Status(StatusCode::SERVICE_UNAVAILABLE),
                10_000,
            )
            .unwrap();
    }
    let ended_at = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(20).await;
    world.ghl.clear_faults();
    world.minutes(30).await;
    world.assert_not_texted(&call.contact_id, "stale").await;
    world.assert_tag_and_task(&call, ended_at).await;
    let history = world.history().await;
    assert!(
        history
            .iter()
            .any(|told| told.starts_with("postponed text unavailable")),
        "{history:?}"
    );
}

#[tokio::test]
async fn a_request_that_hangs_is_settled() {
    let world = World::new().await;
    world
        .ghl
        .fault(Method::POST, SEND, Fault::Hang(Duration::from_secs(30)), 1)
        .unwrap();
    let ended_at = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(30).await;
    world.assert_recovered_once(&call, ended_at).await;
}

#[tokio::test]
async fn without_a_cooldown_two_calls_in_an_outage_are_one_text() {
    let toml = r#"
        name = "eager"
        version = 1
        [business]
        display_name = "Soleil"
        [call]
        cooldown = "PT0S"
        [steps.text]
        do = "text"
        body = "Sorry we missed you, {{ location.name }}"
    "#;
    let recipe = Recipe::from_toml("eager.toml", toml).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let down = Fault::Status(StatusCode::SERVICE_UNAVAILABLE);
    world
        .ghl
        .fault(Method::GET, "/contacts/*", down, 10_000)
        .unwrap();
    let call = world.missed_call().await;
    world.minutes(2).await;
    world.missed_call().await;
    world.minutes(1).await;
    world.ghl.clear_faults();
    world.minutes(10).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    world.missed_call().await;
    world.minutes(10).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
}

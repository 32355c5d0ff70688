//! One missed call from the webhook to the ledger: text, tag, task, and what preflight reports before.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::clock::Clock;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::episode::Intent;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{MemoryStore, SqliteStore, Store};
use gohighlevel::testing::{Call, CallStatus};

use crate::missed_call::harness::world::{LINK, LOCATION, World, business, caller, soleil};

#[tokio::test]
async fn a_missed_call_becomes_one_text_one_tag_and_one_task() {
    let world = World::new().await;
    let ended_at = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(30).await;
    world.assert_recovered_once(&call, ended_at).await;
    assert_eq!(
        world.history().await,
        ["call_missed", "done text", "done tag", "done task"]
    );
    world.minutes(24 * 60).await;
    world.assert_recovered_once(&call, ended_at).await;
    assert_eq!(world.history().await.last().unwrap(), "closed");
}

#[tokio::test]
async fn the_text_is_accepted_right_away_and_its_evidence_is_in_the_ledger() {
    let world = World::new().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let ledger = world.ledger().await;
    let (caller_number, webhook) = ledger
        .iter()
        .find_map(|entry| match &entry.kind {
            EntryKind::CallMissed { call, .. } => {
                Some((call.caller.clone(), call.evidence.delivery.clone()))
            }
            _ => None,
        })
        .unwrap();
    assert_eq!(caller_number, Some(caller()));
    assert_eq!(webhook, format!("webhook:{}", call.webhook_id));
    let (body, basis) = ledger
        .iter()
        .find_map(|entry| match &entry.kind {
            EntryKind::Attempted {
                intent: Intent::Text { body, .. },
                basis,
                ..
            } => Some((body.clone(), basis.clone())),
            _ => None,
        })
        .unwrap();
    assert!(body.contains(LINK) && body.contains("STOP"));
    assert_eq!(basis.unwrap().as_str(), call.message_id);
    let seconds = ledger.iter().find_map(|entry| match &entry.kind {
        EntryKind::Done {
            step,
            seconds_after_call,
            ..
        } if step.as_str() == "text" => Some(*seconds_after_call),
        _ => None,
    });
    assert!(seconds.unwrap() < 60);
    assert_eq!(
        world.texts(&call.contact_id).await[0].body.as_ref(),
        Some(&body)
    );
}

#[tokio::test]
async fn an_answered_call_leads_to_nothing() {
    let world = World::new().await;
    for status in [
        CallStatus::Completed,
        CallStatus::Answered,
        CallStatus::Pending,
    ] {
        let call = Call::missed(LOCATION, caller(), business()).with_status(status, 60);
        world.call(&call).await;
    }
    world.minutes(60).await;
    // HighLevel was asked what time it is, and nothing else.
    let asked = world.ghl.requests();
    assert!(asked.iter().all(|request| request.path == "/"));
    assert!(world.ledger().await.is_empty());
}

#[tokio::test]
async fn every_way_to_miss_a_call_counts() {
    for status in [
        CallStatus::NoAnswer,
        CallStatus::Busy,
        CallStatus::Canceled,
        CallStatus::Failed,
        CallStatus::Voicemail,
    ] {
        let world = World::new().await;
        let call = world
            .call(&Call::missed(LOCATION, caller(), business()).with_status(status, 0))
            .await;
        world.minutes(1).await;
        assert_eq!(world.texts(&call.contact_id).await.len(), 1, "{status:?}");
    }
}

#[tokio::test]
async fn repeats_and_further_calls_within_the_cooldown_change_nothing_but_the_ledger() {
    let world = World::new().await;
    let ended_at = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(1).await;
    for _ in 0..5 {
        world.ghl.resend(&call.webhook_id).unwrap();
        world.ghl.deliveries_settled().await;
    }
    for _ in 0..2 {
        world.minutes(5).await;
        world.missed_call().await;
    }
    world.minutes(60).await;
    world.assert_recovered_once(&call, ended_at).await;
    let joined = world
        .history()
        .await
        .iter()
        .filter(|kind| *kind == "call_joined")
        .count();
    assert_eq!(joined, 2);
}

#[tokio::test]
async fn after_the_cooldown_a_call_is_a_new_episode() {
    let world = World::new().await;
    let call = world.missed_call().await;
    world.minutes(4 * 60 + 1).await;
    world.missed_call().await;
    world.minutes(1).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
    assert_eq!(world.tasks(&call.contact_id).await.len(), 2);
}

#[tokio::test]
async fn many_calls_at_once_of_one_caller_are_one_episode() {
    let world = World::new().await;
    let ended_at = world.clock.now();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            world
                .ghl
                .call(&Call::missed(LOCATION, caller(), business()))
                .unwrap()
        })
        .collect();
    world.ghl.deliveries_settled().await;
    world.minutes(10).await;
    world.assert_recovered_once(&calls[0], ended_at).await;
    assert_eq!(
        world
            .history()
            .await
            .iter()
            .filter(|kind| *kind == "call_joined")
            .count(),
        19
    );
}

#[tokio::test]
async fn a_late_webhook_makes_the_task_and_no_text() {
    let world = World::new().await;
    let ended_at = world.clock.now();
    world
        .ghl
        .set_webhook_url("http://127.0.0.1:9/nobody")
        .unwrap();
    let call = world.missed_call().await;
    world.clock.advance(Duration::from_secs(11 * 60));
    let mut world = world;
    let store = Arc::clone(&world.store);
    world.restart(store).await;
    world.ghl.resend(&call.webhook_id).unwrap();
    world.ghl.deliveries_settled().await;
    world.minutes(5).await;
    world.assert_not_texted(&call.contact_id, "stale").await;
    world.assert_tag_and_task(&call, ended_at).await;
    let body = world.tasks(&call.contact_id).await[0].body.clone().unwrap();
    assert!(body.contains("reported too late"), "{}", body.as_str());
}

#[tokio::test]
async fn a_withheld_number_writes_nothing_to_highlevel() {
    let world = World::new().await;
    world
        .call(&Call::missed(
            LOCATION,
            serde_json::from_value("+266696687".into()).unwrap(),
            business(),
        ))
        .await;
    // What time it is may be asked: that names nobody.
    let about_somebody = || {
        let requests = world.ghl.requests();
        requests
            .iter()
            .filter(|request| request.path != "/")
            .count()
    };
    let before = about_somebody();
    world.minutes(60).await;
    assert_eq!(about_somebody(), before);
    assert_eq!(
        world.history().await,
        [
            "call_missed",
            "not_done text withheld",
            "not_done tag withheld",
            "not_done task withheld"
        ]
    );
}

#[tokio::test]
async fn a_vanished_custom_value_costs_the_text_and_never_the_task() {
    let world = World::new().await;
    let values = world.location();
    let link = values
        .custom_values()
        .find("calendly_link")
        .await
        .unwrap()
        .unwrap();
    values.custom_values().delete(&link.id).await.unwrap();
    let ended_at = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(5).await;
    world
        .assert_not_texted(&call.contact_id, "copy:custom_value_missing")
        .await;
    world.assert_tag_and_task(&call, ended_at).await;
}

#[tokio::test]
async fn a_running_episode_keeps_its_recipe() {
    let delayed = |words: &str| {
        let toml = format!(
            "name = \"delayed\"\nversion = 1\n[steps.text]\ndo = \"text\"\nafter = \"PT2M\"\nbody = \"{words} from {{{{ location.name }}}}\"\n[business]\ndisplay_name = \"Soleil\"\n"
        );
        Recipe::from_toml("delayed.toml", &toml).unwrap()
    };
    let mut world = World::with(delayed("Hello"), Arc::new(MemoryStore::new())).await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    world.change_recipe(delayed("Goodbye")).await;
    world.minutes(5).await;
    let texts = world.texts(&call.contact_id).await;
    assert_eq!(texts.len(), 1);
    assert!(
        texts[0]
            .body
            .as_ref()
            .unwrap()
            .starts_with("Hello from Soleil")
    );
}

#[tokio::test]
async fn preflight_tells_of_other_words_under_the_same_version() {
    let recipe = |words: &str, version: u32| {
        let toml = format!(
            "name = \"studio\"\nversion = {version}\n[steps.text]\ndo = \"text\"\nbody = \"{words} from {{{{ location.name }}}}\"\n[business]\ndisplay_name = \"Soleil\"\n"
        );
        Recipe::from_toml("studio.toml", &toml).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let on_disk = SqliteStore::open(folder.path().join("calls.db")).unwrap();
    for store in [
        Arc::new(MemoryStore::new()) as Arc<dyn Store>,
        Arc::new(on_disk),
    ] {
        let mut world = World::with(recipe("Hello", 1), store).await;
        world.missed_call().await;
        assert!(world.engine.preflight().await.is_empty());
        world.change_recipe(recipe("Goodbye", 1)).await;
        let told: Vec<String> = world
            .engine
            .preflight()
            .await
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains(
                "a hint: studio.toml:2: version: a different recipe ran as `studio` version 1"
            ) && told[0].contains("write version = 2"),
            "{told:?}"
        );
        world.change_recipe(recipe("Goodbye", 2)).await;
        assert!(world.engine.preflight().await.is_empty());
    }
}

#[tokio::test]
async fn the_phone_of_the_location_and_keys_that_begin_with_a_digit_are_filled_in() {
    let recipe = Recipe::from_toml(
        "studio.toml",
        "name = \"studio\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"{{ location.name }}: call {{ location.phone }}{% if custom_values.2nd_link %} or book {{ custom_values.2nd_link }}{% endif %}\"\n[business]\ndisplay_name = \"Soleil\"\n",
    )
    .unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    assert!(world.engine.preflight().await.is_empty());
    let call = world.missed_call().await;
    world.minutes(1).await;
    let texts = world.texts(&call.contact_id).await;
    let body = texts[0].body.as_ref().unwrap();
    assert!(body.starts_with("Soleil: call +13125550100 Reply"));
}

#[tokio::test]
async fn preflight_names_what_a_location_lacks() {
    let world = World::new().await;
    assert!(world.engine.preflight().await.is_empty());
    let location = world.location();
    let link = location
        .custom_values()
        .find("calendly_link")
        .await
        .unwrap()
        .unwrap();
    location.custom_values().delete(&link.id).await.unwrap();
    let errors = world.engine.preflight().await;
    let told = errors[0].to_string();
    assert!(
        told.contains("calendly_link") && told.contains("text.body"),
        "{told}"
    );
    assert_eq!(soleil().name(), "soleil");
}

//! The duration of a call, and calls answered so briefly that a mailbox may have answered them.

use std::sync::Arc;

use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{MissedReason, Recipe};
use gohighlevel::testing::{Call, CallStatus};

use super::RECIPE;
use crate::missed_call::harness::world::{LOCATION, World, business, caller};

async fn world(rules: &str) -> World {
    let source = RECIPE.replace("[steps.text]", &format!("[call]\n{rules}\n\n[steps.text]"));
    let recipe = Recipe::from_toml("short_calls.toml", &source).unwrap();
    World::with(recipe, Arc::new(MemoryStore::new())).await
}

fn answered(seconds: u32) -> Call {
    Call::missed(LOCATION, caller(), business()).with_status(CallStatus::Completed, seconds)
}

#[tokio::test]
async fn a_short_answered_call_is_reported_and_nothing_else() {
    for (rules, seconds, story) in [
        ("", 14, &["call_unclear"][..]),
        ("", 15, &[]),
        ("", 0, &["call_unclear"]),
        ("voicemail_below = \"PT20S\"", 19, &["call_unclear"]),
        ("voicemail_below = \"PT20S\"", 20, &[]),
        ("suspected_voicemail = \"reported\"", 3, &["call_unclear"]),
        ("suspected_voicemail = \"answered\"", 3, &[]),
    ] {
        let world = world(rules).await;
        let call = world.call(&answered(seconds)).await;
        world.minutes(48 * 60).await;
        assert_eq!(world.history().await, story, "{rules} {seconds}");
        assert!(world.texts(&call.contact_id).await.is_empty());
        if let Some(entry) = world.ledger().await.pop() {
            let EntryKind::CallUnclear { message, status } = entry.kind else {
                panic!("{entry:?}");
            };
            assert_eq!(message.as_str(), call.message_id);
            assert_eq!(status, "suspected_voicemail");
        }
    }
}

#[tokio::test]
async fn a_recipe_can_take_it_for_a_missed_one() {
    let world = world("suspected_voicemail = \"missed\"").await;
    let call = world.call(&answered(8)).await;
    world.minutes(5).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    let ledger = world.ledger().await;
    let EntryKind::CallMissed { call, .. } = &ledger[0].kind else {
        panic!("{ledger:?}");
    };
    assert_eq!(call.reason, MissedReason::SuspectedVoicemail);
    assert_eq!(call.seconds, Some(8));
    // A longer one was answered by somebody, and ends it.
    let spoken = world.call(&answered(80)).await;
    world.minutes(48 * 60).await;
    assert_eq!(
        world.happened().await,
        [format!("answered {}", spoken.message_id)]
    );
}

#[tokio::test]
async fn a_reported_call_still_counts_as_answered() {
    let world = world("").await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let short = world.call(&answered(8)).await;
    world.minutes(48 * 60).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    assert_eq!(
        world.happened().await,
        [format!("answered {}", short.message_id)]
    );
    let unclear = |told: &&String| *told == "call_unclear";
    assert_eq!(world.history().await.iter().filter(unclear).count(), 1);
}

#[tokio::test]
async fn the_length_of_the_call_stands_in_the_ledger_and_in_the_note() {
    let source = format!("{RECIPE}\n[steps.note]\ndo = \"note\"\n");
    let recipe = Recipe::from_toml("note.toml", &source).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let missed = Call::missed(LOCATION, caller(), business()).with_status(CallStatus::NoAnswer, 23);
    let call = world.call(&missed).await;
    world.minutes(1).await;
    let EntryKind::CallMissed { call: record, .. } = &world.ledger().await[0].kind else {
        panic!("the first entry is the call");
    };
    assert_eq!(record.seconds, Some(23));
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    let notes = world.location().notes().list(&contact).await.unwrap();
    assert!(
        notes[0]
            .body
            .as_ref()
            .unwrap()
            .contains("Length of the call: 23 s")
    );
}

//! An experiment over HTTP: whose text is held back, what is done all the same, and when it ends.

use std::sync::Arc;

use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::ledger::{EntryKind, ExperimentArm};
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::{Call, SimulatedEvent};

use crate::missed_call::harness::world::{LOCATION, World, business};

const RECIPE: &str = r#"
    name = "held"
    version = 1
    [steps.text]
    do = "text"
    body = "Soleil: sorry we missed your call."
    [steps.tag]
    do = "tag"
    [steps.task]
    do = "task"
    title = "Call back"
    [experiment]
    name = "spring"
    hold_out = 0.5
    planned = 400
    calls = 400
"#;

fn recipe(toml: &str) -> Recipe {
    Recipe::from_toml("held.toml", toml).unwrap()
}

/// Callers of this arm, none beside another.
fn callers(arm: ExperimentArm) -> impl Iterator<Item = PhoneNumber> {
    let recipe = recipe(RECIPE);
    let numbers = (107..200).step_by(7).map(|last| format!("+13125550{last}"));
    numbers
        .filter(move |number| recipe.experiment().unwrap().assign(number).arm == arm)
        .map(|number| number.parse().unwrap())
}

async fn calls(world: &World, from: &PhoneNumber) -> SimulatedEvent {
    world
        .call(&Call::missed(LOCATION, from.clone(), business()))
        .await
}

#[tokio::test]
async fn tag_and_task_are_made_for_both_arms_and_one_gets_no_text() {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::with(recipe(RECIPE), store.clone()).await;
    let held_out = callers(ExperimentArm::HeldOut).next().unwrap();
    let first = calls(&world, &held_out).await;
    world.minutes(1).await;
    assert!(world.texts(&first.contact_id).await.is_empty());
    assert_eq!(
        world.history().await,
        [
            "call_missed",
            "experiment_began",
            "assigned",
            "not_done text held_out",
            "done tag",
            "done task"
        ]
    );
    let task = world.tasks(&first.contact_id).await.remove(0);
    let body = task.body.unwrap();
    assert!(body.contains("holds the text back"), "{body:?}");

    // Another process goes on, and announces nothing again.
    world.restart(store).await;
    let texted = callers(ExperimentArm::Texted).next().unwrap();
    let second = calls(&world, &texted).await;
    world.minutes(1).await;
    assert_eq!(world.texts(&second.contact_id).await.len(), 1);
    assert_eq!(world.tags(&second.contact_id).await, ["missed-call"]);
    assert_eq!(
        world.history().await[6..],
        [
            "call_missed",
            "assigned",
            "done text",
            "done tag",
            "done task"
        ]
    );
}

#[tokio::test]
async fn a_second_call_brings_the_text_that_was_held_back() {
    let world = World::with(recipe(RECIPE), Arc::new(MemoryStore::new())).await;
    let held_out = callers(ExperimentArm::HeldOut).next().unwrap();
    let call = calls(&world, &held_out).await;
    world.minutes(90).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    calls(&world, &held_out).await;
    world.minutes(1).await;
    calls(&world, &held_out).await;
    world.minutes(10).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
    let history = world.history().await;
    let since = history.iter().position(|entry| entry == "call_joined");
    assert_eq!(
        history[since.unwrap()..],
        ["call_joined", "released", "done text", "call_joined"]
    );
}

#[tokio::test]
async fn it_ends_after_its_number_of_callers() {
    let toml = RECIPE.replace("calls = 400", "calls = 2");
    let world = World::with(recipe(&toml), Arc::new(MemoryStore::new())).await;
    let mut texts = Vec::new();
    for caller in callers(ExperimentArm::HeldOut).take(3) {
        for _ in 0..2 {
            let call = calls(&world, &caller).await;
            world.minutes(1).await;
            texts.push(world.texts(&call.contact_id).await.len());
            // The next call is a new one.
            world.minutes(5 * 60).await;
        }
    }
    // The second caller's second call comes after the end.
    assert_eq!(texts, [0, 0, 0, 1, 1, 2]);
    let ledger = world.ledger().await;
    let assigned = ledger
        .iter()
        .filter(|entry| matches!(entry.kind, EntryKind::Assigned { .. }));
    assert_eq!(assigned.count(), 3);
}

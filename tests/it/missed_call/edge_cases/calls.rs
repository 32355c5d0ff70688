//! Calls that are reported twice, by odd numbers, or in odd ways.

use std::sync::Arc;

use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::report::{Outcome, Report, Settings};
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::{Call, CallStatus};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::missed_call::harness::intake_engine::desk;
use crate::missed_call::harness::world::{LOCATION, World, business, caller};

/// A text after two minutes and another after two hours; a task after five minutes, which is completed when the caller
/// gets through.
async fn world() -> World {
    let toml = r#"
        name = "again"
        version = 1
        [steps.text]
        do = "text"
        after = "PT2M"
        body = "Sorry we missed you."
        [steps.later]
        do = "text"
        after = "PT2H"
        body = "Still here for you."
        [steps.task]
        do = "task"
        after = "PT5M"
        stops_on = ["answered"]
        title = "Call back"
        [steps.close]
        do = "complete_task"
        on = "answered"
        task = "task"
        [compliance]
        later_texts = "always"
    "#;
    let recipe = Recipe::from_toml("again.toml", toml).unwrap();
    World::with(recipe, Arc::new(MemoryStore::new())).await
}

/// The caller calls once more, and somebody answers.
async fn gets_through(world: &World) {
    let call = Call::missed(LOCATION, caller(), business());
    world
        .call(&call.with_status(CallStatus::Completed, 60))
        .await;
}

async fn outcome(world: &World) -> Outcome {
    let report = Report::of(&world.ledger().await, &Settings::new(TimeZone::UTC));
    assert_eq!(report.rows.len(), 1);
    report.rows[0].outcome.clone()
}

#[tokio::test]
async fn a_caller_who_gets_through_before_the_text_gets_neither_text_nor_task() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    gets_through(&world).await;
    world.minutes(24 * 60).await;
    world
        .assert_not_texted(&call.contact_id, "overtaken:answered")
        .await;
    assert!(world.tasks(&call.contact_id).await.is_empty());
    assert_eq!(outcome(&world).await, Outcome::Connected);
}

#[tokio::test]
async fn a_caller_who_gets_through_after_the_text_gets_no_more_and_the_task_is_completed() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(10).await;
    let tasks = world.tasks(&call.contact_id).await;
    assert_eq!(
        (tasks.len(), tasks[0].completed),
        (1, Some(false)),
        "the team has a task until then"
    );
    gets_through(&world).await;
    world.minutes(24 * 60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    let tasks = world.tasks(&call.contact_id).await;
    assert_eq!((tasks.len(), tasks[0].completed), (1, Some(true)));
    assert_eq!(outcome(&world).await, Outcome::Connected);
}

#[tokio::test]
async fn calls_to_two_numbers_of_one_business_are_one_text_from_the_first() {
    let world = World::new().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let other = "+13125550101".parse().unwrap();
    world.call(&Call::missed(LOCATION, caller(), other)).await;
    world.minutes(30).await;
    let history = world.history().await;
    assert!(history.contains(&"call_joined".to_owned()), "{history:?}");
    let texts = world.texts(&call.contact_id).await;
    assert_eq!(texts.len(), 1);
    let sent_from = world
        .ghl
        .requests()
        .iter()
        .filter(|request| request.method == "POST" && request.path == "/conversations/messages")
        .map(|request| request.body["fromNumber"].clone())
        .collect::<Vec<_>>();
    assert_eq!(sent_from, [json!(business().e164())]);
}

#[tokio::test]
async fn a_call_that_the_platform_failed_is_missed_and_says_so() {
    let mut desk = desk();
    desk.call(json!({"status": "failed", "callStatus": "failed"}))
        .await;
    let entry = desk.entry().await;
    assert_eq!(
        (&entry["kind"], &entry["reason"]),
        (&json!("call_missed"), &json!("failed"))
    );
}

#[tokio::test]
async fn a_call_that_turns_out_to_be_answered_gets_no_text() {
    let mut desk = desk();
    // One call, told of while it rings, when it ended, and once more with what became of it.
    for status in ["pending", "no-answer", "completed"] {
        desk.call(json!({"status": status, "callStatus": status, "callDuration": 60}))
            .await;
    }
    assert_eq!(
        desk.story().await,
        [
            "call_missed",
            "happened",
            "text not_done overtaken:answered"
        ]
    );
}

#[tokio::test]
async fn a_call_without_an_id_that_is_reported_twice_is_texted_once() {
    let mut desk = desk();
    for _ in 0..2 {
        desk.call(json!({"messageId": "-"})).await;
    }
    assert_eq!(desk.story().await, ["call_missed", "call_joined"]);
    assert_eq!(desk.planned().await, 3);
}

//! Tasks that are completed.

use std::sync::Arc;

use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use serde_json::json;

use super::{RECIPE, world};
use crate::missed_call::harness::world::World;

#[tokio::test]
async fn a_person_who_completes_the_task_has_taken_care_of_the_caller() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let task = world.tasks(&call.contact_id).await.remove(0).id;
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    let location = world.location();
    location
        .tasks()
        .complete(&contact, &task, true)
        .await
        .unwrap();
    world.ghl.deliveries_settled().await;
    world.minutes(48 * 60).await;
    assert_eq!(world.happened().await, [format!("task_done {task}")]);
    world
        .assert_not_texted(&call.contact_id, "overtaken:task_done")
        .await;
    assert_eq!(world.tags(&call.contact_id).await, ["called-back"]);
}

#[tokio::test]
async fn other_tasks_of_the_contact_say_nothing() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let other = json!({"type": "TaskComplete", "id": "another", "contactId": call.contact_id});
    world.hears(other).await;
    let nobodys = json!({"type": "TaskComplete", "id": "another", "title": "Call back"});
    world.hears(nobodys).await;
    let made = json!({"type": "TaskCreate", "id": "another", "contactId": call.contact_id});
    world.hears(made).await;
    world.minutes(2).await;
    assert_eq!(world.happened().await, [""; 0]);
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn a_task_that_a_step_completes_is_not_recorded_as_done_by_a_person() {
    let completes = format!(
        "{RECIPE}\n[steps.done]\ndo = \"complete_task\"\ntask = \"task\"\non = \"replied\"\n"
    );
    let recipe = Recipe::from_toml("completes.toml", &completes).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    world
        .writes(
            crate::missed_call::harness::world::caller(),
            "Can I come tomorrow?",
        )
        .await;
    world.minutes(5).await;
    world.ghl.deliveries_settled().await;
    let task = world.tasks(&call.contact_id).await.remove(0);
    assert_eq!(task.completed, Some(true));
    assert!(world.history().await.contains(&"done done".to_owned()));
    assert_eq!(world.happened().await, [""; 0]);
    assert!(world.tags(&call.contact_id).await.is_empty());
}

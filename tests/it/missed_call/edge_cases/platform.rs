//! Requests that HighLevel refuses, records that no longer exist, and changes between the call and the text.

use std::sync::Arc;

use gohighlevel::api::custom_values::CustomValueInput;
use gohighlevel::api::tags::TagName;
use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::Fault;
use http::{Method, StatusCode};

use crate::missed_call::harness::world::{LINK, World};

/// A text with the link after two minutes, and a task after five.
async fn world() -> World {
    let toml = r#"
        name = "platform"
        version = 1
        [steps.text]
        do = "text"
        after = "PT2M"
        body = "Sorry we missed you. Book: {{ custom_values.calendly_link }}"
        [steps.task]
        do = "task"
        after = "PT5M"
        title = "Call back"
        assign_to = { user_id = "somebody-who-left" }
    "#;
    let recipe = Recipe::from_toml("platform.toml", toml).unwrap();
    World::with(recipe, Arc::new(MemoryStore::new())).await
}

#[tokio::test]
async fn a_text_that_highlevel_refuses_is_not_tried_again_and_the_task_says_so() {
    let world = world().await;
    let refusal = Fault::Status(StatusCode::BAD_REQUEST);
    world
        .ghl
        .fault(Method::POST, "/conversations/messages", refusal, 1)
        .unwrap();
    let call = world.missed_call().await;
    world.minutes(30).await;
    world
        .assert_not_texted(&call.contact_id, "failed:refused_400")
        .await;
    let tasks = world.tasks(&call.contact_id).await;
    assert_eq!(tasks.len(), 1);
    let body = tasks[0].body.clone().unwrap();
    assert!(body.contains("HighLevel did not accept it"));
}

#[tokio::test]
async fn a_task_whose_assignee_is_refused_goes_to_nobody() {
    let world = world().await;
    let refusal = Fault::Status(StatusCode::UNPROCESSABLE_ENTITY);
    world
        .ghl
        .fault(Method::POST, "/contacts/*/tasks", refusal, 1)
        .unwrap();
    let call = world.missed_call().await;
    world.minutes(30).await;
    let tasks = world.tasks(&call.contact_id).await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].assigned_to, None);
}

#[tokio::test]
async fn a_contact_that_is_deleted_before_the_text_is_not_worked_on() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    world.location().contacts().delete(&contact).await.unwrap();
    world.minutes(60).await;
    let history = world.history().await;
    for step in ["text", "task"] {
        let told = format!("not_done {step} contact_gone");
        assert!(history.contains(&told), "{history:?}");
    }
    // What proves the call is still there.
    assert_eq!(history[0], "call_missed");
}

#[tokio::test]
async fn a_contact_whose_tag_says_so_is_left_to_others() {
    let toml = r#"
        name = "tags"
        version = 1
        [callers]
        untexted_tags = ["Spam likely", "AI bot"]
        [steps.text]
        do = "text"
        after = "PT2M"
        body = "Sorry we missed you."
        [steps.email]
        do = "email"
        after = "PT3M"
        subject = "We missed you"
        body = "Write to us."
        [steps.task]
        do = "task"
        title = "Call back"
    "#;
    let recipe = Recipe::from_toml("tags.toml", toml).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    let tags = ["vip", "ai bot"].map(|tag| TagName::new(tag).unwrap());
    let location = world.location();
    location.contact_tags().add(&contact, &tags).await.unwrap();
    world.minutes(30).await;
    let history = world.history().await;
    for step in ["text", "email"] {
        let told = format!("not_done {step} not_textable:tagged");
        assert!(history.contains(&told), "{history:?}");
    }
    assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn a_link_that_changes_before_the_text_is_the_new_one() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let location = world.location();
    let values = location.custom_values();
    let link = values.find("calendly_link").await.unwrap().unwrap();
    let moved = "https://calendly.com/soleil/moved";
    let input = CustomValueInput {
        name: link.name.unwrap(),
        value: moved.to_owned(),
    };
    values.update(&link.id, &input).await.unwrap();
    world.minutes(10).await;
    let texts = world.texts(&call.contact_id).await;
    let body = texts[0].body.as_ref().unwrap();
    assert!(body.contains(moved) && !body.contains(LINK));
}

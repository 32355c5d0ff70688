//! A call is sent when it is awaited, and its answer can be had whole.

use gohighlevel::api::conversations::{ConversationFeedback, ConversationUpdate};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{ContactId, ConversationId};
use serde_json::{Value, json};

use super::scripted::{Scene, answer};

const CONTACT: &str =
    r#"{"contact":{"id":"c1","firstName":"Rosan","newInJune":{"a":[1,null]}},"traceId":"t1"}"#;

fn id() -> ContactId {
    ContactId::new("c1").unwrap()
}

#[tokio::test]
async fn the_whole_answer_is_there_beside_the_value() {
    let scene = Scene::new([answer(201, CONTACT)]);
    let response = scene
        .location
        .contacts()
        .get(&id())
        .response()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.value().id, id());
    assert_eq!(response.raw(), CONTACT);
    let body: Value = serde_json::from_slice(response.raw()).unwrap();
    assert_eq!(body["contact"]["newInJune"], json!({"a": [1, null]}));
    assert!(!format!("{response:?}").contains("newInJune"));
    assert_eq!(response.into_value().id, id());
}

#[tokio::test]
async fn a_value_made_of_the_answer_keeps_its_body() {
    let body = r#"{"customValues":[{"id":"v1","name":"Calendly","fieldKey":"{{ custom_values.calendly_link }}","value":"x"}]}"#;
    let scene = Scene::new([answer(200, body)]);
    let values = scene.location.custom_values();
    let found = values.find("calendly_link").response().await.unwrap();
    assert_eq!(found.raw(), body);
    assert_eq!(found.into_value().unwrap().id.as_str(), "v1");
}

#[tokio::test]
async fn nothing_is_sent_before_it_is_awaited() {
    let scene = Scene::new([answer(200, CONTACT)]);
    let call = scene.location.contacts().get(&id());
    assert_eq!(scene.count(), 0);
    drop(call);
    assert_eq!(scene.count(), 0);
    let call = scene.location.contacts().get(&id());
    let (first, second) = tokio::join!(call, scene.location.contacts().get(&id()));
    assert_eq!(first.unwrap().id, second.unwrap().id);
    assert_eq!(scene.count(), 2);
}

#[tokio::test]
async fn what_a_check_refuses_is_not_sent() {
    let scene = Scene::new([answer(200, "{}")]);
    let update = ConversationUpdate {
        feedback: Some(ConversationFeedback::Positive),
        ..ConversationUpdate::default()
    };
    let conversation = ConversationId::new("v1").unwrap();
    let conversations = scene.location.conversations();
    let refused = conversations.update(&conversation, &update).await;
    assert!(matches!(refused.unwrap_err().kind(), ErrorKind::Config));
    assert_eq!(scene.count(), 0);
}

#[tokio::test]
async fn an_error_is_the_same_with_and_without_the_whole_answer() {
    let scene = Scene::new([answer(404, r#"{"message":"not found","traceId":"t1"}"#)]);
    let short = scene.location.contacts().get(&id()).await.unwrap_err();
    let whole = scene
        .location
        .contacts()
        .get(&id())
        .response()
        .await
        .unwrap_err();
    assert_eq!(short.kind(), whole.kind());
    assert_eq!(whole.status(), Some(404));
}

//! Custom values of a location.

use gohighlevel::api::custom_values::CustomValueInput;
use gohighlevel::ids::CustomValueId;
use serde_json::json;

use super::support::{LOCATION, Server, V2021_07, assert_repeated, assert_sent_once, fixture};

fn id() -> CustomValueId {
    CustomValueId::new("rWQ709Pb62syqGLceg1x").unwrap()
}

fn input() -> CustomValueInput {
    CustomValueInput {
        name: "Calendly Link".into(),
        value: "https://calendly.example/soleil".into(),
    }
}

fn target() -> String {
    format!("/locations/{LOCATION}/customValues")
}

fn one_target() -> String {
    format!("/locations/{LOCATION}/customValues/rWQ709Pb62syqGLceg1x")
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("custom_values/list")).await;
    let values = server.location.custom_values().list().await.unwrap();
    server.assert_asked("GET", &target(), V2021_07, None).await;
    assert_eq!(values.len(), 2);
    assert_eq!(values[0].key(), Some("calendly_link"));
    assert_eq!(values[1].key(), None);
}

#[tokio::test]
async fn find() {
    let server = Server::answering(200, fixture!("custom_values/list")).await;
    let values = server.location.custom_values();
    let value = values.find("{{ custom_values.calendly_link }}").await;
    server.assert_asked("GET", &target(), V2021_07, None).await;
    assert_eq!(
        value.unwrap().unwrap().value.as_deref(),
        Some("https://calendly.example/soleil")
    );
}

#[tokio::test]
async fn find_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("custom_values/list_odd")).await;
    let values = server.location.custom_values();
    assert_eq!(values.list().await.unwrap().len(), 2);
    let value = values.find("calendly_link").await.unwrap().unwrap();
    assert_eq!(value.value.as_deref(), Some("42"));
    assert_eq!(values.find("booking_link").await.unwrap(), None);
}

#[tokio::test]
async fn get() {
    let server = Server::answering(200, fixture!("custom_values/one")).await;
    let value = server.location.custom_values().get(&id()).await.unwrap();
    server
        .assert_asked("GET", &one_target(), V2021_07, None)
        .await;
    assert_eq!(value.name.as_deref(), Some("Calendly Link"));
    assert_eq!(value.location_id.unwrap().as_str(), LOCATION);
}

#[tokio::test]
async fn get_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("custom_values/one_odd")).await;
    let value = server.location.custom_values().get(&id()).await.unwrap();
    assert_eq!(value.value.as_deref(), Some("true"));
    assert_eq!(value.name, None);
}

#[tokio::test]
async fn create() {
    let server = Server::answering(201, fixture!("custom_values/one")).await;
    let values = server.location.custom_values();
    let value = values.create(&input()).await.unwrap();
    server
        .assert_asked(
            "POST",
            &target(),
            V2021_07,
            Some(json!({"name": "Calendly Link", "value": "https://calendly.example/soleil"})),
        )
        .await;
    assert_eq!(value.id, id());
}

#[tokio::test]
async fn update() {
    let server = Server::answering(200, fixture!("custom_values/one")).await;
    let values = server.location.custom_values();
    values.update(&id(), &input()).await.unwrap();
    server
        .assert_asked(
            "PUT",
            &one_target(),
            V2021_07,
            Some(json!({"name": "Calendly Link", "value": "https://calendly.example/soleil"})),
        )
        .await;
}

#[tokio::test]
async fn delete() {
    let server = Server::answering(200, fixture!("custom_values/delete")).await;
    server.location.custom_values().delete(&id()).await.unwrap();
    server
        .assert_asked("DELETE", &one_target(), V2021_07, None)
        .await;
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    assert_sent_once(async |location| location.custom_values().create(&input()).await).await;
    assert_repeated(async |location| location.custom_values().list().await).await;
    assert_repeated(async |location| location.custom_values().update(&id(), &input()).await).await;
    assert_repeated(async |location| location.custom_values().delete(&id()).await).await;
}

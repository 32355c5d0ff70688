//! Businesses of a location.

use gohighlevel::api::businesses::BusinessFields;
use gohighlevel::ids::BusinessId;
use serde_json::json;

use super::support::{
    LOCATION, Server, V2021_07, assert_prints_no_personal_data, assert_repeated, assert_sent_once,
    fixture, text,
};

const TARGET: &str = "/businesses/63771dcac1116f0e21de8e12";

fn id() -> BusinessId {
    BusinessId::new("63771dcac1116f0e21de8e12").unwrap()
}

fn fields() -> BusinessFields {
    BusinessFields {
        phone: Some("+18887324197".into()),
        postal_code: Some("35061".into()),
        ..BusinessFields::default()
    }
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("businesses/list")).await;
    let businesses = server.location.businesses();
    let page = businesses.list(Some(10), Some(1)).await.unwrap();
    let target = format!("/businesses/?locationId={LOCATION}&skip=10&limit=1");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!(page.next(), Some(11));
    let business = &page.items[0];
    assert_eq!(text(&business.name), Some("Rosan & Sons"));
    assert_eq!(text(&business.email), Some("rosan@example.com"));
    assert_eq!(business.country.as_deref(), Some("united states"));
    assert_eq!(business.location_id.as_ref().unwrap().as_str(), LOCATION);
    assert!(business.updated_by.is_some() && business.created_at.is_some());
    assert_prints_no_personal_data(&page);
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("businesses/list_odd")).await;
    let page = server.location.businesses().list(None, None).await.unwrap();
    let target = format!("/businesses/?locationId={LOCATION}");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!(page.items.len(), 1);
    assert_eq!(text(&page.items[0].name), Some("42"));
    assert_prints_no_personal_data(&page);
}

#[tokio::test]
async fn get() {
    for body in [
        fixture!("businesses/get"),
        fixture!("businesses/get_odd"),
        fixture!("businesses/written"),
    ] {
        let server = Server::answering_v3(200, body).await;
        let business = server.location.businesses().get(&id()).await.unwrap();
        server.assert_asked("GET", TARGET, "v3", None).await;
        assert_eq!(business.id, id());
        assert_prints_no_personal_data(&business);
    }
}

#[tokio::test]
async fn create() {
    let server = Server::answering(201, fixture!("businesses/written")).await;
    let businesses = server.location.businesses();
    let business = businesses.create("Rosan & Sons", &fields()).await.unwrap();
    let body = json!({
        "locationId": LOCATION, "name": "Rosan & Sons", "phone": "+18887324197", "postalCode": "35061",
    });
    server
        .assert_asked("POST", "/businesses/", V2021_07, Some(body))
        .await;
    assert_eq!(business.id, id());
    assert_prints_no_personal_data(&fields());
}

#[tokio::test]
async fn update() {
    let server = Server::answering(200, fixture!("businesses/written")).await;
    let businesses = server.location.businesses();
    businesses.update(&id(), None, &fields()).await.unwrap();
    let body = json!({"phone": "+18887324197", "postalCode": "35061"});
    server
        .assert_asked("PUT", TARGET, V2021_07, Some(body))
        .await;
}

#[tokio::test]
async fn delete() {
    let server = Server::answering(200, fixture!("businesses/delete")).await;
    server.location.businesses().delete(&id()).await.unwrap();
    server.assert_asked("DELETE", TARGET, V2021_07, None).await;
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    let fields = fields();
    assert_sent_once(async |location| location.businesses().create("Rosan", &fields).await).await;
    assert_repeated(async |location| location.businesses().list(None, None).await).await;
    assert_repeated(async |location| location.businesses().update(&id(), None, &fields).await)
        .await;
    assert_repeated(async |location| location.businesses().delete(&id()).await).await;
}

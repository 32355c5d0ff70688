//! Trigger links of a location.

use gohighlevel::api::links::{LinkInput, LinkSearch};
use gohighlevel::ids::LinkId;
use serde_json::json;

use super::support::{
    LOCATION, Server, V2021_04, V2021_07, assert_repeated, assert_sent_once, fixture,
};

fn id() -> LinkId {
    LinkId::new("n4AriwEnFrGh3tu08W0U").unwrap()
}

fn input() -> LinkInput {
    LinkInput {
        name: "Calendar".into(),
        redirect_to: "https://example.com/book".into(),
    }
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("links/list")).await;
    let links = server.location.links().list().await.unwrap();
    let target = format!("/links/?locationId={LOCATION}");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!(links.len(), 2);
    assert_eq!(links[0].id, id());
    assert_eq!(links[0].name.as_deref(), Some("Calendar"));
    assert_eq!(
        links[0].redirect_to.as_deref(),
        Some("https://example.com/book")
    );
    assert_eq!(
        links[0].field_key.as_deref(),
        Some("{{trigger_link.n4AriwEnFrGh3tu08W0U}}")
    );
    assert_eq!(links[0].location_id.as_ref().unwrap().as_str(), LOCATION);
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("links/list_odd")).await;
    let links = server.location.links().list().await.unwrap();
    assert_eq!(links.len(), 2);
    assert_eq!((links[0].id.as_str(), &links[0].name), ("7", &None));
    assert_eq!(links[1].location_id, None);
}

#[tokio::test]
async fn search() {
    let search = LinkSearch {
        query: Some("Cal".into()),
        skip: Some(20),
        limit: Some(2),
    };
    let target = format!("/links/search?locationId={LOCATION}&query=Cal&skip=20&limit=2");
    let v2 = Server::answering(200, fixture!("links/list")).await;
    let page = v2.location.links().search(&search).await.unwrap();
    v2.assert_asked("GET", &target, V2021_04, None).await;
    assert_eq!((page.items.len(), page.next()), (2, Some(22)));
    let v3 = Server::answering_v3(200, fixture!("links/list")).await;
    v3.location.links().search(&search).await.unwrap();
    v3.assert_asked("GET", &target, "v3", None).await;
}

#[tokio::test]
async fn get() {
    let target = format!("/links/id/n4AriwEnFrGh3tu08W0U?locationId={LOCATION}");
    for body in [fixture!("links/one"), fixture!("links/one_odd")] {
        let server = Server::answering(200, body).await;
        let link = server.location.links().get(&id()).await.unwrap();
        server.assert_asked("GET", &target, V2021_07, None).await;
        assert_eq!(link.id, id());
    }
}

#[tokio::test]
async fn create() {
    let server = Server::answering(201, fixture!("links/one")).await;
    let link = server.location.links().create(&input()).await.unwrap();
    let body = json!({
        "locationId": LOCATION, "name": "Calendar", "redirectTo": "https://example.com/book",
    });
    server
        .assert_asked("POST", "/links/", V2021_07, Some(body))
        .await;
    assert_eq!(link.id, id());
}

#[tokio::test]
async fn update() {
    let server = Server::answering(201, fixture!("links/one")).await;
    let links = server.location.links();
    links.update(&id(), &input()).await.unwrap();
    let body = json!({"name": "Calendar", "redirectTo": "https://example.com/book"});
    server
        .assert_asked("PUT", "/links/n4AriwEnFrGh3tu08W0U", V2021_07, Some(body))
        .await;
}

#[tokio::test]
async fn delete() {
    for body in [
        fixture!("links/delete"),
        fixture!("links/delete_v3"),
        "",
        "OK",
    ] {
        let server = Server::answering(201, body).await;
        server.location.links().delete(&id()).await.unwrap();
        server
            .assert_asked("DELETE", "/links/n4AriwEnFrGh3tu08W0U", V2021_07, None)
            .await;
    }
}

#[tokio::test]
async fn a_deletion_that_was_not_done_is_an_error() {
    use gohighlevel::error::ErrorKind::{NotFound, Refused, Unavailable};
    for (body, kind) in [
        (r#"{"succeded":false}"#, Refused),
        (r#"{"succeded":true,"succeeded":"false"}"#, Refused),
        (r#"{"success":false}"#, Refused),
        (r#"{"status":404,"message":"no such link"}"#, NotFound),
        (r#"{"statusCode":"500"}"#, Unavailable),
    ] {
        let server = Server::answering(200, body).await;
        let error = server.location.links().delete(&id()).await.unwrap_err();
        assert_eq!(*error.kind(), kind, "{body}");
    }
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    assert_sent_once(async |location| location.links().create(&input()).await).await;
    assert_repeated(async |location| location.links().list().await).await;
    assert_repeated(async |location| location.links().update(&id(), &input()).await).await;
    assert_repeated(async |location| location.links().delete(&id()).await).await;
}

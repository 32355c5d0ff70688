//! Tags of a contact and of a location.

use gohighlevel::api::tags::TagName;
use gohighlevel::ids::TagId;
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V2021_07, assert_repeated, assert_sent_once, contact_id, fixture,
};

fn name(text: &str) -> TagName {
    TagName::new(text).unwrap()
}

fn id() -> TagId {
    TagId::new("flGwEuzsfJOia1i1ikRN").unwrap()
}

#[tokio::test]
async fn add_to_a_contact() {
    let server = Server::answering(201, fixture!("tags/contact_add")).await;
    let tags = server
        .location
        .contact_tags()
        .add(&contact_id(), &[name("Missed-Call")])
        .await
        .unwrap();
    server
        .assert_asked(
            "POST",
            &format!("/contacts/{CONTACT}/tags"),
            V2021_07,
            Some(json!({"tags": ["missed-call"]})),
        )
        .await;
    assert_eq!(tags, [name("prospect"), name("missed-call")]);
}

#[tokio::test]
async fn remove_from_a_contact() {
    let server = Server::answering(200, fixture!("tags/contact_remove")).await;
    let tags = server
        .location
        .contact_tags()
        .remove(&contact_id(), &[name("missed-call"), name("vip")])
        .await
        .unwrap();
    server
        .assert_asked(
            "DELETE",
            &format!("/contacts/{CONTACT}/tags"),
            V2021_07,
            Some(json!({"tags": ["missed-call", "vip"]})),
        )
        .await;
    assert_eq!(tags, [name("prospect")]);
}

#[tokio::test]
async fn a_contacts_tags_are_read_in_odd_forms() {
    for (body, expected) in [
        (
            fixture!("tags/contact_odd"),
            vec![name("vip"), name("prospect")],
        ),
        (r#"{"tags":null}"#, vec![]),
        ("{}", vec![]),
    ] {
        let server = Server::answering(200, body).await;
        let tags = server.location.contact_tags();
        let tags = tags.add(&contact_id(), &[name("vip")]).await.unwrap();
        assert_eq!(tags, expected);
    }
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("tags/list")).await;
    let tags = server.location.tags().list().await.unwrap();
    server
        .assert_asked(
            "GET",
            &format!("/locations/{LOCATION}/tags"),
            V2021_07,
            None,
        )
        .await;
    assert_eq!(tags.len(), 2);
    assert_eq!(tags[0].id, id());
    assert_eq!(tags[1].name, Some(name("vip")));
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("tags/list_odd")).await;
    let tags = server.location.tags().list().await.unwrap();
    assert_eq!(tags.len(), 2);
    assert_eq!(tags[0].id.as_str(), "7");
    assert_eq!((&tags[0].name, &tags[1].location_id), (&None, &None));
}

#[tokio::test]
async fn get() {
    let server = Server::answering(200, fixture!("tags/one")).await;
    let tag = server.location.tags().get(&id()).await.unwrap();
    server
        .assert_asked(
            "GET",
            &format!("/locations/{LOCATION}/tags/flGwEuzsfJOia1i1ikRN"),
            V2021_07,
            None,
        )
        .await;
    assert_eq!(tag.name, Some(name("missed-call")));
    assert_eq!(tag.location_id.unwrap().as_str(), LOCATION);
}

#[tokio::test]
async fn get_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("tags/one_odd")).await;
    let tag = server.location.tags().get(&id()).await.unwrap();
    assert_eq!((tag.name, tag.location_id), (None, None));
}

#[tokio::test]
async fn create() {
    let server = Server::answering(200, fixture!("tags/one")).await;
    let tags = server.location.tags();
    let tag = tags.create(&name("Missed-Call")).await.unwrap();
    server
        .assert_asked(
            "POST",
            &format!("/locations/{LOCATION}/tags"),
            V2021_07,
            Some(json!({"name": "missed-call"})),
        )
        .await;
    assert_eq!(tag.id, id());
}

#[tokio::test]
async fn update() {
    let server = Server::answering(200, fixture!("tags/one")).await;
    let tags = server.location.tags();
    tags.update(&id(), &name("missed-call")).await.unwrap();
    server
        .assert_asked(
            "PUT",
            &format!("/locations/{LOCATION}/tags/flGwEuzsfJOia1i1ikRN"),
            V2021_07,
            Some(json!({"name": "missed-call"})),
        )
        .await;
}

#[tokio::test]
async fn delete() {
    let server = Server::answering(200, fixture!("tags/delete")).await;
    server.location.tags().delete(&id()).await.unwrap();
    server
        .assert_asked(
            "DELETE",
            &format!("/locations/{LOCATION}/tags/flGwEuzsfJOia1i1ikRN"),
            V2021_07,
            None,
        )
        .await;
}

#[tokio::test]
async fn only_defining_a_tag_is_not_repeated() {
    let (contact, tag) = (contact_id(), name("vip"));
    let tags = std::slice::from_ref(&tag);
    assert_sent_once(async |location| location.tags().create(&tag).await).await;
    assert_repeated(async |location| location.tags().update(&id(), &tag).await).await;
    assert_repeated(async |location| location.tags().delete(&id()).await).await;
    assert_repeated(async |location| location.contact_tags().add(&contact, tags).await).await;
    assert_repeated(async |location| location.contact_tags().remove(&contact, tags).await).await;
}

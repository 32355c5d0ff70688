//! Notes of a contact.

use gohighlevel::api::notes::{NewNote, NoteUpdate};
use gohighlevel::ids::{NoteId, UserId};
use serde_json::json;

use super::support::{
    CONTACT, Server, V2021_07, asks_in_both, assert_prints_no_personal_data, assert_repeated,
    assert_sent_once, contact_id, fixture, text,
};

fn id() -> NoteId {
    NoteId::new("HGPcayliwcdoUFzvbTok").unwrap()
}

fn new_note() -> NewNote {
    NewNote {
        title: Some("Sorry for the wait".into()),
        user_id: Some(UserId::new("hxHGVRb1YJUscrCB8eXK").unwrap()),
        color: Some("#FFAA00".into()),
        pinned: Some(true),
        ..NewNote::new("Rosan wants a call back")
    }
}

#[tokio::test]
async fn every_operation_asks_as_documented() {
    let all = format!("/contacts/{CONTACT}/notes");
    let one = format!("{all}/HGPcayliwcdoUFzvbTok");
    let (contact, id) = (contact_id(), id());
    let notes = asks_in_both(
        V2021_07,
        fixture!("notes/list"),
        ("GET", &all, None),
        async |server| server.location.notes().list(&contact).await,
    )
    .await;
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].id, id);
    assert_eq!(text(&notes[0].body), Some("Rosan wants a call back"));
    assert_eq!(text(&notes[0].title), Some("Sorry for the wait"));
    assert_eq!(notes[0].pinned, Some(false));
    assert_eq!(notes[0].color.as_deref(), Some("#FFAA00"));
    assert_eq!(notes[0].contact_id, Some(contact.clone()));
    assert_eq!(
        notes[0].date_added,
        Some("2021-07-08T12:02:11.285Z".parse().unwrap())
    );
    assert_prints_no_personal_data(&(notes, new_note()));

    let answer = fixture!("notes/one");
    let note = asks_in_both(V2021_07, answer, ("GET", &one, None), async |server| {
        server.location.notes().get(&contact, &id).await
    })
    .await;
    assert_eq!(note.pinned, Some(true));

    let body = json!({
        "body": "Rosan wants a call back",
        "title": "Sorry for the wait",
        "userId": "hxHGVRb1YJUscrCB8eXK",
        "color": "#FFAA00",
        "pinned": true,
    });
    let asked = ("POST", all.as_str(), Some(body));
    asks_in_both(V2021_07, answer, asked, async |server| {
        server.location.notes().create(&contact, &new_note()).await
    })
    .await;

    let update = NoteUpdate {
        pinned: Some(false),
        ..NoteUpdate::default()
    };
    let asked = ("PUT", one.as_str(), Some(json!({"pinned": false})));
    asks_in_both(V2021_07, answer, asked, async |server| {
        server.location.notes().update(&contact, &id, &update).await
    })
    .await;

    for answer in [r#"{"succeded":true}"#, r#"{"succeeded":true}"#, ""] {
        asks_in_both(V2021_07, answer, ("DELETE", &one, None), async |server| {
            server.location.notes().delete(&contact, &id).await
        })
        .await;
    }
}

#[tokio::test]
async fn odd_notes_are_read() {
    let server = Server::answering(200, fixture!("notes/list_odd")).await;
    let notes = server.location.notes().list(&contact_id()).await.unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!((&notes[0].body, &notes[0].user_id), (&None, &None));
    assert_eq!(notes[0].pinned, Some(true));
    assert!(notes[0].date_added.is_some());
}

#[tokio::test]
async fn a_deletion_that_was_not_done_is_an_error() {
    let server = Server::answering(200, r#"{"succeded":false}"#).await;
    let deleted = server.location.notes().delete(&contact_id(), &id()).await;
    let error = deleted.unwrap_err();
    assert_eq!(*error.kind(), gohighlevel::error::ErrorKind::Refused);
}

#[tokio::test]
async fn only_writing_is_not_repeated() {
    let (contact, id) = (contact_id(), id());
    assert_sent_once(async |location| location.notes().create(&contact, &new_note()).await).await;
    assert_repeated(async |location| location.notes().list(&contact).await).await;
    assert_repeated(async |location| location.notes().delete(&contact, &id).await).await;
}

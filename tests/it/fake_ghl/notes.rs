//! Notes of contacts.

use gohighlevel::api::notes::{NewNote, NoteUpdate};
use gohighlevel::ids::ContactId;
use gohighlevel::testing::{Fault, GatePoint};
use http::Method;
use serde_json::json;

use super::*;

fn notes_of(contact: &str) -> String {
    format!("/contacts/{contact}/notes")
}

#[tokio::test]
async fn a_note_is_written_read_changed_and_deleted() {
    let fake = start().await;
    let api = Api::new(&fake);
    let note = json!({ "body": "Called at noon", "title": "Call", "userId": ANA, "color": "#FFAA00", "pinned": true });
    let made = api.post(&notes_of(MARIA), note).await.expect(201);
    let id = made["note"]["id"].as_str().unwrap();
    assert_eq!(
        made["note"],
        json!({
            "id": id, "contactId": MARIA, "dateAdded": "2026-05-08T11:57:42.250Z", "body": "Called at noon",
            "title": "Call", "userId": ANA, "color": "#FFAA00", "pinned": true,
        })
    );
    let one = format!("{}/{id}", notes_of(MARIA));
    assert_eq!(api.get(&one).await.expect(200)["note"], made["note"]);
    let changed = api
        .put(&one, json!({ "body": "Called twice" }))
        .await
        .expect(200);
    assert_eq!(changed["note"]["body"], "Called twice");
    assert_eq!(changed["note"]["title"], "Call");
    let list = api.get(&notes_of(MARIA)).await.expect(200);
    assert_eq!(list["notes"], json!([changed["note"]]));
    api.delete(&one)
        .await
        .expect_exactly(200, json!({ "succeded": true }));
    api.get(&one).await.expect(404);
    let list = api.get(&notes_of(MARIA)).await.expect(200);
    assert_eq!(list["notes"], json!([]));
}

#[tokio::test]
async fn a_note_belongs_to_one_contact_and_goes_with_it() {
    let fake = start().await;
    let api = Api::new(&fake);
    let made = api
        .post(&notes_of(MARIA), json!({ "body": "hers" }))
        .await
        .expect(201);
    let id = made["note"]["id"].as_str().unwrap();
    api.get(&format!("{}/{id}", notes_of(JONAS)))
        .await
        .expect(404);
    let his = api.get(&notes_of(JONAS)).await.expect(200);
    assert_eq!(his["notes"], json!([]));
    api.get(&notes_of(OMAR)).await.expect(403);
    api.delete(&format!("/contacts/{MARIA}")).await.expect(200);
    api.get(&notes_of(MARIA)).await.expect(404);
}

#[tokio::test]
async fn a_note_needs_a_text_and_nothing_unknown() {
    let fake = start().await;
    let api = Api::new(&fake);
    for body in [
        json!({}),
        json!({ "body": " " }),
        json!({ "body": 7 }),
        json!({ "body": "x", "pinned": "yes" }),
        json!({ "body": "x", "colour": "#FFAA00" }),
    ] {
        api.post(&notes_of(MARIA), body).await.expect(422);
    }
    api.post(&notes_of("nobody"), json!({ "body": "x" }))
        .await
        .expect(404);
    let list = api.get(&notes_of(MARIA)).await.expect(200);
    assert_eq!(list["notes"], json!([]));
}

#[tokio::test]
async fn the_client_reads_the_notes() {
    let fake = start().await;
    let location = client(&fake);
    let notes = location.notes();
    let maria = ContactId::new(MARIA).unwrap();
    let made = notes
        .create(&maria, &NewNote::new("Called at noon"))
        .await
        .unwrap();
    assert_eq!(made.contact_id, Some(maria.clone()));
    assert_eq!(
        made.date_added,
        Some("2026-05-08T11:57:42.250Z".parse().unwrap())
    );
    let update = NoteUpdate {
        body: Some("Called twice".into()),
        ..NoteUpdate::default()
    };
    let changed = notes.update(&maria, &made.id, &update).await.unwrap();
    assert_eq!(changed.body.as_ref().unwrap().as_str(), "Called twice");
    assert_eq!(notes.get(&maria, &made.id).await.unwrap(), changed);
    assert_eq!(notes.list(&maria).await.unwrap(), [changed]);
    notes.delete(&maria, &made.id).await.unwrap();
    assert_eq!(notes.list(&maria).await.unwrap(), []);
}

#[tokio::test]
async fn notes_meet_faults_and_gates_and_are_logged() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = "/contacts/*/notes";
    fake.fault(Method::POST, path, Fault::DropAfter, 1).unwrap();
    api.try_send("POST", &notes_of(MARIA), json!({ "body": "one" }))
        .await
        .unwrap_err();
    let mut gate = fake
        .gate(Method::POST, path, GatePoint::BeforeEffect)
        .unwrap();
    let second = tokio::spawn({
        let api = api.clone();
        async move { api.post(&notes_of(MARIA), json!({ "body": "two" })).await }
    });
    let held = gate.arrived().await.unwrap();
    let list = api.get(&notes_of(MARIA)).await.expect(200);
    assert_eq!(list["notes"].as_array().unwrap().len(), 1);
    held.release();
    second.await.unwrap().expect(201);
    let list = api.get(&notes_of(MARIA)).await.expect(200);
    assert_eq!(list["notes"].as_array().unwrap().len(), 2);
    let written: Vec<_> = fake
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.body)
        .collect();
    assert_eq!(
        written,
        [json!({ "body": "one" }), json!({ "body": "two" })]
    );
}

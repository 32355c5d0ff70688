//! Events that follow from what the API and people do, for an app that has subscribed to them.

use std::collections::BTreeSet;

use gohighlevel::testing::{Call, FakeGhlError, TextMessage};

use super::*;

const PIPELINE: &str = "samplePipeMissed0001";
const CONTACTED: &str = "3a9d6f10-52c4-4b0e-8f61-0c1d2e3f4a02";

/// HighLevel's own sample of each event.
fn sample(event: &str) -> Value {
    let file: String = event
        .char_indices()
        .flat_map(|(place, letter)| {
            let gap = (place > 0 && letter.is_uppercase()).then_some('_');
            gap.into_iter().chain(letter.to_lowercase())
        })
        .collect();
    let path = format!(
        "{}/fixtures/webhooks/{file}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(&path).expect(&path)).unwrap()
}

async fn subscribed(events: &[&'static str]) -> FakeGhl {
    let builder = builder(&clock()).events(events.iter().copied()).unwrap();
    builder.start().await.unwrap()
}

/// The events since `before`, each with no key that HighLevel's sample of it has not.
fn events(fake: &FakeGhl, before: usize) -> Vec<(String, Value)> {
    let made = fake.deliveries().split_off(before);
    let told = made.into_iter().map(|delivery| {
        let body: Value = serde_json::from_str(&delivery.body).unwrap();
        let sample = sample(&delivery.event);
        let keys = |value: &Value| -> BTreeSet<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let mut known = keys(&sample);
        for key in [
            "timestamp",
            "webhookId",
            "appId",
            "versionId",
            "dateUpdated",
        ] {
            known.insert(key.to_owned());
        }
        let unknown: Vec<_> = keys(&body).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", delivery.event);
        assert_eq!(body["locationId"], SOLEIL);
        (delivery.event, body)
    });
    told.collect()
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn a_contact_is_told_from_its_making_to_its_changes() {
    let fake = subscribed(&["ContactCreate", "ContactUpdate", "ContactTagUpdate"]).await;
    let api = Api::new(&fake);
    let body = json!({"locationId": SOLEIL, "firstName": "Rosa", "phone": "+13125550155"});
    let made = api.post("/contacts/", body).await.expect(201)["contact"]["id"].clone();
    let path = format!("/contacts/{}", made.as_str().unwrap());
    let told = events(&fake, 0);
    assert_eq!(names(&told), ["ContactCreate"]);
    assert_eq!(told[0].1["id"], made);
    assert_eq!(told[0].1["firstName"], "Rosa");

    api.put(&path, json!({"firstName": "Rosa"}))
        .await
        .expect(200);
    assert_eq!(fake.deliveries().len(), 1, "nothing has changed");
    api.put(&path, json!({"firstName": "Rosan", "tags": ["lead"]}))
        .await
        .expect(200);
    api.post(&format!("{path}/tags"), json!({"tags": ["missed-call"]}))
        .await
        .expect(201);
    api.post(&format!("{path}/tags"), json!({"tags": ["missed-call"]}))
        .await
        .expect(201);
    let told = events(&fake, 1);
    assert_eq!(
        names(&told),
        ["ContactTagUpdate", "ContactUpdate", "ContactTagUpdate"]
    );
    assert_eq!(told[1].1["firstName"], "Rosan");
    // The whole list, not what was added.
    assert_eq!(told[2].1["tags"], json!(["lead", "missed-call"]));
}

#[tokio::test]
async fn notes_and_tasks_are_told() {
    let fake = subscribed(&[
        "NoteCreate",
        "NoteUpdate",
        "NoteDelete",
        "TaskCreate",
        "TaskDelete",
    ])
    .await;
    let api = Api::new(&fake);
    let of = |what: &str| format!("/contacts/{MARIA}/{what}");
    let note = api
        .post(&of("notes"), json!({"body": "called"}))
        .await
        .expect(201)["note"]["id"]
        .clone();
    let note = of(&format!("notes/{}", note.as_str().unwrap()));
    api.put(&note, json!({"body": "called twice"}))
        .await
        .expect(200);
    api.delete(&note).await.expect(200);
    let body = json!({"title": "Call back", "dueDate": "2026-05-09T10:00:00Z", "completed": false});
    let task = api.post(&of("tasks"), body).await.expect(201)["task"]["id"].clone();
    let task = of(&format!("tasks/{}", task.as_str().unwrap()));
    api.put(&format!("{task}/completed"), json!({"completed": true}))
        .await
        .expect(200);
    api.delete(&task).await.expect(200);
    let told = events(&fake, 0);
    let expected = [
        "NoteCreate",
        "NoteUpdate",
        "NoteDelete",
        "TaskCreate",
        "TaskComplete",
        "TaskDelete",
    ];
    assert_eq!(names(&told), expected);
    assert_eq!(told[1].1["body"], "called twice");
    assert_eq!(told[2].1["body"], "called twice", "as it was");
    assert_eq!(told[3].1["dateAdded"], "2026-05-08T11:57:42.250Z");
    assert!(told.iter().all(|(_, body)| body["contactId"] == MARIA));
}

#[tokio::test]
async fn an_opportunity_is_told_by_what_has_changed() {
    let all = [
        "OpportunityCreate",
        "OpportunityUpdate",
        "OpportunityDelete",
        "OpportunityStageUpdate",
        "OpportunityStatusUpdate",
        "OpportunityAssignedToUpdate",
        "OpportunityMonetaryValueUpdate",
    ];
    let fake = subscribed(&all).await;
    let api = Api::new(&fake);
    let body = json!({
        "locationId": SOLEIL, "pipelineId": PIPELINE, "name": "Nina", "status": "open", "contactId": NINA,
    });
    let made = api.post("/opportunities/", body).await.expect(201)["opportunity"]["id"].clone();
    let path = format!("/opportunities/{}", made.as_str().unwrap());
    assert_eq!(names(&events(&fake, 0)), ["OpportunityCreate"]);
    for (change, expected) in [
        (
            json!({"pipelineStageId": CONTACTED}),
            "OpportunityStageUpdate",
        ),
        (json!({"status": "won"}), "OpportunityStatusUpdate"),
        (json!({"assignedTo": ANA}), "OpportunityAssignedToUpdate"),
        (
            json!({"monetaryValue": 120}),
            "OpportunityMonetaryValueUpdate",
        ),
    ] {
        let before = fake.deliveries().len();
        api.put(&path, change.clone()).await.expect(200);
        let told = events(&fake, before);
        assert_eq!(names(&told), [expected, "OpportunityUpdate"]);
        let (field, value) = change.as_object().unwrap().iter().next().unwrap();
        assert_eq!(told[0].1[field], *value);
    }
    let before = fake.deliveries().len();
    api.delete(&path).await.expect(200);
    let told = events(&fake, before);
    assert_eq!(names(&told), ["OpportunityDelete"]);
    assert_eq!(told[0].1["status"], "won", "as it was");
}

#[tokio::test]
async fn what_people_do_has_consequences_too() {
    let fake = subscribed(&["ContactCreate", "ConversationUnreadUpdate"]).await;
    let (from, to) = (STRANGER.parse().unwrap(), SOLEIL_PHONE.parse().unwrap());
    let call = fake.call(&Call::missed(SOLEIL, from, to)).unwrap();
    let made: Vec<String> = fake
        .deliveries()
        .into_iter()
        .map(|made| made.event)
        .collect();
    assert_eq!(
        made,
        [
            "ContactCreate",
            "ConversationUnreadUpdate",
            "InboundMessage"
        ]
    );
    fake.message(&TextMessage {
        location_id: SOLEIL.to_owned(),
        from: STRANGER.parse().unwrap(),
        to: SOLEIL_PHONE.parse().unwrap(),
        body: "hello".to_owned(),
    })
    .unwrap();
    let body: Value = serde_json::from_str(&fake.deliveries()[3].body).unwrap();
    assert_eq!(body["type"], "ConversationUnreadUpdate");
    assert_eq!(
        (&body["unreadCount"], &body["contactId"]),
        (&json!(2), &json!(call.contact_id))
    );
}

#[tokio::test]
async fn nothing_is_told_that_nobody_has_subscribed_to_and_nothing_unknown_can_be() {
    let fake = start().await;
    let path = format!("/contacts/{MARIA}/notes");
    Api::new(&fake)
        .post(&path, json!({"body": "called"}))
        .await
        .expect(201);
    assert!(fake.deliveries().is_empty());

    let refused = builder(&clock())
        .events(["NoteCreate", "NoteEaten"])
        .unwrap_err();
    assert!(matches!(&refused, FakeGhlError::UnknownEvent(name) if name == "NoteEaten"));
    assert!(refused.to_string().contains("`NoteEaten`"), "{refused}");
}

#[tokio::test]
async fn events_and_a_pause_of_webhooks_can_be_ordered_from_any_language() {
    let receiver = super::receiver::Receiver::start(&[]).await;
    let fake = start().await;
    fake.set_webhook_url(&receiver.url).unwrap();
    let api = Api::new(&fake);
    let user = json!({"type": "UserCreate", "locationId": SOLEIL, "firstName": "Ana"});
    api.put("/_fake/webhooks/held", json!({"held": true}))
        .await
        .expect(200);
    let sent = api.post("/_fake/events", user).await.expect(200)["webhookId"].clone();
    assert_eq!(fake.deliveries()[0].webhook_id, sent);
    fake.deliveries_settled().await;
    assert!(receiver.received().is_empty());
    api.put("/_fake/webhooks/held", json!({"held": false}))
        .await
        .expect(200);
    api.post("/_fake/events", json!({"type": "UserDelete"}))
        .await
        .expect(200);
    fake.deliveries_settled().await;
    assert_eq!(receiver.received().len(), 1);
    api.post("/_fake/events", json!([])).await.expect(400);
    api.put("/_fake/webhooks/held", json!({"held": "no"}))
        .await
        .expect(400);
}

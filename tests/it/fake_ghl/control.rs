//! The control plane over HTTP, the request log, and many callers at once.

use std::collections::BTreeSet;

use gohighlevel::testing::Call;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_call_and_a_text_can_be_ordered_over_http() {
    let fake = start().await;
    let api = Api::new(&fake);
    let call = api
        .post(
            "/_fake/calls",
            json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE }),
        )
        .await
        .expect(200);
    let text = api
        .post(
            "/_fake/messages",
            json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE, "body": "Hello?" }),
        )
        .await
        .expect(200);
    assert_eq!(call["contactId"], text["contactId"]);
    let contact = call["contactId"].as_str().unwrap();
    let messages = api.messages_of(SOLEIL, contact).await;
    assert_eq!(
        json!([messages[0]["id"], messages[1]["id"]]),
        json!([text["messageId"], call["messageId"]])
    );
    assert_eq!(messages[1]["status"], "no-answer");

    let made = api.get("/_fake/webhooks").await.expect(200);
    assert_eq!(made["webhooks"][0]["webhookId"], call["webhookId"]);
    assert_eq!(made["webhooks"][1]["type"], "InboundMessage");
    let resend = format!(
        "/_fake/webhooks/{}/resend",
        call["webhookId"].as_str().unwrap()
    );
    api.post(&resend, json!({})).await.expect(200);
}

#[tokio::test]
async fn every_part_of_a_call_can_be_given() {
    let fake = start().await;
    let api = Api::new(&fake);
    let order = json!({
        "locationId": SOLEIL, "from": SOLEIL_PHONE, "to": MARIA_PHONE,
        "status": "busy", "duration": 4, "direction": "outbound",
    });
    let call = api.post("/_fake/calls", order).await.expect(200);
    assert_eq!(call["contactId"], MARIA);
    let messages = api.messages_of(SOLEIL, MARIA).await;
    assert_eq!(messages[0]["direction"], "outbound");
    assert_eq!(
        messages[0]["meta"]["call"],
        json!({ "duration": 4, "status": "busy" })
    );
}

#[tokio::test]
async fn a_fault_can_be_ordered_over_http() {
    let fake = start().await;
    let api = Api::new(&fake);
    let order =
        json!({ "method": "post", "path": "/conversations/messages", "fault": "status:500" });
    api.post("/_fake/faults", order).await.expect(200);
    api.sms(MARIA, "hello").await.expect(500);
    api.sms(MARIA, "hello").await.expect(201);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_400_and_says_why() {
    let fake = start().await;
    let api = Api::new(&fake);
    for (path, order, hint) in [
        ("/_fake/calls", json!({}), "locationId"),
        (
            "/_fake/calls",
            json!({ "locationId": "nowhere", "from": STRANGER, "to": SOLEIL_PHONE }),
            "nowhere",
        ),
        (
            "/_fake/calls",
            json!({ "locationId": SOLEIL, "from": "5550142", "to": SOLEIL_PHONE }),
            "country calling code",
        ),
        (
            "/_fake/calls",
            json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE, "status": "no_answer" }),
            "no-answer",
        ),
        (
            "/_fake/calls",
            json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE, "duration": -1 }),
            "duration",
        ),
        (
            "/_fake/calls",
            json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE, "when": "now" }),
            "when",
        ),
        (
            "/_fake/messages",
            json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE }),
            "body",
        ),
        (
            "/_fake/faults",
            json!({ "method": "GET", "path": "/x", "fault": "explode" }),
            "explode",
        ),
        (
            "/_fake/faults",
            json!({ "method": "GET", "path": "x", "fault": "429" }),
            "`/`",
        ),
        (
            "/_fake/faults",
            json!({ "method": "G T", "path": "/x", "fault": "429" }),
            "G T",
        ),
    ] {
        let refused = api.post(path, order.clone()).await.expect(400);
        let error = refused["error"].as_str().unwrap();
        assert!(error.contains(hint), "{order}: {error}");
    }
    api.put(
        "/_fake/webhooks/url",
        json!({ "url": "https://receiver.example" }),
    )
    .await
    .expect(400);
    api.post("/_fake/webhooks/none/resend", json!({}))
        .await
        .expect(404);
    api.get("/_fake/nothing").await.expect(404);
}

#[tokio::test]
async fn the_log_holds_every_request_but_the_control_planes() {
    let fake = start().await;
    let api = Api::new(&fake);
    api.post(
        "/_fake/faults",
        json!({ "method": "GET", "path": "/", "fault": "429" }),
    )
    .await
    .expect(200);
    api.sms(MARIA, "hello").await.expect(201);
    Api::with_token(&fake, "pit-nobody")
        .get("/users/?locationId=x%2By")
        .await
        .expect(401);
    let log = api.get("/_fake/requests").await.expect(200);
    assert_eq!(
        log["requests"],
        json!([
            {
                "time": "2026-05-08T11:57:42.25Z", "method": "POST", "path": "/conversations/messages",
                "location": SOLEIL, "status": 201,
                "body": { "type": "SMS", "contactId": MARIA, "message": "hello" },
            },
            {
                "time": "2026-05-08T11:57:42.25Z", "method": "GET", "path": "/users/?locationId=x%2By",
                "location": null, "status": 401, "body": null,
            },
        ])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_at_once_from_a_new_number_make_one_contact() {
    let fake = start().await;
    let api = Api::new(&fake);
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let api = api.clone();
            tokio::spawn(async move {
                let order = json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE });
                api.post("/_fake/calls", order).await.expect(200)
            })
        })
        .collect();
    let mut contacts = BTreeSet::new();
    let mut messages = BTreeSet::new();
    let mut webhooks = BTreeSet::new();
    for call in calls {
        let call = call.await.unwrap();
        contacts.insert(call["contactId"].to_string());
        messages.insert(call["messageId"].to_string());
        webhooks.insert(call["webhookId"].to_string());
    }
    assert_eq!(
        (contacts.len(), messages.len(), webhooks.len()),
        (1, 100, 100)
    );
    let found = api
        .get(&format!("/conversations/search?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!(found["total"], 1);
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() {
    let fake = start().await;
    let api = Api::new(&fake);
    api.sms(MARIA, "hello").await.expect(201);
    drop(fake);
    // The tasks end at their next turn on this thread.
    tokio::task::yield_now().await;
    let after = api
        .try_send("GET", &format!("/contacts/{MARIA}"), json!({}))
        .await;
    assert!(after.is_err());
}

#[tokio::test]
async fn nothing_it_prints_shows_a_token_or_a_person() {
    let fake = start().await;
    let api = Api::new(&fake);
    api.sms(MARIA, "a private text").await.expect(201);
    api.get(&format!(
        "/contacts/search/duplicate?locationId={SOLEIL}&number=%2B13125550111"
    ))
    .await
    .expect(200);
    let call = Call::missed(
        SOLEIL,
        STRANGER.parse().unwrap(),
        SOLEIL_PHONE.parse().unwrap(),
    );
    let printed = format!(
        "{fake:?} {:?} {:?} {call:?} {:?} {:?}",
        fake.requests(),
        fake.deliveries(),
        FakeGhl::builder(),
        gohighlevel::testing::Seed::sample(),
    );
    for secret in [
        SOLEIL_TOKEN,
        "3125550",
        "a private text",
        "Maria",
        "example.com",
    ] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

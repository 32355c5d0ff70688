//! Webhooks: their bodies, their signature, and how they are delivered.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gohighlevel::testing::{Call, CallStatus, Direction, Redelivery, TextMessage};
use serde_json::json;

use super::receiver::{Received, Receiver};
use super::*;

fn missed() -> Call {
    Call::missed(
        SOLEIL,
        STRANGER.parse().unwrap(),
        SOLEIL_PHONE.parse().unwrap(),
    )
}

fn text(from: &str, body: &str) -> TextMessage {
    TextMessage {
        location_id: SOLEIL.to_owned(),
        from: from.parse().unwrap(),
        to: SOLEIL_PHONE.parse().unwrap(),
        body: body.to_owned(),
    }
}

fn json_of(received: &Received) -> Value {
    serde_json::from_slice(&received.body).unwrap()
}

/// The only webhook so far, as JSON.
fn only_body(fake: &FakeGhl) -> Value {
    let deliveries = fake.deliveries();
    assert_eq!(deliveries.len(), 1);
    serde_json::from_str(&deliveries[0].body).unwrap()
}

#[tokio::test]
async fn a_missed_call_is_told_as_highlevel_tells_it() {
    let receiver = Receiver::start(&[]).await;
    let fake = builder(&clock())
        .webhook_url(&receiver.url)
        .unwrap()
        .start()
        .await
        .unwrap();
    let happening = fake.call(&missed()).unwrap();
    fake.deliveries_settled().await;
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].target, "/webhooks/ghl?from=fake");
    assert_eq!(received[0].headers["content-type"], "application/json");
    let api = Api::new(&fake);
    let message = api
        .get(&format!("/conversations/messages/{}", happening.message_id))
        .await
        .expect(200)["message"]
        .clone();
    assert_eq!(
        json_of(&received[0]),
        json!({
            "type": "InboundMessage",
            "locationId": SOLEIL,
            "contactId": happening.contact_id,
            "conversationId": message["conversationId"],
            "messageId": happening.message_id,
            "dateAdded": "2026-05-08T11:57:42.250Z",
            "direction": "inbound",
            "messageType": "CALL",
            "messageTypeId": 1,
            "messageTypeString": "TYPE_CALL",
            "status": "no-answer",
            "callStatus": "no-answer",
            "callDuration": 0,
            "attachments": [],
            "from": STRANGER,
            "to": SOLEIL_PHONE,
            "timestamp": "2026-05-08T11:57:42.250Z",
            "webhookId": happening.webhook_id,
            "appId": "65f0c1a2b3d4e5f601234567",
            "versionId": "65f0c1a2b3d4e5f601234568",
        })
    );
    assert_eq!(message["type"], 1);
    assert_eq!(message["messageType"], "TYPE_CALL");
    assert_eq!(message["status"], "no-answer");
    assert_eq!(
        message["meta"],
        json!({ "call": { "duration": 0, "status": "no-answer" } })
    );
    let contact = api
        .get(&format!("/contacts/{}", happening.contact_id))
        .await
        .expect(200);
    assert_eq!(contact["contact"]["phone"], STRANGER);
}

#[tokio::test]
async fn a_call_began_its_duration_before_it_ended() {
    let fake = start().await;
    fake.call(&missed().with_status(CallStatus::Completed, 120))
        .unwrap();
    let body = only_body(&fake);
    assert_eq!(body["dateAdded"], "2026-05-08T11:55:42.250Z");
    assert_eq!(body["timestamp"], "2026-05-08T11:57:42.250Z");
    assert_eq!(body["callDuration"], 120);
    assert_eq!(body["callStatus"], "completed");
    assert_eq!(body["attachments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn voicemail_is_told_differently_in_and_out() {
    let fake = start().await;
    fake.call(&missed().with_status(CallStatus::Voicemail, 20))
        .unwrap();
    let body = only_body(&fake);
    assert_eq!(body["status"], "voicemail");
    assert_eq!(body.get("callStatus"), None);
    assert_eq!(body.get("callDuration"), None);

    let fake = start().await;
    let mut call = missed().with_status(CallStatus::Voicemail, 20);
    call.direction = Direction::Outbound;
    (call.from, call.to) = (call.to, call.from);
    let happening = fake.call(&call).unwrap();
    let body = only_body(&fake);
    assert_eq!(body["type"], "OutboundMessage");
    assert_eq!(body["direction"], "outbound");
    assert_eq!(body["status"], "completed");
    assert_eq!(body["callStatus"], "voicemail");
    let contact = Api::new(&fake)
        .get(&format!("/contacts/{}", happening.contact_id))
        .await
        .expect(200);
    assert_eq!(contact["contact"]["phone"], STRANGER);
}

#[tokio::test]
async fn a_text_in_is_told_and_counts_as_unread() {
    let fake = start().await;
    let happening = fake.message(&text(MARIA_PHONE, "Yes please")).unwrap();
    assert_eq!(happening.contact_id, MARIA);
    let body = only_body(&fake);
    for (name, value) in [
        ("type", json!("InboundMessage")),
        ("messageType", json!("SMS")),
        ("messageTypeId", json!(2)),
        ("messageTypeString", json!("TYPE_SMS")),
        ("body", json!("Yes please")),
        ("contentType", json!("text/plain")),
        ("attachments", json!([])),
        ("direction", json!("inbound")),
        ("status", json!("delivered")),
        ("contactId", json!(MARIA)),
        ("messageId", json!(happening.message_id)),
        ("from", json!(MARIA_PHONE)),
        ("to", json!(SOLEIL_PHONE)),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    let found = Api::new(&fake)
        .get(&format!(
            "/conversations/search?locationId={SOLEIL}&status=unread"
        ))
        .await
        .expect(200);
    assert_eq!(found["conversations"][0]["unreadCount"], 1);
}

#[tokio::test]
async fn stop_turns_texts_off_and_tells_so() {
    for word in [
        "STOP",
        " stop ",
        "Unsubscribe",
        "END",
        "quit",
        "cancel",
        "StopAll",
    ] {
        let fake = start().await;
        let api = Api::new(&fake);
        fake.message(&text(MARIA_PHONE, word)).unwrap();
        let maria = api.get(&format!("/contacts/{MARIA}")).await.expect(200);
        assert_eq!(
            maria["contact"]["dndSettings"]["SMS"],
            json!({ "status": "active", "message": "STOP", "code": "101" })
        );
        api.sms(MARIA, "hello?").await.expect(400);
        let deliveries = fake.deliveries();
        let events: Vec<&str> = deliveries.iter().map(|d| d.event.as_str()).collect();
        assert_eq!(events, ["InboundMessage", "ContactDndUpdate"], "{word}");
        let update: Value = serde_json::from_str(&deliveries[1].body).unwrap();
        assert_eq!(update["id"], MARIA);
        assert_eq!(update.get("contactId"), None);
        assert_eq!(update["locationId"], SOLEIL);
        assert_eq!(update["phone"], MARIA_PHONE);
        assert_eq!(update["dndSettings"]["SMS"]["status"], "active");
    }
}

#[tokio::test]
async fn stop_inside_a_sentence_is_only_a_text() {
    let fake = start().await;
    fake.message(&text(MARIA_PHONE, "please stop by at noon"))
        .unwrap();
    assert_eq!(fake.deliveries().len(), 1);
    Api::new(&fake).sms(MARIA, "we will").await.expect(201);
}

#[tokio::test]
async fn a_text_and_an_email_out_are_told() {
    let fake = start().await;
    let api = Api::new(&fake);
    let sent = api.sms(MARIA, "Sorry we missed you").await.expect(201);
    let email =
        json!({ "type": "Email", "contactId": MARIA, "subject": "Hi", "html": "<p>Hi</p>" });
    let mailed = api.post("/conversations/messages", email).await.expect(201);
    let bodies: Vec<Value> = fake
        .deliveries()
        .iter()
        .map(|delivery| serde_json::from_str(&delivery.body).unwrap())
        .collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0]["type"], "OutboundMessage");
    assert_eq!(bodies[0]["messageType"], "SMS");
    assert_eq!(bodies[0]["messageId"], sent["messageId"]);
    assert_eq!(bodies[0]["body"], "Sorry we missed you");
    assert_eq!(bodies[0]["source"], "api");
    assert_eq!(bodies[0]["from"], SOLEIL_PHONE);
    assert_eq!(bodies[1]["messageType"], "Email");
    assert_eq!(bodies[1]["emailMessageId"], mailed["emailMessageId"]);
    assert_eq!(bodies[1]["to"], json!(["Maria.Lopez@example.com"]));
    assert_eq!(bodies[1].get("messageId"), None);
}

#[tokio::test]
async fn a_dnd_change_through_the_api_is_told() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}");
    api.put(&path, json!({ "city": "Chicago" }))
        .await
        .expect(200);
    assert!(fake.deliveries().is_empty());
    api.put(&path, json!({ "dnd": true })).await.expect(200);
    assert_eq!(only_body(&fake)["type"], "ContactDndUpdate");
}

/// The 32 bytes of the key in a PEM.
fn public_key(pem: &str) -> Vec<u8> {
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    STANDARD.decode(body).unwrap().split_off(12)
}

fn verifies(pem: &str, received: &Received) -> bool {
    let signature = STANDARD
        .decode(&received.headers["x-ghl-signature"])
        .unwrap();
    UnparsedPublicKey::new(&ED25519, public_key(pem))
        .verify(&received.body, &signature)
        .is_ok()
}

#[tokio::test]
async fn the_raw_body_is_signed() {
    let receiver = Receiver::start(&[]).await;
    let fake = builder(&clock()).start().await.unwrap();
    fake.set_webhook_url(&receiver.url).unwrap();
    fake.call(&missed()).unwrap();
    fake.deliveries_settled().await;
    let mut received = receiver.received().remove(0);
    assert!(verifies(&fake.public_key_pem(), &received));
    let other = start().await;
    assert!(!verifies(&other.public_key_pem(), &received));
    received.body.push(b' ');
    assert!(!verifies(&fake.public_key_pem(), &received));
}

#[tokio::test]
async fn a_given_key_signs() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let der = pair.to_pkcs8().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    for key in [der.as_ref(), pem.as_bytes()] {
        let fake = builder(&clock())
            .signing_key(key)
            .unwrap()
            .start()
            .await
            .unwrap();
        assert_eq!(
            public_key(&fake.public_key_pem()),
            pair.public_key().as_ref()
        );
    }
    assert!(FakeGhl::builder().signing_key(b"no key").is_err());
}

#[tokio::test]
async fn a_resend_is_the_same_byte_for_byte() {
    let receiver = Receiver::start(&[]).await;
    let fake = builder(&clock()).start().await.unwrap();
    fake.set_webhook_url(&receiver.url).unwrap();
    let happening = fake.call(&missed()).unwrap();
    fake.deliveries_settled().await;
    fake.resend(&happening.webhook_id).unwrap();
    fake.deliveries_settled().await;
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(received[0].headers, received[1].headers);
    assert!(received[0].headers.contains_key("deliveryid"));
    assert_eq!(fake.deliveries()[0].attempts.len(), 2);
    assert!(fake.resend("nothing").is_err());
}

#[tokio::test]
async fn too_busy_and_unreachable_are_tried_again_and_nothing_else_is() {
    let receiver = Receiver::start(&[429, 0, 429, 200, 500]).await;
    let fake = builder(&clock()).start().await.unwrap();
    fake.set_webhook_url(&receiver.url).unwrap();
    fake.call(&missed()).unwrap();
    fake.deliveries_settled().await;
    let attempts = fake.deliveries()[0].attempts.clone();
    let statuses: Vec<Option<u16>> = attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [Some(429), None, Some(429), Some(200)]);
    assert!(attempts[1].problem.is_some());
    let pauses: Vec<i64> = attempts
        .windows(2)
        .map(|pair| pair[1].time.as_millisecond() - pair[0].time.as_millisecond())
        .collect();
    assert_eq!(pauses, [250, 500, 1000]);

    fake.call(&missed()).unwrap();
    fake.deliveries_settled().await;
    assert_eq!(fake.deliveries()[1].attempts.len(), 1);
    assert_eq!(fake.deliveries()[1].attempts[0].status, Some(500));
}

#[tokio::test]
async fn webhooks_come_again_as_either_of_highlevel_s_guides_has_it() {
    for (redelivery, answers, attempts) in [
        (Redelivery::AfterBusy, [429, 0, 200], 2),
        (Redelivery::AfterBusy, [500, 200, 200], 1),
        (Redelivery::AfterBusyOrSilence, [429, 0, 200], 3),
        (Redelivery::AfterBusyOrSilence, [500, 200, 200], 1),
        (Redelivery::AfterAnyFailure, [500, 302, 204], 3),
        (Redelivery::AfterAnyFailure, [0, 404, 200], 3),
    ] {
        let receiver = Receiver::start(&answers).await;
        let fake = builder(&clock()).redelivery(redelivery);
        let fake = fake.start().await.unwrap();
        fake.set_webhook_url(&receiver.url).unwrap();
        fake.call(&missed()).unwrap();
        fake.deliveries_settled().await;
        let made = fake.deliveries()[0].attempts.len();
        assert_eq!(made, attempts, "{redelivery:?} {answers:?}");
    }
}

#[tokio::test]
async fn each_guide_has_its_number_of_repeats_and_its_pauses() {
    let minutes = |minutes: &[i64]| -> Vec<i64> { minutes.iter().map(|one| one * 60).collect() };
    for (redelivery, status, pauses) in [
        (Redelivery::AfterBusy, 429, minutes(&[10; 6])),
        (
            Redelivery::AfterBusyOrSilence,
            429,
            minutes(&[10, 20, 40, 80, 160, 320]),
        ),
        (
            Redelivery::AfterAnyFailure,
            500,
            (0..12).map(|time| 600 << time).collect(),
        ),
    ] {
        let receiver = Receiver::start(&[status; 20]).await;
        let fake = builder(&clock())
            .redelivery(redelivery)
            .redelivery_pause(Duration::from_secs(600));
        let fake = fake.start().await.unwrap();
        fake.set_webhook_url(&receiver.url).unwrap();
        fake.call(&missed()).unwrap();
        fake.deliveries_settled().await;
        let attempts = fake.deliveries()[0].attempts.clone();
        let waited = attempts.windows(2);
        let waited = waited.map(|pair| pair[1].time.as_second() - pair[0].time.as_second());
        assert_eq!(waited.collect::<Vec<_>>(), pauses, "{redelivery:?}");
    }
}

#[tokio::test]
async fn webhooks_that_are_held_back_are_lost_or_come_late_in_any_order() {
    let receiver = Receiver::start(&[]).await;
    let fake = start().await;
    fake.set_webhook_url(&receiver.url).unwrap();
    fake.hold_webhooks(true);
    let first = fake.call(&missed()).unwrap();
    let second = fake.message(&text("+13125550142", "hello")).unwrap();
    fake.hold_webhooks(false);
    fake.message(&text("+13125550142", "still there?")).unwrap();
    fake.deliveries_settled().await;
    assert_eq!(receiver.received().len(), 1);
    for late in [&second, &first] {
        fake.resend(&late.webhook_id).unwrap();
        fake.deliveries_settled().await;
    }
    let told: Vec<_> = receiver.received().iter().map(json_of).collect();
    let ids: Vec<_> = told.iter().skip(1).map(|body| &body["webhookId"]).collect();
    assert_eq!(ids, [&second.webhook_id, &first.webhook_id]);
}

#[tokio::test]
async fn a_receiver_that_never_comes_is_given_up() {
    let fake = builder(&clock())
        .webhook_url("http://127.0.0.1:1/nobody")
        .unwrap()
        .start()
        .await
        .unwrap();
    fake.call(&missed()).unwrap();
    fake.deliveries_settled().await;
    let delivery = fake.deliveries().remove(0);
    assert_eq!(delivery.attempts.len(), 7);
    assert!(delivery.attempts.iter().all(|one| one.status.is_none()));
}

#[tokio::test]
async fn a_webhook_without_a_receiver_can_be_sent_later() {
    let fake = start().await;
    let happening = fake.call(&missed()).unwrap();
    fake.deliveries_settled().await;
    assert!(fake.deliveries()[0].attempts.is_empty());
    let receiver = Receiver::start(&[]).await;
    fake.set_webhook_url(&receiver.url).unwrap();
    fake.resend(&happening.webhook_id).unwrap();
    fake.deliveries_settled().await;
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn only_plain_http_receivers_are_taken() {
    let fake = start().await;
    for url in [
        "https://example.com/hook",
        "webhooks/ghl",
        "ftp://example.com",
    ] {
        assert!(fake.set_webhook_url(url).is_err(), "{url}");
    }
}

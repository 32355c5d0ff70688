//! Sending and reading messages.

use std::time::Duration;

use gohighlevel::api::conversations::OutgoingEmail;
use gohighlevel::ids::ContactId;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_text_is_queued_with_201_and_can_be_read_back() {
    let fake = start().await;
    let api = Api::new(&fake);
    let sent = api
        .sms(MARIA, "Sorry we missed your call")
        .await
        .expect(201);
    assert_eq!(sent["msg"], "Message queued successfully.");
    let id = sent["messageId"].as_str().unwrap();
    let read = api
        .get(&format!("/conversations/messages/{id}"))
        .await
        .expect(200);
    let message = &read["message"];
    assert_eq!(message["id"], id);
    assert_eq!(message["type"], 2);
    assert_eq!(message["messageType"], "TYPE_SMS");
    assert_eq!(message["direction"], "outbound");
    assert_eq!(message["body"], "Sorry we missed your call");
    assert_eq!(message["contactId"], MARIA);
    assert_eq!(message["conversationId"], sent["conversationId"]);
    assert_eq!(message["dateAdded"], "2026-05-08T11:57:42.250Z");
}

#[tokio::test]
async fn a_contact_has_one_conversation() {
    let fake = start().await;
    let api = Api::new(&fake);
    let first = api.sms(MARIA, "one").await.expect(201);
    let second = api.sms(MARIA, "two").await.expect(201);
    assert_eq!(first["conversationId"], second["conversationId"]);
    let other = api.sms(JONAS, "three").await.expect(201);
    assert_ne!(first["conversationId"], other["conversationId"]);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_with_400() {
    let fake = start().await;
    let api = Api::new(&fake);
    api.sms(NINA, "hello").await.expect_exactly(
        400,
        json!({ "status": 400, "message": "Missing phone number" }),
    );
    let refused = api.sms(MARIA, " ").await.expect(400);
    assert_eq!(refused["status"], 400);
    let email = json!({ "type": "Email", "contactId": MARIA, "subject": "Hi", "html": "<p>Hi</p>", "emailTo": "nobody" });
    let refused = api.post("/conversations/messages", email).await.expect(400);
    assert_eq!(
        refused["message"],
        "Unable to send e-mail, contact's e-mail is invalid"
    );
    for body in [
        json!({ "type": "SMS", "message": "to nobody" }),
        json!({ "contactId": MARIA, "message": "by nothing" }),
        json!({ "type": "sms", "contactId": MARIA, "message": "x" }),
        json!({ "type": "SMS", "contactId": MARIA, "message": "x", "text": "y" }),
    ] {
        api.post("/conversations/messages", body).await.expect(422);
    }
    assert!(api.messages_of(SOLEIL, MARIA).await.is_empty());
}

#[tokio::test]
async fn do_not_disturb_refuses_its_channel() {
    let fake = start().await;
    let api = Api::new(&fake);
    let email =
        json!({ "type": "Email", "contactId": MARIA, "subject": "Hi", "html": "<p>Hi</p>" });
    let refusal = |channel: &str| json!({ "status": 400, "message": format!("Cannot send message as DND is active for {channel}.") });
    let path = format!("/contacts/{MARIA}");
    for status in ["active", "permanent"] {
        let settings = json!({ "dndSettings": { "SMS": { "status": status } } });
        api.put(&path, settings).await.expect(200);
        api.sms(MARIA, "hello")
            .await
            .expect_exactly(400, refusal("SMS"));
        api.post("/conversations/messages", email.clone())
            .await
            .expect(201);
    }
    let settings = json!({ "dndSettings": { "SMS": { "status": "inactive" } } });
    api.put(&path, settings).await.expect(200);
    api.sms(MARIA, "hello").await.expect(201);

    // The master flag with no channel named means every channel.
    api.put(&format!("/contacts/{JONAS}"), json!({ "dnd": true }))
        .await
        .expect(200);
    api.sms(JONAS, "hello")
        .await
        .expect_exactly(400, refusal("SMS"));
}

#[tokio::test]
async fn an_email_is_sent_without_its_text_in_the_message() {
    let fake = start().await;
    let api = Api::new(&fake);
    let email = json!({ "type": "Email", "contactId": NINA, "subject": "Hi", "html": "<p>Hi</p>" });
    let sent = api.post("/conversations/messages", email).await.expect(201);
    let messages = api.messages_of(SOLEIL, NINA).await;
    assert_eq!(messages[0]["messageType"], "TYPE_EMAIL");
    assert_eq!(messages[0].get("body"), None);
    assert_eq!(
        messages[0]["meta"]["email"]["messageIds"],
        json!([sent["emailMessageId"]])
    );
}

#[tokio::test]
async fn an_email_shows_in_the_conversation_and_is_reported() {
    let fake = start().await;
    let api = Api::new(&fake);
    let email = OutgoingEmail::new(ContactId::new(NINA).unwrap(), "Hi", "<p>Hi</p>");
    let sent = client(&fake)
        .conversations()
        .send_email(&email)
        .await
        .unwrap();
    let messages = api.messages_of(SOLEIL, NINA).await;
    let message = &messages[0];
    assert_eq!(message["id"], sent.message_id.as_str());
    assert_eq!(message["type"], 3);
    assert_eq!(message["direction"], "outbound");
    assert_eq!(message["contactId"], NINA);
    assert_eq!(message["dateAdded"], "2026-05-08T11:57:42.250Z");
    let found = api
        .get(&format!(
            "/conversations/search?locationId={SOLEIL}&contactId={NINA}"
        ))
        .await
        .expect(200);
    assert_eq!(found["conversations"][0]["lastMessageType"], "TYPE_EMAIL");
    let email_id = message["meta"]["email"]["messageIds"][0].as_str().unwrap();
    let shown = api
        .get(&format!("/conversations/messages/email/{email_id}"))
        .await
        .expect(200);
    let shown = &shown["emailMessage"];
    assert_eq!(shown["threadId"], message["id"]);
    assert_eq!(shown["subject"], "Hi");
    assert_eq!(shown["body"], "<p>Hi</p>");
    assert_eq!(shown["to"], json!(["nina@example.com"]));
    assert!(message["body"].is_null());
    let webhook: Value = serde_json::from_str(&fake.deliveries()[0].body).unwrap();
    assert_eq!(webhook["type"], "OutboundMessage");
    assert_eq!(webhook["messageType"], "Email");
    assert_eq!(webhook["to"], json!(["nina@example.com"]));
}

#[tokio::test]
async fn an_email_needs_an_address_and_leave_to_disturb() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{NINA}");
    let email = json!({ "type": "Email", "contactId": NINA, "subject": "Hi", "html": "<p>Hi</p>" });
    let dnd = |status: &str| json!({ "dndSettings": { "Email": { "status": status } } });
    api.put(&path, dnd("active")).await.expect(200);
    api.post("/conversations/messages", email.clone())
        .await
        .expect_exactly(
            400,
            json!({ "status": 400, "message": "Cannot send message as DND is active for Email." }),
        );
    api.put(&path, dnd("inactive")).await.expect(200);
    api.put(&path, json!({ "email": null })).await.expect(200);
    let refused = api
        .post("/conversations/messages", email.clone())
        .await
        .expect(400);
    assert_eq!(
        refused["message"],
        "Unable to send e-mail, contact's e-mail is invalid"
    );
    assert!(api.messages_of(SOLEIL, NINA).await.is_empty());
    api.put(&path, json!({ "email": "nina@example.com" }))
        .await
        .expect(200);
    api.post("/conversations/messages", email).await.expect(201);
}

#[tokio::test]
async fn messages_come_newest_first_in_pages() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    let mut conversation = String::new();
    for number in 0..5 {
        clock.advance(Duration::from_secs(1));
        let sent = api.sms(MARIA, &format!("text {number}")).await.expect(201);
        conversation = sent["conversationId"].as_str().unwrap().to_owned();
    }
    let mut bodies = Vec::new();
    let mut more = String::new();
    for (size, next) in [(2, true), (2, true), (1, false)] {
        let page = api
            .get(&format!(
                "/conversations/{conversation}/messages?limit=2{more}"
            ))
            .await
            .expect(200);
        let list = &page["messages"];
        let messages = list["messages"].as_array().unwrap();
        assert_eq!((messages.len(), &list["nextPage"]), (size, &json!(next)));
        assert_eq!(list["lastMessageId"], messages.last().unwrap()["id"]);
        bodies.extend(messages.iter().map(|message| message["body"].clone()));
        more = format!("&lastMessageId={}", list["lastMessageId"].as_str().unwrap());
    }
    assert_eq!(
        bodies,
        ["text 4", "text 3", "text 2", "text 1", "text 0"].map(Value::from)
    );
    let calls = api
        .get(&format!(
            "/conversations/{conversation}/messages?type=TYPE_CALL,TYPE_EMAIL"
        ))
        .await
        .expect(200);
    assert_eq!(
        calls["messages"],
        json!({ "nextPage": false, "messages": [] })
    );
}

#[tokio::test]
async fn conversations_are_found_by_contact_and_newest_first() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    api.sms(MARIA, "hello Maria").await.expect(201);
    clock.advance(Duration::from_secs(5));
    api.sms(JONAS, "hello Jonas").await.expect(201);
    let all = api
        .get(&format!("/conversations/search?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!(all["total"], 2);
    assert_eq!(all["conversations"][0]["contactId"], JONAS);
    assert_eq!(all["conversations"][0]["lastMessageBody"], "hello Jonas");
    assert_eq!(all["conversations"][0]["lastMessageType"], "TYPE_SMS");
    assert_eq!(all["conversations"][1]["phone"], MARIA_PHONE);
    let after = all["conversations"][0]["lastMessageDate"].to_string();
    let rest = api
        .get(&format!(
            "/conversations/search?locationId={SOLEIL}&startAfterDate={after}"
        ))
        .await
        .expect(200);
    assert_eq!(rest["conversations"], json!([all["conversations"][1]]));
    api.get("/conversations/search").await.expect(422);
}

#[tokio::test]
async fn a_message_for_later_waits() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body = json!({ "type": "SMS", "contactId": MARIA, "message": "later", "scheduledTimestamp": 1_800_000_000 });
    api.post("/conversations/messages", body).await.expect(201);
    let messages = api.messages_of(SOLEIL, MARIA).await;
    assert_eq!(messages[0]["status"], "scheduled");
    assert!(fake.deliveries().is_empty());
}

#[tokio::test]
async fn an_export_has_all_messages_of_the_location_page_after_page() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    let mut ids = Vec::new();
    for (contact, body) in [(MARIA, "one"), (JONAS, "two"), (MARIA, "three")] {
        let sent = api.sms(contact, body).await.expect(201);
        ids.push(sent["messageId"].as_str().unwrap().to_owned());
        clock.advance(Duration::from_secs(60));
    }
    let export = async |rest: &str| {
        let path = format!("/conversations/messages/export?locationId={SOLEIL}{rest}");
        api.get(&path).await.expect(200)
    };
    let of = |page: &serde_json::Value| -> Vec<String> {
        let messages = page["messages"].as_array().unwrap().iter();
        messages
            .map(|message| message["id"].as_str().unwrap().to_owned())
            .filter(|id| ids.contains(id))
            .collect()
    };
    // The newest first.
    let first = export("&limit=2").await;
    assert_eq!(of(&first), [ids[2].clone(), ids[1].clone()]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = export(&format!("&limit=2&cursor={cursor}")).await;
    assert_eq!(of(&second)[..1], [ids[0].clone()]);
    let oldest_first = export("&sortOrder=asc&startDate=2026-05-08T11:58:00Z").await;
    assert_eq!(of(&oldest_first), [ids[1].clone(), ids[2].clone()]);
    assert_eq!(oldest_first["nextCursor"], serde_json::Value::Null);
    let calls = export("&channel=Call&startDate=2026-05-08T11:57:00Z").await;
    assert!(of(&calls).is_empty());
    let of_maria = export(&format!("&contactId={MARIA}")).await;
    assert_eq!(of(&of_maria), [ids[2].clone(), ids[0].clone()]);
    api.get(&format!(
        "/conversations/messages/export?locationId={SOLEIL}&cursor=x"
    ))
    .await
    .expect(422);
}

//! Records with rules of their own: links, custom fields, calendars, appointments, services, templates, Voice AI.

use super::*;

fn v3(api: &Api, method: &str, path: &str, body: Value) -> reqwest::RequestBuilder {
    let request = api
        .client
        .request(method.parse().unwrap(), format!("{}{path}", api.base))
        .bearer_auth(&api.token)
        .header("Version", "v3");
    if body.is_null() {
        request
    } else {
        request.json(&body)
    }
}

#[tokio::test]
async fn links_have_a_merge_field_of_their_id() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body =
        json!({ "locationId": SOLEIL, "name": "Offer", "redirectTo": "https://example.com/offer" });
    let made = api.post("/links/", body).await.expect(201);
    let id = made["link"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made["link"]["fieldKey"],
        format!("{{{{trigger_link.{id}}}}}")
    );
    let found = format!("/links/search?locationId={SOLEIL}&query=OFFER");
    assert_eq!(
        api.get(&found).await.expect(200)["links"][0]["id"],
        id.as_str()
    );
    let one = format!("/links/{id}");
    api.put(&one, json!({ "name": "Other" })).await.expect(422);
    api.put(
        &one,
        json!({ "name": "Other", "redirectTo": "https://example.com" }),
    )
    .await
    .expect(201);
    let read = api
        .get(&format!("/links/id/{id}?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!(read["link"]["name"], "Other");
    Api::with_token(&fake, HARBOR_TOKEN)
        .delete(&one)
        .await
        .expect(403);
    api.delete(&one)
        .await
        .expect_exactly(201, json!({ "succeded": true }));
    assert_eq!(
        api.get(&format!("/links/?locationId={SOLEIL}"))
            .await
            .expect(200)["links"],
        json!([])
    );
}

#[tokio::test]
async fn custom_fields_are_made_changed_and_deleted_with_their_values() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/locations/{SOLEIL}/customFields");
    let body = json!({ "name": "Last Call Reason", "dataType": "SINGLE_OPTIONS", "textBoxListOptions": ["a", "b"] });
    let made = api.post(&path, body.clone()).await.expect(201);
    let field = &made["customField"];
    assert_eq!(field["fieldKey"], "contact.last_call_reason");
    assert_eq!(field["picklistOptions"], json!(["a", "b"]));
    let again = api.post(&path, body).await.expect(201);
    assert_eq!(
        again["customField"]["fieldKey"],
        "contact.last_call_reason_1"
    );
    let one = format!("{path}/{}", field["id"].as_str().unwrap());
    let value = json!({ "customFields": [{ "id": field["id"], "field_value": "a" }] });
    api.put(&format!("/contacts/{MARIA}"), value)
        .await
        .expect(200);
    api.put(&one, json!({ "name": "Reason", "dataType": "TEXT" }))
        .await
        .expect(422);
    let renamed = api.put(&one, json!({ "name": "Reason" })).await.expect(200);
    assert_eq!(
        renamed["customField"]["fieldKey"],
        "contact.last_call_reason"
    );
    api.delete(&one).await.expect(200);
    let maria = api.get(&format!("/contacts/{MARIA}")).await.expect(200);
    assert_eq!(maria["contact"]["customFields"], json!([]));
}

#[tokio::test]
async fn a_booked_time_is_neither_free_nor_booked_again() {
    let fake = start().await;
    let api = Api::new(&fake);
    // 2026-05-11 is a Monday; Chicago is five hours behind UTC.
    let day = "startDate=1778475600000&endDate=1778562000000";
    let slots = format!("/calendars/sampleCalendar000001/free-slots?{day}");
    let free = api.get(&slots).await.expect(200);
    let list = free["2026-05-11"]["slots"].as_array().unwrap().clone();
    assert_eq!(
        (list.len(), &list[0]),
        (16, &json!("2026-05-11T09:00:00-05:00"))
    );
    let mut body = json!({
        "calendarId": "sampleCalendar000001", "locationId": SOLEIL, "contactId": MARIA,
        "startTime": "2026-05-11T09:00:00-05:00",
    });
    let made = api
        .post("/calendars/events/appointments", body.clone())
        .await
        .expect(201);
    assert_eq!(made["endTime"], "2026-05-11T14:30:00.000Z");
    assert_eq!(
        api.get(&slots).await.expect(200)["2026-05-11"]["slots"]
            .as_array()
            .unwrap()
            .len(),
        15
    );
    api.post("/calendars/events/appointments", body.clone())
        .await
        .expect(400);
    body["ignoreFreeSlotValidation"] = json!(true);
    api.post("/calendars/events/appointments", body)
        .await
        .expect(201);
    let events = format!(
        "/calendars/events?locationId={SOLEIL}&calendarId=sampleCalendar000001&startTime=1778475600000&endTime=1778562000000"
    );
    assert_eq!(
        api.get(&events).await.expect(200)["events"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let of_contact = api
        .get(&format!("/contacts/{MARIA}/appointments"))
        .await
        .expect(200);
    assert_eq!(of_contact["events"][0]["startTime"], "2026-05-11 09:00:00");
    let one = format!("/calendars/events/{}", made["id"].as_str().unwrap());
    api.send("DELETE", &one, json!({})).await.expect(201);
    assert_eq!(
        api.get(&events).await.expect(200)["events"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let long = format!(
        "/calendars/sampleCalendar000001/free-slots?startDate=1778475600000&endDate=1788475600000"
    );
    api.get(&long).await.expect(400);
}

#[tokio::test]
async fn services_are_in_version_3_and_their_slugs_are_their_own() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body = json!({ "locationId": SOLEIL, "name": "Cut", "slug": "cut", "staff": [] });
    let path = "/calendars/services/catalog";
    let made = read(v3(&api, "POST", path, body.clone()))
        .await
        .unwrap()
        .expect(201);
    read(v3(&api, "POST", path, body))
        .await
        .unwrap()
        .expect(400);
    let one = format!("{path}/{}", made["service"]["id"].as_str().unwrap());
    read(v3(&api, "PUT", &one, json!({ "name": "Haircut" })))
        .await
        .unwrap()
        .expect(200);
    let listed = read(v3(
        &api,
        "GET",
        &format!("{path}?locationId={SOLEIL}"),
        Value::Null,
    ))
    .await
    .unwrap()
    .expect(200);
    assert_eq!(listed["services"][0]["name"], "Haircut");
}

#[tokio::test]
async fn templates_of_emails_do_not_tell_their_content() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/emails/locations/{SOLEIL}/templates");
    let folder = read(v3(
        &api,
        "POST",
        &format!("{path}/folders"),
        json!({ "name": "Calls" }),
    ))
    .await
    .unwrap()
    .expect(201);
    let body = json!({
        "name": "Missed", "editorType": "html", "editorContent": "<p>Hi</p>", "subjectLine": "We missed you",
        "parentFolderId": folder["id"],
    });
    let made = read(v3(&api, "POST", &path, body))
        .await
        .unwrap()
        .expect(201);
    assert_eq!(made.get("editorContent"), None);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let shown = read(v3(&api, "GET", &one, Value::Null))
        .await
        .unwrap()
        .expect(200);
    assert_eq!(shown["subject"], "We missed you");
    read(v3(&api, "PATCH", &one, json!({ "name": "Missed call" })))
        .await
        .unwrap()
        .expect(200);
    let listed = read(v3(
        &api,
        "GET",
        &format!("{path}?include=templates"),
        Value::Null,
    ))
    .await
    .unwrap()
    .expect(200);
    assert_eq!(
        (&listed["total"], &listed["items"][0]["name"]),
        (&json!(1), &json!("Missed call"))
    );
    read(v3(&api, "DELETE", &one, Value::Null))
        .await
        .unwrap()
        .expect(200);
    read(v3(&api, "GET", &one, Value::Null))
        .await
        .unwrap()
        .expect(404);
}

#[tokio::test]
async fn voice_ai_agents_go_with_their_actions_and_an_answer_without_a_body() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body =
        json!({ "locationId": SOLEIL, "agentName": "Night desk", "inboundNumber": SOLEIL_PHONE });
    let agent = api.post("/voice-ai/agents", body).await.expect(201);
    let id = agent["id"].as_str().unwrap();
    let action = json!({
        "agentId": id, "locationId": SOLEIL, "actionType": "SMS", "name": "Text", "actionParameters": {},
    });
    let action = api.post("/voice-ai/actions", action).await.expect(201);
    let path = format!("/voice-ai/agents/{id}?locationId={SOLEIL}");
    let shown = api.get(&path).await.expect(200);
    assert_eq!(shown["actions"][0]["id"], action["id"]);
    let listed = api
        .get(&format!("/voice-ai/agents?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!((&listed["total"], &listed["page"]), (&json!(1), &json!(1)));
    let gone = api.delete(&path).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    let action = format!(
        "/voice-ai/actions/{}?locationId={SOLEIL}",
        action["id"].as_str().unwrap()
    );
    api.get(&action).await.expect(404);
}

#[tokio::test]
async fn calls_are_logged_and_recordings_come_as_sound() {
    let fake = start().await;
    let api = Api::new(&fake);
    let opened = json!({ "locationId": SOLEIL, "contactId": MARIA });
    let conversation = api
        .post("/conversations/", opened.clone())
        .await
        .expect(201);
    let again = api.post("/conversations/", opened).await.expect(201);
    assert_eq!(
        conversation["conversation"]["id"],
        again["conversation"]["id"]
    );
    let id = conversation["conversation"]["id"].as_str().unwrap();
    let call = json!({
        "type": "Call", "conversationId": id, "conversationProviderId": "p1", "direction": "inbound",
        "call": { "to": SOLEIL_PHONE, "from": MARIA_PHONE, "status": "completed" },
    });
    let logged = api
        .post("/conversations/messages/inbound", call)
        .await
        .expect(200);
    let message = logged["messageId"].as_str().unwrap();
    let sound = api
        .get(&format!(
            "/conversations/messages/{message}/locations/{SOLEIL}/recording"
        ))
        .await;
    assert_eq!(
        (sound.status, &sound.headers["content-type"]),
        (200, &"audio/x-wav".parse().unwrap())
    );
    assert!(sound.text.starts_with("RIFF"));
    let sentences = api
        .get(&format!(
            "/conversations/locations/{SOLEIL}/messages/{message}/transcription"
        ))
        .await
        .expect(200);
    assert_eq!(sentences[0]["sentenceIndex"], 0);
    let unread = api.get(&format!("/conversations/{id}")).await.expect(200);
    assert_eq!(
        (&unread["unreadCount"], &unread["type"]),
        (&json!(1), &json!(1))
    );
    let body = json!({ "locationId": SOLEIL, "unreadCount": 0, "starred": true });
    api.put(&format!("/conversations/{id}"), body)
        .await
        .expect(200);
    assert_eq!(
        api.get(&format!("/conversations/{id}")).await.expect(200)["starred"],
        true
    );
    let nothing = json!({ "type": "Custom", "contactId": MARIA, "message": "Hi" });
    let silent = api.post("/conversations/messages/inbound", nothing).await;
    assert_eq!((silent.status, silent.text.as_str()), (201, ""));
}

#[tokio::test]
async fn a_scheduled_message_is_cancelled_once_and_a_comment_reaches_nobody() {
    let fake = start().await;
    let api = Api::new(&fake);
    let text = json!({ "type": "SMS", "contactId": MARIA, "message": "Later", "scheduledTimestamp": 1_900_000_000 });
    let sent = api.post("/conversations/messages", text).await.expect(201);
    let path = format!(
        "/conversations/messages/{}/schedule",
        sent["messageId"].as_str().unwrap()
    );
    assert_eq!(api.delete(&path).await.expect(200)["status"], 200);
    assert_eq!(api.delete(&path).await.expect(200)["status"], 404);
    let comment = json!({ "type": "InternalComment", "contactId": MARIA, "message": "Call her", "mentions": [ANA], "userId": ANA });
    api.post("/conversations/messages", comment)
        .await
        .expect(201);
    let kept = api.messages_of(SOLEIL, MARIA).await;
    assert_eq!(kept[0]["messageType"], "TYPE_INTERNAL_COMMENT");
    assert!(fake.texts(SOLEIL).is_empty());
    assert!(fake.deliveries().is_empty());
}

#[tokio::test]
async fn opportunities_are_found_by_words_and_by_the_day() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body = json!({
        "locationId": SOLEIL, "pipelineId": "samplePipeMissed0001", "contactId": MARIA, "name": "Visit", "status": "open",
    });
    api.post("/opportunities/", body).await.expect(201);
    for (query, found) in [
        ("q=nobody", 0),
        ("q=lopez", 1),
        ("q=VISIT", 1),
        ("date=05-08-2026&endDate=05-08-2026", 1),
        ("date=05-09-2026", 0),
        ("endDate=05-07-2026", 0),
        ("limit=1.0", 1),
    ] {
        let path = format!("/opportunities/search?location_id={SOLEIL}&{query}");
        let list = api.get(&path).await.expect(200);
        assert_eq!(
            list["opportunities"].as_array().unwrap().len(),
            found,
            "{query}"
        );
    }
    let upserted = json!({ "locationId": SOLEIL, "pipelineId": "samplePipeMissed0001", "contactId": MARIA, "monetaryValue": 90 });
    let changed = api
        .post("/opportunities/upsert", upserted)
        .await
        .expect(200);
    assert_eq!(
        (&changed["new"], &changed["opportunity"]["monetaryValue"]),
        (&json!(false), &json!(90))
    );
    api.get(&format!("/opportunities/lost-reason?locationId={SOLEIL}"))
        .await
        .expect(200);
}

#[tokio::test]
async fn contacts_are_changed_in_bulk_and_follow_businesses() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body =
        json!({ "contacts": [MARIA, JONAS, "nobody"], "tags": ["Recall"], "locationId": SOLEIL });
    let done = api
        .post("/contacts/bulk/tags/update/add", body)
        .await
        .expect(201);
    assert_eq!(
        (&done["errorCount"], &done["responses"]),
        (&json!(1), &json!([MARIA, JONAS]))
    );
    let business = json!({ "locationId": SOLEIL, "name": "Acme" });
    let made = api.post("/businesses/", business).await.expect(201);
    let id = made["buiseness"]["id"].as_str().unwrap();
    let body = json!({ "locationId": SOLEIL, "ids": [MARIA], "businessId": id });
    api.post("/contacts/bulk/business", body).await.expect(200);
    let found = api
        .get(&format!("/contacts/business/{id}?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!(
        (&found["count"], &found["contacts"][0]["id"]),
        (&json!(1), &json!(MARIA))
    );
    let path = format!("/contacts/{MARIA}/followers");
    let followed = api
        .post(&path, json!({ "followers": [ANA] }))
        .await
        .expect(201);
    assert_eq!(followed["followersAdded"], json!([ANA]));
    let left = api
        .send("DELETE", &path, json!({ "followers": [ANA] }))
        .await
        .expect(200);
    assert_eq!(
        (&left["followers"], &left["followersRemoved"]),
        (&json!([]), &json!([ANA]))
    );
}

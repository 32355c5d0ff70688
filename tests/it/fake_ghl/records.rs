//! Tags, tasks, custom values, workflows, users and the location.

use serde_json::json;

use super::*;

#[tokio::test]
async fn tags_of_a_contact_are_added_and_removed_in_lower_case() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}/tags");
    api.post(&path, json!({ "tags": ["Missed-Call", "VIP"] }))
        .await
        .expect_exactly(
            201,
            json!({ "tags": ["vip", "missed-call"], "tagsAdded": ["missed-call"] }),
        );
    api.send("DELETE", &path, json!({ "tags": ["VIP", "never had"] }))
        .await
        .expect_exactly(
            200,
            json!({ "tags": ["missed-call"], "tagsRemoved": ["vip"] }),
        );
    api.post(&path, json!({})).await.expect(422);
    api.delete(&path).await.expect(422);
    let list = api
        .get(&format!("/locations/{SOLEIL}/tags"))
        .await
        .expect(200);
    assert_eq!(list["tags"][2]["name"], "missed-call");
}

#[tokio::test]
async fn tags_of_a_location_are_made_renamed_and_deleted() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/locations/{SOLEIL}/tags");
    let made = api
        .post(&path, json!({ "name": "Call Back" }))
        .await
        .expect(200);
    assert_eq!(made["tag"]["name"], "call back");
    assert_eq!(made["tag"]["locationId"], SOLEIL);
    let id = made["tag"]["id"].as_str().unwrap().to_owned();
    api.post(&path, json!({ "name": "call BACK" }))
        .await
        .expect(400);
    api.post(
        &format!("/contacts/{MARIA}/tags"),
        json!({ "tags": ["call back"] }),
    )
    .await
    .expect(201);
    let one = format!("{path}/{id}");
    let renamed = api.put(&one, json!({ "name": "Ring" })).await.expect(200);
    assert_eq!(
        renamed["tag"],
        json!({ "id": id, "name": "ring", "locationId": SOLEIL })
    );
    assert_eq!(api.get(&one).await.expect(200)["tag"], renamed["tag"]);
    let maria = api.get(&format!("/contacts/{MARIA}")).await.expect(200);
    assert_eq!(maria["contact"]["tags"], json!(["vip", "ring"]));
    api.delete(&one)
        .await
        .expect_exactly(200, json!({ "succeded": true }));
    api.get(&one).await.expect(404);
    let maria = api.get(&format!("/contacts/{MARIA}")).await.expect(200);
    assert_eq!(maria["contact"]["tags"], json!(["vip"]));
}

#[tokio::test]
async fn a_task_needs_title_due_date_and_completed() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}/tasks");
    let whole =
        json!({ "title": "Call back", "dueDate": "2026-05-08T08:00:00-05:00", "completed": false });
    for name in ["title", "dueDate", "completed"] {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(name);
        let refused = api.post(&path, body).await.expect(422);
        let first = refused["message"][0].as_str().unwrap();
        assert_eq!(first, format!("{name} should not be empty"));
    }
    let mut vague = whole.clone();
    vague["dueDate"] = json!("tomorrow");
    let refused = api.post(&path, vague).await.expect(422);
    assert_eq!(
        refused["message"],
        json!(["dueDate must be a valid ISO 8601 date string"])
    );
    let mut body = whole;
    body["assignedTo"] = json!(ANA);
    body["body"] = json!("Missed call at 6:57");
    let made = api.post(&path, body).await.expect(201);
    let id = made["task"]["id"].clone();
    assert_eq!(
        made["task"],
        json!({
            "id": id, "contactId": MARIA, "title": "Call back", "body": "Missed call at 6:57",
            "dueDate": "2026-05-08T13:00:00.000Z", "completed": false, "assignedTo": ANA,
        })
    );
    let list = api.get(&path).await.expect(200);
    assert_eq!(list["tasks"], json!([made["task"]]));
}

#[tokio::test]
async fn a_task_is_changed_completed_and_deleted() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}/tasks");
    let body = json!({ "title": "Call", "dueDate": "2026-05-08T13:00:00Z", "completed": false });
    let made = api.post(&path, body).await.expect(201);
    let one = format!("{path}/{}", made["task"]["id"].as_str().unwrap());
    let changed = api.put(&one, json!({ "title": "Ring" })).await.expect(200);
    assert_eq!(changed["task"]["title"], "Ring");
    assert_eq!(changed["task"]["completed"], false);
    api.put(&format!("{one}/completed"), json!({}))
        .await
        .expect(422);
    let done = api
        .put(&format!("{one}/completed"), json!({ "completed": true }))
        .await
        .expect(200);
    assert_eq!(done["task"]["completed"], true);
    assert_eq!(api.get(&one).await.expect(200)["task"], done["task"]);
    // It is Maria's task and nobody else's.
    api.get(&one.replace(MARIA, JONAS)).await.expect(404);
    api.delete(&one)
        .await
        .expect_exactly(200, json!({ "succeded": true }));
    api.get(&one).await.expect(404);
}

#[tokio::test]
async fn a_custom_value_has_the_merge_tag_as_its_key() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/locations/{SOLEIL}/customValues");
    let list = api.get(&path).await.expect(200);
    assert_eq!(
        list["customValues"][0],
        json!({
            "id": "sampleValueLink00001", "name": "Calendly Link", "locationId": SOLEIL,
            "fieldKey": "{{ custom_values.calendly_link }}", "value": "https://calendly.com/soleil/visit",
        })
    );
    let made = api
        .post(
            &path,
            json!({ "name": "After Hours: Note", "value": "closed" }),
        )
        .await
        .expect(201);
    assert_eq!(
        made["customValue"]["fieldKey"],
        "{{ custom_values.after_hours_note }}"
    );
    let one = format!("{path}/{}", made["customValue"]["id"].as_str().unwrap());
    for body in [
        json!({ "value": "open" }),
        json!({ "name": "After Hours: Note" }),
        json!({ "name": "After Hours: Note", "value": "" }),
    ] {
        api.put(&one, body).await.expect(422);
    }
    let renamed = api
        .put(&one, json!({ "name": "Night", "value": "open" }))
        .await
        .expect(200);
    assert_eq!(renamed["customValue"]["name"], "Night");
    assert_eq!(
        renamed["customValue"]["fieldKey"],
        "{{ custom_values.after_hours_note }}"
    );
    assert_eq!(
        api.get(&one).await.expect(200)["customValue"],
        renamed["customValue"]
    );
    api.delete(&one)
        .await
        .expect_exactly(200, json!({ "succeded": true }));
    api.get(&one).await.expect(404);
}

#[tokio::test]
async fn a_contact_enters_and_leaves_a_workflow() {
    let fake = start().await;
    let api = Api::new(&fake);
    let list = api
        .get(&format!("/workflows/?locationId={SOLEIL}"))
        .await
        .expect(200);
    let workflow = &list["workflows"][0];
    assert_eq!(workflow["status"], "published");
    assert_eq!(workflow["locationId"], SOLEIL);
    let id = workflow["id"].as_str().unwrap();
    let path = format!("/contacts/{MARIA}/workflow/{id}");
    let inside = json!({
        "locationId": SOLEIL, "pageLimit": 5,
        "filters": [{ "field": "activeWorkflows", "operator": "eq", "value": id }],
    });
    for (method, body, status, total) in [
        ("POST", json!({}), 201, 1),
        (
            "POST",
            json!({ "eventStartTime": "2026-06-23T03:30:00+01:00" }),
            201,
            1,
        ),
        ("DELETE", json!({}), 200, 0),
    ] {
        api.send(method, &path, body)
            .await
            .expect_exactly(status, json!({ "succeded": true }));
        let found = api
            .post("/contacts/search", inside.clone())
            .await
            .expect(200);
        assert_eq!(found["total"], total);
    }
    api.post(&path, json!({ "when": "now" })).await.expect(422);
    api.post(&format!("/contacts/{MARIA}/workflow/none"), json!({}))
        .await
        .expect(404);
    api.get("/workflows/").await.expect(422);
}

#[tokio::test]
async fn the_location_and_its_users_are_shown() {
    let fake = start().await;
    let api = Api::new(&fake);
    let location = api.get(&format!("/locations/{SOLEIL}")).await.expect(200);
    assert_eq!(location["location"]["timezone"], "America/Chicago");
    assert_eq!(location["location"]["phone"], SOLEIL_PHONE);
    let users = api
        .get(&format!("/users/?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!(users["users"].as_array().unwrap().len(), 2);
    assert_eq!(users["users"][0]["id"], ANA);
    assert_eq!(users["users"][0]["phone"], "+1 312-555-0101");
}

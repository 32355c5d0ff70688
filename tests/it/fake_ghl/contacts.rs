//! Contacts: how they are written, told apart and shown.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_create_normalises_and_answers_201() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body = api
        .post(
            "/contacts/",
            json!({
                "locationId": SOLEIL, "firstName": "Rosa", "lastName": "Diaz", "email": "Rosa@Example.com",
                "phone": "+1 (312) 555-0142", "tags": ["Missed Call", "VIP", "vip"], "timezone": "America/Chicago",
                "customFields": [
                    { "key": "preferred_language", "field_value": "es" },
                    { "id": "other", "field_value": [1, 2] },
                    { "key": "unheard_of", "field_value": "x" },
                ],
            }),
        )
        .await
        .expect(201);
    assert!(body["traceId"].is_string());
    let created = &body["contact"];
    assert_eq!(created["phone"], "+13125550142");
    assert_eq!(created["email"], "Rosa@Example.com");
    assert_eq!(created["emailLowerCase"], "rosa@example.com");
    assert_eq!(created["tags"], json!(["missed call", "vip"]));
    assert_eq!(created["dateAdded"], "2026-05-08T11:57:42.250Z");
    assert_eq!(
        created["customFields"],
        json!([{ "id": "sampleFieldLang00001", "value": "es" }, { "id": "other", "value": [1, 2] }])
    );
    // The answer to a create has neither name nor time zone; get-by-id has both.
    assert_eq!(created.get("name"), None);
    assert_eq!(created.get("timezone"), None);
    let id = created["id"].as_str().unwrap();
    let read = api.get(&format!("/contacts/{id}")).await.expect(200);
    assert_eq!(read["contact"]["name"], "Rosa Diaz");
    assert_eq!(read["contact"]["timezone"], "America/Chicago");

    // A tag that was not known is in the location's list now.
    let tags = api
        .get(&format!("/locations/{SOLEIL}/tags"))
        .await
        .expect(200);
    let names: Vec<&str> = tags["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["new-patient", "vip", "missed call"]);
}

#[tokio::test]
async fn an_unknown_property_is_422_with_a_list() {
    let fake = start().await;
    let api = Api::new(&fake);
    let upsert =
        json!({ "locationId": SOLEIL, "phone": STRANGER, "additionalEmails": [], "vip": true });
    api.post("/contacts/upsert", upsert).await.expect_exactly(
        422,
        json!({
            "statusCode": 422,
            "error": "Unprocessable Entity",
            "message": ["property additionalEmails should not exist", "property vip should not exist"],
        }),
    );
    // An update knows neither the location nor these two.
    for name in ["locationId", "gender", "companyName"] {
        let mut body = json!({});
        body[name] = json!(SOLEIL);
        let refused = api
            .put(&format!("/contacts/{MARIA}"), body)
            .await
            .expect(422);
        assert_eq!(
            refused["message"],
            json!([format!("property {name} should not exist")])
        );
    }
}

#[tokio::test]
async fn a_missing_or_mistyped_property_is_422() {
    let fake = start().await;
    let api = Api::new(&fake);
    let refused = api
        .post("/contacts/", json!({ "firstName": 5 }))
        .await
        .expect(422);
    assert_eq!(
        refused["message"],
        json!([
            "locationId should not be empty",
            "locationId must be a string",
            "firstName must be a string"
        ])
    );
}

#[tokio::test]
async fn a_location_without_duplicates_refuses_a_second_contact() {
    let fake = start().await;
    let api = Api::new(&fake);
    for (field, value) in [
        ("phone", "+1 312 555 0111"),
        ("email", "maria.lopez@EXAMPLE.com"),
    ] {
        let mut body = json!({ "locationId": SOLEIL });
        body[field] = json!(value);
        let refused = json!({
            "statusCode": 400,
            "message": "This location does not allow duplicated contacts.",
            "meta": { "contactId": MARIA, "matchingField": field },
        });
        api.post("/contacts/", body.clone())
            .await
            .expect_exactly(400, refused.clone());
        body.as_object_mut().unwrap().remove("locationId");
        api.put(&format!("/contacts/{JONAS}"), body.clone())
            .await
            .expect_exactly(400, refused);
        // Its own address and number are no duplicates.
        api.put(&format!("/contacts/{MARIA}"), body)
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_location_with_duplicates_takes_them_unless_upsert_finds_one() {
    let fake = start().await;
    let api = Api::with_token(&fake, HARBOR_TOKEN);
    let body = json!({ "locationId": HARBOR, "phone": "+16175550111" });
    let second = api.post("/contacts/", body.clone()).await.expect(201);
    assert_ne!(second["contact"]["id"], OMAR);
    let found = api.post("/contacts/upsert", body).await.expect(200);
    assert_eq!(
        (found["new"].clone(), found["contact"]["id"].clone()),
        (json!(false), json!(OMAR))
    );
    let body = json!({ "locationId": HARBOR, "phone": "+16175550111", "createNewIfDuplicateAllowed": true });
    let third = api.post("/contacts/upsert", body).await.expect(200);
    assert_eq!(third["new"], true);
}

#[tokio::test]
async fn an_upsert_creates_once_and_replaces_tags() {
    let fake = start().await;
    let api = Api::new(&fake);
    let upsert = |tags: serde_json::Value| json!({ "locationId": SOLEIL, "name": "Rosa Diaz", "phone": STRANGER, "tags": tags });
    let first = api
        .post("/contacts/upsert", upsert(json!(["A", "B"])))
        .await
        .expect(200);
    assert_eq!(
        (first["new"].clone(), first["succeded"].clone()),
        (json!(true), json!(true))
    );
    assert_eq!(first["contact"]["firstName"], "Rosa");
    let second = api
        .post("/contacts/upsert", upsert(json!(["C"])))
        .await
        .expect(200);
    assert_eq!(second["new"], false);
    assert_eq!(second["contact"]["id"], first["contact"]["id"]);
    assert_eq!(second["contact"]["tags"], json!(["c"]));
    // Asking for a second contact does not help where the location wants none.
    let mut body = upsert(json!([]));
    body["createNewIfDuplicateAllowed"] = json!(true);
    let third = api.post("/contacts/upsert", body).await.expect(200);
    assert_eq!(third["new"], false);
}

#[tokio::test]
async fn an_upsert_follows_the_first_identifier_and_leaves_the_other_contact_alone() {
    let fake = start().await;
    let api = Api::new(&fake);
    let body = json!({ "locationId": SOLEIL, "email": "jonas@example.com", "phone": MARIA_PHONE, "gender": "male" });
    let reply = api.post("/contacts/upsert", body).await.expect(200);
    assert_eq!(reply["contact"]["id"], JONAS);
    assert_eq!(reply["contact"]["phone"], "+13125550112");
    assert_eq!(reply["contact"].get("gender"), None);
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_name_and_null_clears() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}");
    let body = api
        .put(
            &path,
            json!({ "lastName": null, "city": "Chicago", "tags": ["New"] }),
        )
        .await
        .expect(200);
    assert_eq!(body["succeded"], true);
    let contact = &body["contact"];
    assert_eq!(contact["firstName"], "Maria");
    assert_eq!(contact.get("lastName"), None);
    assert_eq!(contact["city"], "Chicago");
    assert_eq!(contact["tags"], json!(["new"]));
    assert_eq!(contact["phone"], MARIA_PHONE);
}

#[tokio::test]
async fn a_phone_that_cannot_be_read_stays_as_it_is() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{NINA}");
    for (written, held) in [
        ("(312) 555-0177", "+13125550177"),
        ("1-312-555-0178", "+13125550178"),
        ("555-0179", "555-0179"),
    ] {
        let body = api
            .put(&path, json!({ "phone": written }))
            .await
            .expect(200);
        assert_eq!(body["contact"]["phone"], held);
    }
    let refused = api.sms(NINA, "hello").await.expect(400);
    assert_eq!(refused["message"], "Invalid country calling code");
}

#[tokio::test]
async fn a_deleted_contact_is_gone_with_what_hangs_on_it() {
    let fake = start().await;
    let api = Api::new(&fake);
    api.sms(MARIA, "hello").await.expect(201);
    api.delete(&format!("/contacts/{MARIA}"))
        .await
        .expect_exactly(200, json!({ "succeded": true }));
    api.get(&format!("/contacts/{MARIA}")).await.expect(404);
    assert_eq!(api.messages_of(SOLEIL, MARIA).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_duplicate_lookup_answers_null_when_there_is_none() {
    let fake = start().await;
    let api = Api::new(&fake);
    let lookup = |query: &str| format!("/contacts/search/duplicate?locationId={SOLEIL}&{query}");
    let found = api.get(&lookup("number=%2B13125550111")).await.expect(200);
    assert_eq!(found["contact"]["id"], MARIA);
    assert_eq!(found["matchingField"], "number");
    let both = api
        .get(&lookup("number=%2B13125550111&email=JONAS@example.com"))
        .await
        .expect(200);
    assert_eq!(both["contact"]["id"], JONAS);
    assert_eq!(both["matchingField"], "email");
    api.get(&lookup("number=%2B13125550142"))
        .await
        .expect_exactly(200, json!({ "contact": null }));
}

#[tokio::test]
async fn the_same_number_at_the_same_time_makes_one_contact() {
    let fake = start().await;
    let api = Api::new(&fake);
    let upserts: Vec<_> = (0..30)
        .map(|_| {
            let api = api.clone();
            tokio::spawn(async move {
                let body = json!({ "locationId": SOLEIL, "phone": STRANGER });
                api.post("/contacts/upsert", body).await.expect(200)["new"].clone()
            })
        })
        .collect();
    let mut new = 0;
    for upsert in upserts {
        new += u32::from(upsert.await.unwrap() == json!(true));
    }
    assert_eq!(new, 1);
}

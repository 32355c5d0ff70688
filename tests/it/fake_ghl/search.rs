//! Search of contacts.

use serde_json::json;

use super::*;

async fn found(api: &Api, body: Value) -> Vec<String> {
    let mut body = body;
    body["locationId"] = json!(SOLEIL);
    body["pageLimit"] = json!(20);
    let reply = api.post("/contacts/search", body).await.expect(200);
    reply["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn location_and_page_limit_are_needed() {
    let fake = start().await;
    let api = Api::new(&fake);
    let refused = api.post("/contacts/search", json!({})).await.expect(422);
    assert_eq!(
        refused["message"],
        json!([
            "locationId should not be empty",
            "locationId must be a string",
            "pageLimit should not be empty",
            "pageLimit must be a number"
        ])
    );
    let body = json!({ "locationId": SOLEIL, "pageLimit": 501 });
    api.post("/contacts/search", body).await.expect(422);
}

#[tokio::test]
async fn filters_pick_contacts() {
    let fake = start().await;
    let api = Api::new(&fake);
    let leaf = |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
    for (filter, expected) in [
        (leaf("phone", "eq", json!("+1 312-555-0111")), vec![MARIA]),
        (
            leaf("email", "eq", json!("maria.lopez@example.com")),
            vec![MARIA],
        ),
        (leaf("tags", "contains", json!("VIP")), vec![MARIA]),
        (leaf("tags", "eq", json!(["vip"])), vec![MARIA]),
        (leaf("contactName", "contains", json!("ona")), vec![JONAS]),
        (leaf("phone", "not_exists", Value::Null), vec![NINA]),
        (
            json!({ "group": "OR", "filters": [leaf("id", "eq", json!(JONAS)), leaf("id", "eq", json!(NINA))] }),
            vec![JONAS, NINA],
        ),
        (
            leaf(
                "dateAdded",
                "range",
                json!({ "gt": "2027-01-01T00:00:00Z" }),
            ),
            vec![],
        ),
    ] {
        let ids = found(&api, json!({ "filters": [filter.clone()] })).await;
        assert_eq!(ids, expected, "{filter}");
    }
    assert_eq!(found(&api, json!({ "query": "LOPEZ" })).await, [MARIA]);
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name() {
    let fake = start().await;
    let api = Api::new(&fake);
    let filters = json!([{ "field": "contact_name", "operator": "eq", "value": "x" }]);
    let body = json!({ "locationId": SOLEIL, "pageLimit": 1, "filters": filters });
    api.post("/contacts/search", body).await.expect_exactly(
        400,
        json!({ "message": "Invalid field contact_name", "error": "Bad Request", "statusCode": 400 }),
    );
}

#[tokio::test]
async fn items_differ_from_get_by_id() {
    let fake = start().await;
    let api = Api::new(&fake);
    let settings =
        json!({ "address1": "1 Main St", "dndSettings": { "SMS": { "status": "active" } } });
    api.put(&format!("/contacts/{MARIA}"), settings)
        .await
        .expect(200);
    let body = json!({ "locationId": SOLEIL, "pageLimit": 1, "query": "maria" });
    let reply = api.post("/contacts/search", body).await.expect(200);
    assert_eq!(reply["total"], 1);
    let item = &reply["contacts"][0];
    assert_eq!(item["firstName"], "maria");
    assert_eq!(item["firstNameRaw"], "Maria");
    assert_eq!(item["contactName"], "maria lopez");
    assert_eq!(item["address"], "1 Main St");
    assert_eq!(item.get("dndSettings"), None);
    assert_eq!(item["searchAfter"], json!([1_778_241_462_250_i64, MARIA]));
}

#[tokio::test]
async fn pages_follow_each_other_by_number_or_by_the_last_item() {
    let fake = start().await;
    let api = Api::new(&fake);
    let mut by_number = Vec::new();
    for page in 1..=5 {
        let body = json!({ "locationId": SOLEIL, "pageLimit": 1, "page": page });
        let reply = api.post("/contacts/search", body).await.expect(200);
        assert_eq!(reply["total"], 4);
        by_number.extend(reply["contacts"].as_array().unwrap().clone());
    }
    assert_eq!(by_number.len(), 4);
    let mut by_item: Vec<Value> = Vec::new();
    loop {
        let mut body = json!({ "locationId": SOLEIL, "pageLimit": 1 });
        if let Some(last) = by_item.last() {
            body["searchAfter"] = last["searchAfter"].clone();
        }
        let reply = api.post("/contacts/search", body).await.expect(200);
        match reply["contacts"].as_array().unwrap().first() {
            Some(contact) => by_item.push(contact.clone()),
            None => break,
        }
    }
    assert_eq!(by_item, by_number);
}

#[tokio::test]
async fn sorting_goes_both_ways() {
    let fake = start().await;
    let api = Api::new(&fake);
    let sort = |direction: &str| json!({ "sort": [{ "field": "firstNameLowerCase", "direction": direction }] });
    assert_eq!(found(&api, sort("asc")).await, [JONAS, MARIA, NINA, STAFF]);
    assert_eq!(found(&api, sort("desc")).await, [STAFF, NINA, MARIA, JONAS]);
}

//! Agencies: their tokens, locations, users and plan; scopes; paused locations.

use super::*;

const AGENCY: &str = "sampleCompany0000001";
const AGENCY_TOKEN: &str = "pit-sample-agency";

#[tokio::test]
async fn an_agencys_token_reaches_its_locations_and_not_what_is_inside_them() {
    let fake = start().await;
    let agency = Api::with_token(&fake, AGENCY_TOKEN);
    let found = agency
        .get(&format!("/locations/search?companyId={AGENCY}"))
        .await
        .expect(200);
    assert_eq!(found["locations"].as_array().unwrap().len(), 2);
    agency
        .get(&format!("/locations/{SOLEIL}"))
        .await
        .expect(200);
    let company = agency
        .get(&format!("/companies/{AGENCY}"))
        .await
        .expect(200);
    assert_eq!(company["company"]["name"], "Sample Agency");
    agency.get("/companies/other").await.expect(403);
    let refused = agency.get(&format!("/contacts/{MARIA}")).await.expect(401);
    assert_eq!(refused["message"], "Token's user type mismatch!");
    let location = Api::new(&fake);
    let own = location.get("/locations/search").await.expect(200);
    assert_eq!(own["locations"][0]["id"], SOLEIL);
    assert_eq!(own["locations"].as_array().unwrap().len(), 1);
    location
        .get(&format!("/locations/{HARBOR}"))
        .await
        .expect(403);
    let refused = location
        .get(&format!("/companies/{AGENCY}"))
        .await
        .expect(401);
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .starts_with("This authClass type")
    );
}

#[tokio::test]
async fn making_a_location_takes_a_plan_that_allows_it() {
    let fake = start().await;
    let agency = Api::with_token(&fake, AGENCY_TOKEN);
    let body = json!({ "name": "New", "companyId": AGENCY, "timezone": "Europe/Vienna", "snapshotId": "sampleSnapshot000001" });
    fake.set_makes_locations(AGENCY, false);
    agency.post("/locations/", body.clone()).await.expect(403);
    fake.set_makes_locations(AGENCY, true);
    let made = agency.post("/locations/", body.clone()).await.expect(201);
    let id = made["id"].as_str().unwrap();
    let changed = json!({ "companyId": AGENCY, "name": "Renamed" });
    agency
        .put(&format!("/locations/{id}"), changed)
        .await
        .expect(200);
    let read = agency.get(&format!("/locations/{id}")).await.expect(200);
    assert_eq!(read["location"]["name"], "Renamed");
    assert_eq!(read["location"]["timezone"], "Europe/Vienna");
    let status =
        format!("/snapshots/snapshot-status/sampleSnapshot000001/location/{id}?companyId={AGENCY}");
    assert_eq!(
        agency.get(&status).await.expect(200)["data"]["status"],
        "completed"
    );
    Api::new(&fake).post("/locations/", body).await.expect(401);
    agency
        .delete(&format!("/locations/{id}?deleteTwilioAccount=false"))
        .await
        .expect(200);
    agency.get(&format!("/locations/{id}")).await.expect(403);
}

#[tokio::test]
async fn users_work_in_locations() {
    let fake = start().await;
    let agency = Api::with_token(&fake, AGENCY_TOKEN);
    let api = Api::new(&fake);
    let body = json!({
        "companyId": AGENCY, "firstName": "Cleo", "lastName": "Ames", "email": "cleo@example.com", "password": "secret-1",
        "type": "account", "role": "user", "locationIds": [SOLEIL, HARBOR],
    });
    let made = agency.post("/users/", body.clone()).await.expect(201);
    assert_eq!(made["name"], "Cleo Ames");
    assert_eq!(made["roles"]["locationIds"], json!([HARBOR, SOLEIL]));
    assert_eq!(made.get("password"), None);
    agency.post("/users/", body).await.expect(400);
    let found = api
        .get(&format!("/users/search?companyId={AGENCY}&query=cleo"))
        .await
        .expect(200);
    assert_eq!(found["count"], 1);
    let path = format!("/users/{}", made["id"].as_str().unwrap());
    agency
        .put(&path, json!({ "locationIds": [HARBOR] }))
        .await
        .expect(200);
    api.get(&path).await.expect(403);
    let by_email = json!({ "companyId": AGENCY, "emails": ["cleo@example.com"] });
    let found = agency
        .post("/users/search/filter-by-email", by_email)
        .await
        .expect(200);
    assert_eq!(found["users"][0]["id"], made["id"]);
    agency.delete(&path).await.expect(200);
    agency.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_token_without_the_scope_is_refused_in_highlevels_words() {
    let fake = start().await;
    let api = Api::new(&fake);
    fake.set_scopes(SOLEIL_TOKEN, Some(&["contacts.readonly"]))
        .unwrap();
    api.get(&format!("/contacts/{MARIA}")).await.expect(200);
    let refused = api
        .get(&format!("/locations/{SOLEIL}/tags"))
        .await
        .expect(401);
    assert_eq!(
        refused["message"],
        "The token is not authorized for this scope."
    );
    fake.set_scopes(SOLEIL_TOKEN, None).unwrap();
    api.get(&format!("/locations/{SOLEIL}/tags"))
        .await
        .expect(200);
    let error = fake.set_scopes("nobody's", None).unwrap_err();
    assert!(!error.to_string().contains("nobody"), "{error}");
}

#[tokio::test]
async fn a_paused_location_is_not_active() {
    let fake = start().await;
    let api = Api::new(&fake);
    fake.set_active(SOLEIL, false).unwrap();
    let refused = api.get(&format!("/contacts/{MARIA}")).await.expect(401);
    assert_eq!(refused["message"], "Location is not active");
    fake.set_active(SOLEIL, true).unwrap();
    api.get(&format!("/contacts/{MARIA}")).await.expect(200);
}

#[tokio::test]
async fn menus_belong_to_the_agency() {
    let fake = start().await;
    let agency = Api::with_token(&fake, AGENCY_TOKEN);
    let body = json!({
        "title": "Report", "url": "https://example.com", "icon": { "name": "chart", "fontFamily": "fas" },
        "showOnCompany": false, "showOnLocation": true, "showToAllLocations": false, "openMode": "iframe",
        "locations": [SOLEIL], "userRole": "all",
    });
    let made = agency.post("/custom-menus/", body).await.expect(201);
    let path = format!(
        "/custom-menus/{}",
        made["customMenu"]["id"].as_str().unwrap()
    );
    agency
        .put(&path, json!({ "title": "Reports" }))
        .await
        .expect(200);
    let listed = agency
        .get(&format!("/custom-menus/?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!(
        (&listed["totalLinks"], &listed["customMenus"][0]["title"]),
        (&json!(1), &json!("Reports"))
    );
    let other = format!("/custom-menus/?locationId={HARBOR}");
    assert_eq!(agency.get(&other).await.expect(200)["totalLinks"], 0);
    agency.delete(&path).await.expect(200);
    agency.get(&path).await.expect(404);
}
